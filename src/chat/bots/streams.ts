/**
 * The texts that bots are writing right now. A delta is told to whoever has the conversation before them and kept
 * nowhere; a checkpoint in the file every half second is the turn's affair.
 */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import { earshot } from '../live/earshot.ts';
import type { Rows } from '../readings/rows.ts';

interface Stream {
  readonly conversation: number;
  readonly conversationId: string;
  text: string;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams(hub: Hub, rows: Rows, onError: (error: unknown) => void) {
  const streams = new Map<string, Stream>();

  function tell(messageId: string, { conversation, conversationId, text: all }: Stream, text: string): void {
    try {
      const standing = rows.standing.get({ id: conversation });
      if (standing === undefined) return;
      const offset = all.length - text.length;
      const frame = new Frame({ type: 'message.delta', conversationId, messageId, offset, text });
      for (const line of earshot(hub, standing, [])) hub.deliver(line, frame);
    } catch (error) {
      onError(error);
    }
  }

  return {
    /** The text of a message that is being written; undefined of every other. */
    textOf: (messageId: string): string | undefined => streams.get(messageId)?.text,

    /** @param text what the message was created with, which everybody has been told */
    begin(messageId: string, conversation: number, conversationId: string, text: string): void {
      streams.set(messageId, { conversation, conversationId, text });
    },

    /** @param text all of it, with the piece that is new at its end */
    append(messageId: string, text: string, piece: string): void {
      const stream = streams.get(messageId);
      if (stream === undefined || piece === '') return;
      stream.text = text;
      tell(messageId, stream, piece);
    },

    end(messageId: string): void {
      streams.delete(messageId);
    },
  };
}
