/** What the rows of files say, in the words of staged.ts: a batch for each piece of a file. Plain data, whoever reads it. */
import { conversationOf, type Format, formats, messageOf, personOf, userKey } from './formats.ts';
import { type ColumnNames, Columns } from './names-of-columns.ts';
import { type PackedMessage, packed } from './packed.ts';
import { piecesIn, type ReadableFile } from './read-file.ts';
import type { BadRow, SourceRow } from './row.ts';
import type { StagedConversation, StagedParticipant, StagedPerson } from './staged.ts';
import { idOf, lineOf, timeOf, truthOf } from './values.ts';

/** Which files, and how they are understood. */
export interface Sources {
  files: readonly ReadableFile[];
  /** A format's name. */
  format: string;
  names: ColumnNames;
}

export interface Batch {
  /** Its place among the files. */
  file: number;
  bytes: number;
  people: StagedPerson[];
  conversations: StagedConversation[];
  participants: StagedParticipant[];
  messages: PackedMessage[];
  bad: BadRow[];
}

export async function* understood({ files, format: name, names }: Sources): AsyncGenerator<Batch> {
  const format = formats.get(name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  const columns = new Columns(names);
  for (const [file, source] of files.entries()) {
    for await (const { rows, bytes } of piecesIn(source)) {
      const batch: Batch = { file, bytes, people: [], conversations: [], participants: [], messages: [], bad: [] };
      for (const row of rows) {
        const problem = 'problem' in row ? row.problem : put(batch, row, format, columns);
        if (problem !== null) batch.bad.push({ line: row.line, problem });
      }
      yield batch;
    }
  }
}

/** Null: it is taken, or of a table that nothing is taken from; else why it is not. */
function put(batch: Batch, { table, values, line }: SourceRow, format: Format, columns: Columns): string | null {
  const kind = columns.kindOf(table);
  if (kind === 'messages') {
    const found = messageOf(format, columns.fieldsOf(kind, values));
    if ('problem' in found) return found.problem;
    for (const message of found) batch.messages.push(packed(message, line));
  } else if (kind === 'users') {
    const found = personOf(format, columns.fieldsOf(kind, values));
    if ('problem' in found) return found.problem;
    batch.people.push(found);
  } else if (kind === 'conversations') {
    const found = conversationOf(format, columns.fieldsOf(kind, values));
    if ('problem' in found) return found.problem;
    batch.conversations.push(found);
  } else if (kind === 'participants' && format.kind === 'room') {
    const { conversation, user, name, title, moderator, createdAt } = columns.fieldsOf(kind, values);
    const [thread, id] = [idOf(conversation), idOf(user)];
    if (thread === null || id === null) return 'the participant has no user or no conversation';
    batch.participants.push({
      conversation: thread,
      user: userKey(id),
      name: lineOf(name),
      title: lineOf(title),
      moderator: truthOf(moderator) === true,
      createdAt: timeOf(createdAt),
    });
  }
  return null;
}
