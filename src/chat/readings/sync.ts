/**
 * Catching up with one thread: the messages and participants with a higher rev, and the conversation as it is now.
 * State, not a replay. Complete or `reset`, never a silent part.
 */
import { desc, eq, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { ConversationRow, MessageRow } from '../../db/rows.ts';
import { messages } from '../../db/schema/messages.ts';
import type { Sync } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import { MAX_SYNC_CHANGES, SMALL_ROOM, SYNC_PAGE, SYNC_RESET_MESSAGES } from '../../protocol/limits.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import type { Caller } from '../caller.ts';
import { participantView } from '../views.ts';
import type { ConversationViews } from './conversation-views.ts';
import { type DirectReads, NEWEST_READS_BYTES, READS_A_MESSAGE_BYTES, spanOf } from './direct-reads.ts';
import type { MessageViews } from './message-views.ts';
import { bytesOf, fittingAround, PAGE_BUDGET } from './page-bytes.ts';
import type { Rows } from './rows.ts';
import { type ThreadChange, type ThreadChanges, takeRevs } from './thread-changes.ts';
import type { Thread, Threads } from './threads.ts';

/** What a client holds of a thread: nothing when `since` is 0. */
export interface Held {
  since: number;
  epoch: string | undefined;
}

export type SyncReading = ReturnType<typeof createSync>;

interface Parts {
  rows: Rows;
  threads: Threads;
  conversations: ConversationViews;
  messages: MessageViews;
  changes: ThreadChanges;
  reads: DirectReads;
  epoch: string;
}

/** A thread that was found. */
export interface BegunSync {
  empty: Sync;
  /** As many messages and participants are read of it at most. */
  most: number;
  /** Reads what there is to tell, so that many threads can be read together. */
  read: () => Promise<ReadSync>;
}

/** What was read, cut to a budget of bytes. */
export type ReadSync = (budget: number) => Promise<Sync>;

export function createSync(db: Questions, parts: Parts) {
  const { rows, threads, conversations, changes, reads, epoch } = parts;
  const statement = lazily({
    newest: () =>
      db
        .select()
        .from(messages)
        .where(eq(messages.conversation, sql.placeholder('conversation')))
        .orderBy(desc(messages.seq))
        .limit(SYNC_RESET_MESSAGES)
        .prepare(),
  });

  /** Whether what a client holds cannot be brought up to date by changes. */
  function mustReset(row: ConversationRow, held: Held): boolean {
    const { since } = held;
    if (since === 0 || held.epoch !== epoch || since > row.rev || since < row.resetRev) return true;
    return row.rev - since > MAX_SYNC_CHANGES;
  }

  /** Everybody who is in it now, where their marks are told: in support, direct and small rooms. */
  async function everybody({ row, main }: Thread): Promise<Present[]> {
    return row !== main || isLargeRoom(row) ? [] : await rows.present.all({ conversation: row.id });
  }

  async function authorsOf(conversation: number, found: readonly MessageRow[]): Promise<Participant[]> {
    const named = new Set(found.flatMap(({ author }) => author ?? []));
    const authors = await Promise.all([...named].map((id) => rows.author.get({ id })));
    const users = [...new Set(authors.flatMap((one) => one?.author.user ?? []))];
    const known = await Promise.all(
      users.map((user) => Promise.all([rows.participant.get({ conversation, user }), rows.user.get({ id: user })])),
    );
    return known.flatMap(([participant, user]) =>
      participant === undefined || user === undefined ? [] : participantView(participant, user),
    );
  }

  /** What is left of `budget` for messages and changed participants, and what each of them takes beside itself. */
  function room({ row }: Thread, budget: number, ...told: unknown[]): { left: number; extra: number } {
    const left = told.reduce<number>((sum, value) => sum - bytesOf(value), budget);
    return row.kind === 'direct'
      ? { left: left - NEWEST_READS_BYTES, extra: READS_A_MESSAGE_BYTES }
      : { left, extra: 0 };
  }

  /** What tells when messages were read: of all that were found it is read with them, of fewer once more. */
  async function readsOf({ row }: Thread, present: readonly Present[], found: readonly { seq: number }[]) {
    if (row.kind !== 'direct') return async () => ({});
    const ofAll = await reads.since(row.id, present, spanOf(found));
    return async (told: readonly { seq: number }[]): Promise<Pick<Sync, 'reads'>> => ({
      reads: told.length === found.length ? ofAll : await reads.since(row.id, present, spanOf(told)),
    });
  }

  async function anew(thread: Thread, conversation: Conversation): Promise<ReadSync> {
    const { row } = thread;
    const [descending, present] = await Promise.all([
      statement.newest.all({ conversation: row.id }),
      isLargeRoom(row) ? null : everybody(thread),
    ]);
    const newest = descending.toReversed();
    const [participants, shown, readsOver] = await Promise.all([
      present?.map(viewOfPresent) ?? authorsOf(row.id, newest),
      parts.messages.show(newest, row.uuid),
      readsOf(thread, present ?? [], newest),
    ]);
    return async (budget) => {
      const { left, extra } = room(thread, budget, conversation, participants);
      const items = fittingAround(shown, shown.length - 1, left, extra);
      const told = { conversation, participants, messages: items, ...(await readsOver(items)) };
      return { epoch, reset: true, more: false, rev: row.rev, ...told };
    };
  }

  async function further(thread: Thread, conversation: Conversation, since: number): Promise<ReadSync> {
    const { row } = thread;
    const [present, streaming, found] = await Promise.all([
      everybody(thread),
      changes.streaming(row),
      changes.above(row, since, SYNC_PAGE + 1),
    ]);
    const all = present.map(viewOfPresent);
    const readsOver = await readsOf(thread, present, writtenIn(found));
    return async (budget) => {
      const { left, extra } = room(thread, budget, conversation, all, streaming);
      const taken = takeRevs(found, SYNC_PAGE, left, extra);
      const more = taken.length < found.length;
      const people = new Map(all.map((participant) => [participant.user.id, participant]));
      const items = new Map(streaming.map((message) => [message.id, message]));
      for (const change of taken) {
        if ('message' in change) items.set(change.message.id, change.message);
        else people.set(change.participant.user.id, change.participant);
      }
      return {
        epoch,
        reset: false,
        more,
        rev: more ? (taken.at(-1)?.rev ?? since) : row.rev,
        conversation,
        participants: [...people.values()].toSorted((a, b) => a.rev - b.rev),
        messages: [...items.values()].toSorted((a, b) => a.rev - b.rev),
        ...(await readsOver(writtenIn(taken))),
      };
    };
  }

  return {
    statement,

    /** @param budget bytes that the answer may have; one change comes whatever its size */
    async sync(caller: Caller, id: string, held: Held, budget = PAGE_BUDGET): Promise<Sync> {
      const { read } = await this.begin(caller, id, held);
      return (await read())(budget);
    },

    /**
     * Finds a thread once, for both: `empty` has nothing of it yet, and the client is to ask again by `rev`; `read` and
     * what it gives are {@link SyncReading.sync}.
     */
    async begin(caller: Caller, id: string, held: Held): Promise<BegunSync> {
      const thread = await threads.find(caller, id);
      const { row, main } = thread;
      const reset = mustReset(row, held);
      const conversation = await conversations.show(caller, main);
      const rev = reset ? 0 : held.since;
      return {
        empty: { epoch, reset, more: true, rev, conversation, participants: [], messages: [] },
        most: reset ? SYNC_RESET_MESSAGES : Math.min(row.rev - rev, SYNC_PAGE + 1),
        read: () => (reset ? anew(thread, conversation) : further(thread, conversation, rev)),
      };
    },
  };
}

type Present = Awaited<ReturnType<Rows['present']['all']>>[number];

function viewOfPresent({ participant, user }: Present): Participant {
  return participantView(participant, user);
}

/** The new messages among changes. */
function writtenIn(found: readonly ThreadChange[]): Message[] {
  return found.flatMap((change) => ('message' in change && change.written ? [change.message] : []));
}

function isLargeRoom({ kind, participantCount }: ConversationRow): boolean {
  return kind === 'room' && participantCount > SMALL_ROOM;
}
