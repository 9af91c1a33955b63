/** A long history is drawn piece by piece, the newest first: a slow phone answers in between. */
import type { Message } from '../../protocol/message.ts';

/** So many messages more with each drawing: a third of a phone's screen. */
export const PIECE = 4;

export type Pieces = {
  /** What is to be drawn of these: more with each call. */
  of(messages: readonly Message[]): readonly Message[];
  /** Whether there is more to be drawn. */
  readonly more: boolean;
  /** Another conversation: begins anew. */
  clear(): void;
};

export function createPieces(): Pieces {
  let shown = 0;
  let more = false;
  return {
    of(messages) {
      shown = Math.min(messages.length, shown + PIECE);
      more = shown < messages.length;
      return more ? messages.slice(-shown) : messages;
    },
    get more() {
      return more;
    },
    clear() {
      shown = 0;
    },
  };
}
