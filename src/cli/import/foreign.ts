/** Brings in what another chat has kept: its files are read and put in order, and then laid down. */
import { basename } from 'node:path';
import type { Bulk } from '../../db/bulk.ts';
import { native, threadSource } from '../inside.ts';
import { Beginnings } from './begin-thread.ts';
import { type Format, userKey } from './formats.ts';
import type { ColumnNames } from './names-of-columns.ts';
import type { Outcomes } from './outcome.ts';
import { People } from './people.ts';
import { recognised, type SourceFile } from './read-file.ts';
import { batchesOf } from './reading.ts';
import type { Place, StagedConversation, StagedMessage } from './staged.ts';
import { Staging } from './staging.ts';
import { messageFinder, Thread } from './thread.ts';

export interface ForeignParts {
  format: Format;
  files: readonly SourceFile[];
  names: ColumnNames;
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

type Skip = (message: StagedMessage & Place, why: string) => void;

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
  // A long message is one row of its file, whatever becomes of its pieces.
  const skip: Skip = ({ piece, file, line }, why) => {
    if (piece === 0) outcomes.skip(basename(files[file]?.path ?? ''), line, why);
  };
  staging.inOrder();
  let strays = false;
  for (const name of staging.unknownNames()) {
    const derived = derivedFromAny(format, staging.messagesOf(name), beginnings);
    if (derived === null) strays = true;
    else staging.conversation(derived);
  }
  if (strays) {
    for (const stray of staging.strays()) skip(stray, 'its conversation is not among what was brought in');
  }
  staging.unite();
  let made = 0;
  for (const { key } of staging.people()) {
    people.of(key);
    made += 1;
    if (made % COMMIT_ROWS === 0) bulk.commit();
  }
  layDown(parts, people, beginnings, skip);
}

async function stage({ format, files, names, staging, outcomes, onProgress, size }: ForeignParts): Promise<void> {
  const sources = { files: files.map(recognised), format: format.name, names };
  let read = 0;
  for await (const batch of batchesOf(sources, size, threadSource('rows'))) {
    const { file, bytes, people, conversations, participants, messages, bad } = batch;
    for (const person of people) staging.person(person);
    for (const conversation of conversations) staging.conversation(conversation);
    for (const participant of participants) staging.participant(participant);
    for (const message of messages) staging.message(message, file);
    for (const { line, problem } of bad) outcomes.skip(basename(files[file]?.path ?? ''), line, problem);
    read += bytes;
    onProgress('reading', read / Math.max(size, 1));
  }
}

/** A conversation of which its messages tell enough; null: they do not. */
function derivedFromAny(format: Format, messages: Iterable<StagedMessage>, beginnings: Beginnings) {
  for (const message of messages) {
    const derived = derivedFrom(format, message, beginnings);
    if (derived !== null) return derived;
  }
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

function layDown(parts: ForeignParts, people: People, beginnings: Beginnings, skip: Skip): void {
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
