/** Messages as they are told, with their authors as written and their attachments. */
import type { MessageRow } from '../../db/rows.ts';
import type { Attachment } from '../../protocol/attachment.ts';
import type { Message } from '../../protocol/message.ts';
import type { Person } from '../../protocol/person.ts';
import { attachmentView, messageView, personOfAuthor } from '../views.ts';
import type { ShownRows } from './rows.ts';

export type MessageViews = ReturnType<typeof createMessageViews>;

/** @param running the text of a message that is being written, which the row only follows */
export function createMessageViews(rows: ShownRows, running: (messageId: string) => string | undefined) {
  function attached({ id, kind, deletedAt }: MessageRow): Attachment[] {
    if (kind !== 'file' || deletedAt !== null) return [];
    return rows.attachments
      .all({ message: id })
      .toSorted((a, b) => a.place - b.place)
      .map(attachmentView);
  }

  /** Messages of one thread. An author is looked up once, however many of them they wrote. */
  function show(found: readonly MessageRow[], conversationUuid: string): Message[] {
    const people = new Map<number, Person | null>();
    const person = (id: number): Person | null => {
      let known = people.get(id);
      if (known === undefined) {
        const row = rows.author.get({ id });
        known = row === undefined ? null : personOfAuthor(row.author, row.uuid);
        people.set(id, known);
      }
      return known;
    };
    return found.map((row) => messageView(current(row), conversationUuid, person, attached(row)));
  }

  function current(row: MessageRow): MessageRow {
    const text = row.state === 'streaming' ? running(row.uuid) : undefined;
    return text === undefined ? row : { ...row, content: text };
  }

  return { show };
}
