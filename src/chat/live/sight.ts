/**
 * Whose presence a caller may see: their own; everybody's for the team; else of those who are in a direct
 * conversation or a room with them, and for a peer the customers of what they may read. To all others the team is one
 * user, `team`.
 */
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import type { Role } from '../../protocol/person.ts';
import { isTeam } from '../access.ts';

export type Sight = ReturnType<typeof createSight>;

export function createSight(db: Questions) {
  const other = alias(participants, 'other');
  const statement = lazily({
    shared: () =>
      db
        .select({ conversation: participants.conversation })
        .from(participants)
        .innerJoin(
          other,
          and(
            eq(other.conversation, participants.conversation),
            eq(other.user, sql.placeholder('other')),
            isNull(other.leftAt),
          ),
        )
        .where(and(eq(participants.user, sql.placeholder('user')), isNull(participants.leftAt)))
        .limit(1)
        .prepare(),
    customerOf: () =>
      db
        .select({ id: conversations.id })
        .from(conversations)
        .where(
          and(
            // As the partial index has it, or all conversations are gone through.
            sql`"kind" = 'support'`,
            eq(conversations.customer, sql.placeholder('customer')),
            or(
              eq(conversations.assignee, sql.placeholder('peer')),
              and(isNull(conversations.assignee), eq(conversations.queue, 'peer'), eq(conversations.status, 'open')),
            ),
          ),
        )
        .limit(1)
        .prepare(),
  });

  return {
    statement,

    async sees(who: { id: number; role: Role }, user: number): Promise<boolean> {
      if (who.id === user || isTeam(who.role)) return true;
      if ((await statement.shared.get({ user: who.id, other: user })) !== undefined) return true;
      return who.role === 'peer' && (await statement.customerOf.get({ customer: user, peer: who.id })) !== undefined;
    },
  };
}
