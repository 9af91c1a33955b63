/** Messages as they are told, with their authors as written and their attachments. */
import type { MessageRow } from '../../db/rows.ts';
import type { Attachment } from '../../protocol/attachment.ts';
import type { Message } from '../../protocol/message.ts';
import type { Person } from '../../protocol/person.ts';
import { attachmentView, messageView, personOfAuthor } from '../views.ts';
import type { Rows, ShownRows } from './rows.ts';

export type MessageViews = ReturnType<typeof createMessageViews>;

/** What messages are shown from. */
export type MessageRows = Pick<ShownRows, 'author' | 'attachments'>;

/** @param running the text of a message that is being written, which the row only follows */
export function createMessageViews(rows: Rows, running: (messageId: string) => string | undefined) {
  function current(row: MessageRow): MessageRow {
    const text = row.state === 'streaming' ? running(row.uuid) : undefined;
    // Of one that is written at another server the row may know more.
    return text === undefined || text.length < (row.content ?? '').length ? row : { ...row, content: text };
  }

  /** Messages of one thread, of what was read before. */
  function shown(found: readonly MessageRow[], conversationUuid: string, from: MessageRows): Message[] {
    // However many of them somebody wrote.
    const people = new Map<number, Person | null>();
    const person = (id: number): Person | null => {
      let known = people.get(id);
      if (known === undefined) {
        const row = from.author.get({ id });
        known = row === undefined ? null : personOfAuthor(row.author, row.uuid);
        people.set(id, known);
      }
      return known;
    };
    const attached = (row: MessageRow): Attachment[] =>
      hasFiles(row)
        ? from.attachments
            .all({ message: row.id })
            .toSorted((a, b) => a.place - b.place)
            .map(attachmentView)
        : [];
    return found.map((row) => messageView(current(row), conversationUuid, person, attached(row)));
  }

  /** Messages of one thread. An author is looked up once. */
  async function show(found: readonly MessageRow[], conversationUuid: string): Promise<Message[]> {
    const named = [...new Set(found.flatMap(authorsIn))];
    const files = found.filter(hasFiles);
    const [authors, attached] = await Promise.all([
      Promise.all(named.map((id) => rows.author.get({ id }))),
      Promise.all(files.map(({ id }) => rows.attachments.all({ message: id }))),
    ]);
    const people = new Map(named.map((id, index) => [id, authors[index]]));
    const attachments = new Map(files.map(({ id }, index) => [id, attached[index] ?? []]));
    return shown(found, conversationUuid, {
      author: { get: ({ id }) => people.get(id) },
      attachments: { all: ({ message }) => attachments.get(message) ?? [] },
    });
  }

  return { show, shown };
}

/** Whether a message's attachments are told. */
export function hasFiles({ kind, deletedAt }: MessageRow): boolean {
  return kind === 'file' && deletedAt === null;
}

/** Who wrote a message, and whom a system message names: the keys of authors. */
export function authorsIn({ author, extra }: MessageRow): number[] {
  const { user = null, by = null, to = null } = extra?.system ?? {};
  return [author, user, by, to].filter((id) => id !== null);
}
