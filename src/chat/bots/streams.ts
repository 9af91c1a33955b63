/**
 * The texts that bots are writing right now. A delta is told to whoever has the conversation before them and kept
 * nowhere; a checkpoint in the file every half second is the turn's affair.
 */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Standing } from '../access.ts';
import { earshot } from '../live/earshot.ts';
import type { Publication } from '../publication.ts';

interface Stream {
  readonly conversation: number;
  readonly conversationId: string;
  /** How the conversation stands, as publications tell it; null: nobody was told of the message, or it is gone. */
  standing: Standing | null;
  text: string;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams(hub: Hub, onError: (error: unknown) => void) {
  const streams = new Map<string, Stream>();

  function tell(messageId: string, { conversationId, standing, text: all }: Stream, text: string): void {
    if (standing === null) return;
    try {
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

    /**
     * Before the message is published: whoever reads it from then on reads the running text.
     *
     * @param text what the message is created with, which everybody is told
     */
    begin(messageId: string, conversation: number, conversationId: string, text: string): void {
      streams.set(messageId, { conversation, conversationId, standing: null, text });
    },

    /** Called with each publication, in its place: who hears a piece is who may read the conversation by then. */
    told(publication: Publication): void {
      if (streams.size === 0 || (publication.type !== 'thread' && publication.type !== 'gone')) return;
      const [id, standing] =
        publication.type === 'thread' ? [publication.after.id, publication.after] : [publication.before.id, null];
      for (const stream of streams.values()) if (stream.conversation === id) stream.standing = standing;
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
