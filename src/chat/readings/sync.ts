/**
 * Catching up with one thread: the messages and participants with a higher rev, and the conversation as it is now.
 * State, not a replay. Complete or `reset`, never a silent part.
 */
import { desc, eq, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import type { ConversationRow, MessageRow } from '../../db/rows.ts';
import { messages } from '../../db/schema/messages.ts';
import type { Sync } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import { MAX_SYNC_CHANGES, SMALL_ROOM, SYNC_PAGE, SYNC_RESET_MESSAGES } from '../../protocol/limits.ts';
import type { Participant } from '../../protocol/participant.ts';
import type { Caller } from '../caller.ts';
import { participantView } from '../views.ts';
import type { ConversationViews } from './conversation-views.ts';
import { type DirectReads, NEWEST_READS_BYTES, READS_A_MESSAGE_BYTES, type Span, spanOf } from './direct-reads.ts';
import type { MessageViews } from './message-views.ts';
import { bytesOf, fittingAround, PAGE_BUDGET } from './page-bytes.ts';
import type { Rows } from './rows.ts';
import { type ThreadChanges, takeRevs } from './thread-changes.ts';
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

export function createSync(db: Reader, parts: Parts) {
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
  function everybody({ row, main }: Thread): Participant[] {
    if (row !== main || isLargeRoom(row)) return [];
    return rows.present
      .all({ conversation: row.id })
      .map(({ participant, user }) => participantView(participant, user));
  }

  function authorsOf(conversation: number, found: readonly MessageRow[]): Participant[] {
    const users = new Set<number>();
    for (const { author } of found) {
      const user = author === null ? undefined : rows.author.get({ id: author })?.author.user;
      if (user !== undefined) users.add(user);
    }
    return [...users].flatMap((user) => {
      const participant = rows.participant.get({ conversation, user });
      const row = rows.user.get({ id: user });
      return participant === undefined || row === undefined ? [] : [participantView(participant, row)];
    });
  }

  /** What is left of `budget` for messages and changed participants, and what each of them takes beside itself. */
  function room({ row }: Thread, budget: number, ...told: unknown[]): { left: number; extra: number } {
    const left = told.reduce<number>((sum, value) => sum - bytesOf(value), budget);
    return row.kind === 'direct'
      ? { left: left - NEWEST_READS_BYTES, extra: READS_A_MESSAGE_BYTES }
      : { left, extra: 0 };
  }

  function readsOf({ row }: Thread, span: Span | null): Pick<Sync, 'reads'> {
    return row.kind === 'direct' ? { reads: reads.since(row.id, span) } : {};
  }

  function anew(thread: Thread, conversation: Conversation, budget: number): Sync {
    const { row } = thread;
    const newest = statement.newest.all({ conversation: row.id }).reverse();
    const participants = isLargeRoom(row) ? authorsOf(row.id, newest) : everybody(thread);
    const shown = parts.messages.show(newest, row.uuid);
    const { left, extra } = room(thread, budget, conversation, participants);
    const items = fittingAround(shown, shown.length - 1, left, extra);
    const told = { conversation, participants, messages: items, ...readsOf(thread, spanOf(items)) };
    return { epoch, reset: true, more: false, rev: row.rev, ...told };
  }

  function further(thread: Thread, conversation: Conversation, since: number, budget: number): Sync {
    const { row } = thread;
    const all = everybody(thread);
    const streaming = changes.streaming(row);
    const { left, extra } = room(thread, budget, conversation, all, streaming);
    const found = changes.above(row, since, SYNC_PAGE + 1);
    const taken = takeRevs(found, SYNC_PAGE, left, extra);
    const more = taken.length < found.length;
    const people = new Map(all.map((participant) => [participant.user.id, participant]));
    const items = new Map(streaming.map((message) => [message.id, message]));
    for (const change of taken) {
      if ('message' in change) items.set(change.message.id, change.message);
      else people.set(change.participant.user.id, change.participant);
    }
    const written = taken.flatMap((change) => ('message' in change && change.written ? [change.message] : []));
    return {
      epoch,
      reset: false,
      more,
      rev: more ? (taken.at(-1)?.rev ?? since) : row.rev,
      conversation,
      participants: [...people.values()].toSorted((a, b) => a.rev - b.rev),
      messages: [...items.values()].toSorted((a, b) => a.rev - b.rev),
      ...readsOf(thread, spanOf(written)),
    };
  }

  return {
    statement,

    /** @param budget bytes that the answer may have; one change comes whatever its size */
    sync(caller: Caller, id: string, held: Held, budget = PAGE_BUDGET): Sync {
      return this.begin(caller, id, held).full(budget);
    },

    /**
     * Finds a thread once, for both: `empty` has nothing of it yet, and the client is to ask again by `rev`; `full` is
     * {@link SyncReading.sync}.
     */
    begin(caller: Caller, id: string, held: Held): { empty: Sync; full: (budget: number) => Sync } {
      const thread = threads.find(caller, id);
      const { row, main } = thread;
      const reset = mustReset(row, held);
      const conversation = conversations.show(caller, main);
      const rev = reset ? 0 : held.since;
      return {
        empty: { epoch, reset, more: true, rev, conversation, participants: [], messages: [] },
        full: (budget) => (reset ? anew(thread, conversation, budget) : further(thread, conversation, rev, budget)),
      };
    },
  };
}

function isLargeRoom({ kind, participantCount }: ConversationRow): boolean {
  return kind === 'room' && participantCount > SMALL_ROOM;
}
