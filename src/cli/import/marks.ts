/**
 * Read marks of a thread that is laid down, kept as sends and readings would have kept them: a mark stands before the
 * first message that is unread, one's own behind it are counted apart.
 */
import { and, eq, gt, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import type { ConversationRow, ParticipantRow } from '../../db/rows.ts';
import { messages } from '../../db/schema/messages.ts';

/** One reader of the thread: what they are is moved in their row. */
export interface Mark {
  /** Their own message. */
  own(seq: number): void;
  /** Somebody else's. @param readAt ms; null: it was read, nobody knows when; undefined: it was not */
  other(seq: number, readAt: number | null | undefined): void;
  /** Writes down when what was read. */
  flush(): void;
}

/** @param reads whether each move of the mark is kept with its time, as in direct conversations */
export function markOf(bulk: Bulk, thread: ConversationRow, row: ParticipantRow, reads: boolean): Mark {
  let unread = unreadAbove(bulk, thread, row.readSeq, row.ownAfterRead);
  let pending: { seq: number; at: number } | null = null;
  const flush = () => {
    if (pending === null) return;
    bulk.insert('reads', { conversation: thread.id, user: row.user, ...pending });
    pending = null;
  };
  const moveTo = (seq: number) => {
    row.readSeq = seq;
    row.ownAfterRead = 0;
    row.deliveredSeq = Math.max(row.deliveredSeq, seq);
  };
  return {
    own(seq) {
      if (unread === 0) moveTo(seq);
      else row.ownAfterRead += 1;
    },
    other(seq, readAt) {
      if (readAt === undefined || unread > 0) {
        unread += 1;
        return;
      }
      moveTo(seq);
      if (readAt === null) return;
      row.readAt = Math.max(row.readAt ?? 0, readAt);
      if (!reads) return;
      // What was read in one go is one move.
      if (pending !== null && pending.at !== readAt) flush();
      pending = { seq, at: readAt };
    },
    flush,
  };
}

export interface TeamMark extends Mark {
  /** Somebody of the team writes: they have read all. @param at ms */
  answered(seq: number, at: number): void;
}

/** The team's one mark in a support conversation; `own` are bots' messages, which stand apart until somebody reads. */
export function teamMarkOf(bulk: Bulk, row: ConversationRow): TeamMark {
  let unread = unreadAbove(bulk, row, row.teamReadSeq, row.botAfterRead);
  const moveTo = (seq: number, at: number | null) => {
    row.teamReadSeq = seq;
    row.botAfterRead = 0;
    if (at !== null) row.teamReadAt = Math.max(row.teamReadAt ?? 0, at);
  };
  return {
    own() {
      row.botAfterRead += 1;
    },
    other(seq, readAt) {
      if (readAt === undefined || unread > 0) unread += 1;
      else moveTo(seq, readAt);
    },
    answered(seq, at) {
      unread = 0;
      moveTo(seq, at);
    },
    flush() {},
  };
}

function unreadAbove(bulk: Bulk, { id, seq }: ConversationRow, mark: number, own: number): number {
  if (seq === mark) return 0;
  const uncounted = bulk.db
    .select({ count: sql<number>`count(*)` })
    .from(messages)
    .where(
      and(eq(messages.conversation, id), gt(messages.seq, mark), sql`("deleted_at" is not null or "kind" = 'system')`),
    )
    .get();
  return seq - mark - own - (uncounted?.count ?? 0);
}
