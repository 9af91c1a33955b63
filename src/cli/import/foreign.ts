/** Brings in what another chat has kept: its files are read and put in order, and then laid down. */
import { basename } from 'node:path';
import type { Bulk } from '../../db/bulk.ts';
import { native } from '../inside.ts';
import { Beginnings } from './begin-thread.ts';
import { conversationOf, type Format, messageOf, personOf, type Refused, userKey } from './formats.ts';
import type { Columns } from './names-of-columns.ts';
import type { Outcomes } from './outcome.ts';
import { People } from './people.ts';
import { rowsOf, type SourceFile } from './read-file.ts';
import type { SourceRow } from './row.ts';
import type { Place, StagedConversation, StagedMessage } from './staged.ts';
import { Staging } from './staging.ts';
import { messageFinder, Thread } from './thread.ts';
import { idOf, lineOf, timeOf, truthOf } from './values.ts';

export interface ForeignParts {
  format: Format;
  files: readonly SourceFile[];
  columns: Columns;
  staging: Staging;
  bulk: Bulk;
  outcomes: Outcomes;
  closeBefore: number | null;
  now: number;
  /** @param share 0 to 1 */
  onProgress: (what: string, share: number) => void;
  /** Bytes of all files. */
  size: number;
}

/** Messages, or people, of one transaction: a second or two of work. Each one writes the pages anew that it touches. */
const COMMIT_ROWS = 25_000;

export async function bringIn(given: Omit<ForeignParts, 'staging'> & { folder: string }): Promise<void> {
  const staging = new Staging(given.folder, native());
  try {
    const parts = { ...given, staging };
    await stage(parts);
    layDownAll(parts);
  } finally {
    staging.end();
  }
}

function layDownAll(parts: ForeignParts): void {
  const { staging, bulk, outcomes, format, closeBefore, now, files } = parts;
  const people = new People({ bulk, staging, format, outcomes, now });
  const beginnings = new Beginnings({ bulk, people, format, outcomes, closeBefore, now });
  const skip = (message: Place, why: string) =>
    outcomes.skip(basename(files[message.file]?.path ?? ''), message.line, why);
  for (const stray of staging.strays()) {
    if (staging.knows(stray.conversation)) continue;
    const derived = derivedFrom(format, stray, beginnings);
    if (derived !== null) staging.conversation(derived);
  }
  for (const stray of staging.strays()) skip(stray, 'its conversation is not among what was brought in');
  staging.inOrder();
  let made = 0;
  for (const { key } of staging.people()) {
    people.of(key);
    made += 1;
    if (made % COMMIT_ROWS === 0) bulk.commit();
  }
  layDown(parts, people, beginnings, skip);
}

async function stage({ format, files, columns, staging, outcomes, onProgress, size }: ForeignParts): Promise<void> {
  let read = 0;
  for (const [file, source] of files.entries()) {
    const name = basename(source.path);
    const counted = (bytes: number) => {
      read += bytes;
      onProgress('reading', read / Math.max(size, 1));
    };
    for await (const rows of rowsOf(source, counted)) {
      for (const row of rows) {
        const problem = 'problem' in row ? row.problem : stageRow({ format, columns, staging }, row, file);
        if (problem !== null) outcomes.skip(name, row.line, problem);
      }
    }
  }
}

type StageParts = Pick<ForeignParts, 'format' | 'columns' | 'staging'>;

/** Null: it is taken, or of a table that nothing is taken from; else why it is not. */
function stageRow({ format, columns, staging }: StageParts, { table, values, line }: SourceRow, file: number) {
  const kind = columns.kindOf(table);
  if (kind === 'users') return taken(personOf(format, columns.fieldsOf(kind, values)), (one) => staging.person(one));
  if (kind === 'conversations') {
    const found = conversationOf(format, columns.fieldsOf(kind, values));
    return taken(found, (one) => staging.conversation(one));
  }
  if (kind === 'messages') {
    const found = messageOf(format, columns.fieldsOf(kind, values));
    return taken(found, (one) => staging.message(one, { file, line }));
  }
  if (kind !== 'participants' || format.kind !== 'room') return null;
  const { conversation, user, name, title, moderator, createdAt } = columns.fieldsOf(kind, values);
  const [thread, id] = [idOf(conversation), idOf(user)];
  if (thread === null || id === null) return 'the participant has no user or no conversation';
  staging.participant({
    conversation: thread,
    user: userKey(id),
    name: lineOf(name),
    title: lineOf(title),
    moderator: truthOf(moderator) === true,
    createdAt: timeOf(createdAt),
  });
  return null;
}

function taken<T extends object>(found: T | Refused, take: (one: T) => void): string | null {
  if ('problem' in found) return found.problem;
  take(found);
  return null;
}

/** A conversation of which a message tells enough; null: it does not. */
function derivedFrom(format: Format, message: StagedMessage, beginnings: Beginnings): StagedConversation | null {
  const { conversation: key, author, receiver } = message;
  const people = format.kind === 'direct' && author !== null && receiver !== null ? [author, receiver] : [];
  const isPair = people.length === 2 && author !== receiver;
  if (format.kind !== 'room' && !isPair && !beginnings.isThere(key)) return null;
  return {
    key,
    names: [key],
    queue: 'agent',
    customer: null,
    assignee: null,
    people: people.map(userKey),
    closed: null,
    subject: null,
    createdAt: null,
    closedAt: null,
    ip: null,
    userAgent: null,
    customerName: null,
    customerEmail: null,
  };
}

function layDown(
  parts: ForeignParts,
  people: People,
  beginnings: Beginnings,
  skip: (message: Place, why: string) => void,
): void {
  const { staging, bulk, format, outcomes, closeBefore, now, onProgress } = parts;
  const threadParts = { bulk, people, format, outcomes, closeBefore, now, isThere: messageFinder(bulk) };
  let done = 0;
  for (const staged of staging.conversations()) {
    const begun = beginnings.begin(staged, staging.participantsOf(staged), staging.timesOf(staged.key));
    const thread = new Thread(threadParts, staged, begun);
    for (const message of staging.messagesOf(staged.key)) {
      const problem = thread.add(message);
      if (problem !== null) skip(message, problem);
      done += 1;
      if (done % COMMIT_ROWS !== 0) continue;
      thread.save();
      bulk.commit();
      onProgress('writing', done / Math.max(staging.messages, 1));
    }
    thread.save();
  }
  bulk.commit();
}
