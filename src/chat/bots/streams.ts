/**
 * The texts that bots are writing right now. A delta is told to whoever has the conversation before them and kept
 * nowhere; a checkpoint in the file every half second is the turn's affair. What came at once is told at once.
 */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import { earshot } from '../live/earshot.ts';
import type { Rows } from '../readings/rows.ts';

interface Stream {
  readonly conversation: number;
  readonly conversationId: string;
  text: string;
  /** What was not told yet, apart: to cut it off the whole would copy the whole each time. */
  untold: string;
  telling: NodeJS.Immediate | null;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams(hub: Hub, rows: Rows, onError: (error: unknown) => void) {
  const streams = new Map<string, Stream>();

  function tell(messageId: string, stream: Stream): void {
    stream.telling = null;
    const { untold: text } = stream;
    if (text === '') return;
    stream.untold = '';
    try {
      const standing = rows.standing.get({ id: stream.conversation });
      if (standing === undefined) return;
      const { conversationId } = stream;
      const offset = stream.text.length - text.length;
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
      streams.set(messageId, { conversation, conversationId, text, untold: '', telling: null });
    },

    /** @param text all of it, with the piece that is new at its end */
    append(messageId: string, text: string, piece: string): void {
      const stream = streams.get(messageId);
      if (stream === undefined) return;
      stream.text = text;
      stream.untold += piece;
      stream.telling ??= setImmediate(() => tell(messageId, stream));
    },

    /** What was not told yet comes with the whole message. */
    end(messageId: string): void {
      const stream = streams.get(messageId);
      if (stream?.telling) clearImmediate(stream.telling);
      streams.delete(messageId);
    },
  };
}
