/**
 * The texts that bots are writing right now, here or at another server. A delta is told to whoever has the conversation
 * before them and kept nowhere; a checkpoint in the file every half second is the turn's affair. Whoever writes tells the
 * other servers each piece; one that lacks what was before it asks for all of it.
 */
import type { Bus } from '../../db/bus.ts';
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
  /** The server where it is written; null: here. */
  readonly server: string | null;
  /** Whether that one was asked for all of it, and has not answered. */
  asked: boolean;
}

/** A piece at the end of a text. */
interface Piece {
  id: string;
  conversation: number;
  conversationId: string;
  /** UTF-16 units. */
  offset: number;
  text: string;
}

const PIECE = 'stream.piece';
const END = 'stream.end';
const ASK = 'stream.ask';

export interface StreamsParts {
  hub: Hub;
  bus: Bus;
  /** The conversation of a message, where that one is being written by what is stored. */
  find: (conversation: number, messageId: string) => Promise<(Standing & { position: number }) | null>;
  onError: (error: unknown) => void;
}

export type Streams = ReturnType<typeof createStreams>;

export function createStreams({ hub, bus, find, onError }: StreamsParts) {
  const streams = new Map<string, Stream>();
  bus.hear(PIECE, (piece, server) => hear(piece as Piece, server));
  bus.hear(END, (id) => forget(id as string));
  bus.hear(ASK, (id) => tellAll(id as string));
  bus.watch((_, went) => {
    for (const [id, { server }] of streams) if (server !== null && went.includes(server)) streams.delete(id);
  });

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

  function tellOthers(id: string, { conversation, conversationId, text: all }: Stream, text: string): void {
    if (bus.others.size === 0) return;
    bus.tell(PIECE, { id, conversation, conversationId, offset: all.length - text.length, text } satisfies Piece);
  }

  /** Somebody lacks a piece: whoever has it already takes none of it. */
  function tellAll(id: string): void {
    const stream = streams.get(id);
    if (stream?.server === null) tellOthers(id, stream, stream.text);
  }

  function hear({ id, conversation, conversationId, offset, text }: Piece, server: string): void {
    const stream = streams.get(id);
    if (stream === undefined) {
      const found = { conversation, conversationId, standing: null, text: '', server, asked: true };
      streams.set(id, found);
      void lookUp(id, found).catch(onError);
    } else if (offset > stream.text.length) {
      if (!stream.asked) ask(id, stream);
    } else {
      stream.asked = false;
      const piece = text.slice(stream.text.length - offset);
      stream.text += piece;
      if (piece !== '') tell(id, stream, piece);
    }
  }

  /** One of which nothing is known here: it began a moment ago, or before this server did, or it is over. */
  async function lookUp(id: string, stream: Stream): Promise<void> {
    const conversation = await find(stream.conversation, id);
    if (conversation === null) forget(id);
    // Else the publication with the message is about to come.
    else if (conversation.position <= hub.position) hearFromHere(id, stream, conversation);
  }

  /** Lines may be told from here on: all of it first. */
  function hearFromHere(id: string, stream: Stream, standing: Standing): void {
    if (stream.standing !== null || streams.get(id) !== stream) return;
    stream.standing = standing;
    stream.text = '';
    ask(id, stream);
  }

  function ask(id: string, stream: Stream): void {
    stream.asked = true;
    bus.tell(ASK, id);
  }

  function forget(id: string): void {
    if (streams.get(id)?.server !== null) streams.delete(id);
  }

  return {
    /** The text of a message that is being written, as far as it is known here; undefined of every other. */
    textOf: (messageId: string): string | undefined => streams.get(messageId)?.text,

    /**
     * Before the message is published: whoever reads it from then on reads the running text.
     *
     * @param text what the message is created with, which everybody is told
     */
    begin(messageId: string, conversation: number, conversationId: string, text: string): void {
      const begun = { conversation, conversationId, standing: null, text, server: null, asked: false };
      streams.set(messageId, begun);
    },

    /** Called with each publication, in its place: who hears a piece is who may read the conversation by then. */
    told(publication: Publication): void {
      if (streams.size === 0 || (publication.type !== 'thread' && publication.type !== 'gone')) return;
      const [id, standing] =
        publication.type === 'thread' ? [publication.after.id, publication.after] : [publication.before.id, null];
      for (const [messageId, stream] of streams) {
        if (stream.conversation !== id) continue;
        if (stream.server !== null && standing !== null) hearFromHere(messageId, stream, standing);
        stream.standing = standing;
      }
    },

    /** @param text all of it, with the piece that is new at its end */
    append(messageId: string, text: string, piece: string): void {
      const stream = streams.get(messageId);
      if (stream === undefined || piece === '') return;
      stream.text = text;
      tell(messageId, stream, piece);
      tellOthers(messageId, stream, piece);
    },

    end(messageId: string): void {
      if (!streams.delete(messageId)) return;
      if (bus.others.size > 0) bus.tell(END, messageId);
    },
  };
}
