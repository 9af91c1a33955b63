/**
 * A conversation as a file, for whoever reads it: from its first message to its last, page by page and never whole in
 * memory. What only the team may know is never in it, whoever asks.
 */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { TranscriptFormat } from '../../protocol/transcript.ts';
import type { Caller } from '../caller.ts';
import type { Readings } from '../readings/readings.ts';
import { html } from './html.ts';
import { text } from './text.ts';

/** How a format is written: what stands before, between and behind the messages. */
export interface Form {
  begin(conversation: Conversation): string;
  message(message: Message, first: boolean): string;
  end(): string;
}

const json: Form = {
  begin: (conversation) => `{"conversation":${JSON.stringify(conversation)},"messages":[`,
  message: (message, first) => `${first ? '' : ','}\n${JSON.stringify(message)}`,
  end: () => ']}\n',
};

const forms: Record<TranscriptFormat, Form> = { text, json, html };

export interface TranscriptParts {
  readings: Pick<Readings, 'conversation'>;
  /** The messages behind `after`, as many as fit a page; whether they may be read is asked for each. */
  readPage: (caller: Caller, id: string, after: number) => Promise<Message[]>;
}

export type Transcripts = ReturnType<typeof createTranscripts>;

export function createTranscripts({ readings, readPage }: TranscriptParts) {
  async function* write(form: Form, begun: string, first: Message[], next: (after: number) => Promise<Message[]>) {
    yield begun;
    let page = first;
    let written = 0;
    while (page.length > 0) {
      yield page.map((message, index) => form.message(message, written + index === 0)).join('');
      written += page.length;
      page = await next(page.at(-1)?.seq ?? 0);
    }
    yield form.end();
  }

  /** Throws `NOT_FOUND` before anything is written; who loses access on the way gets no more of it. */
  return async (caller: Caller, id: string, format: TranscriptFormat): Promise<AsyncGenerator<string>> => {
    const { team, my, ...conversation } = await readings.conversation(caller, id);
    const form = forms[format];
    const next = (after: number) => readPage(caller, id, after);
    return write(form, form.begin(conversation), await next(0), next);
  };
}
