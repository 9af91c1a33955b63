/**
 * Unread is arithmetic: what lies above a mark, less what never counts there (tombstones and system messages: only
 * looked for when one lies above the mark) and less one's own.
 */
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { ConversationRow, ParticipantRow } from '../../db/rows.ts';
import { conversations } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';

export type UnreadCount = ReturnType<typeof createUnreadCount>;

/** What of a conversation's row unread is worked out from. */
export type Counted = Pick<ConversationRow, 'id' | 'seq' | 'lastUncounted' | 'teamReadSeq' | 'botAfterRead'>;

/** The same as SQL, of a conversation that stands in the statement. */
export function unreadAbove(mark: SQLiteColumn, own: SQLiteColumn): SQL<number> {
  const uncounted = sql`(select count(*) from ${messages}
    where ${messages.conversation} = ${conversations.id} and ${messages.seq} > ${mark}
      and ("deleted_at" is not null or "kind" = 'system'))`;
  return sql`(${conversations.seq} - ${mark} - ${own}
    - case when ${conversations.lastUncounted} > ${mark} then ${uncounted} else 0 end)`;
}

export function createUnreadCount(db: Questions) {
  const statement = lazily({
    uncounted: () =>
      db
        .select({ count: sql<number>`count(*)` })
        .from(messages)
        .where(
          and(
            eq(messages.conversation, sql.placeholder('conversation')),
            gt(messages.seq, sql.placeholder('mark')),
            // As the partial index has it, or it is not used.
            sql`("deleted_at" is not null or "kind" = 'system')`,
          ),
        )
        .prepare(),
  });

  async function above({ id, seq, lastUncounted }: Counted, mark: number, own: number): Promise<number> {
    const found = lastUncounted > mark ? await statement.uncounted.get({ conversation: id, mark }) : undefined;
    return seq - mark - (found?.count ?? 0) - own;
  }

  return {
    statement,
    ofReader: (row: Counted, reader: Pick<ParticipantRow, 'readSeq' | 'ownAfterRead'>): Promise<number> =>
      above(row, reader.readSeq, reader.ownAfterRead),
    /** The customer's messages that the team has not read. */
    ofTeam: (row: Counted): Promise<number> => above(row, row.teamReadSeq, row.botAfterRead),
  };
}
