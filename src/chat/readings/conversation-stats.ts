/** A conversation in numbers. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Reader } from '../../db/open.ts';
import type { ConversationRow } from '../../db/rows.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors } from '../../db/schema/people.ts';
import { MAX_COUNTED_PARTICIPANTS } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/person.ts';
import type { Stats } from '../../protocol/stats.ts';
import type { Caller } from '../caller.ts';
import { personOfUser, timeOrNull } from '../views.ts';
import type { Rows } from './rows.ts';
import type { Threads } from './threads.ts';

const param = sql.placeholder;
const inThread = and(eq(messages.conversation, param('conversation')), isNull(messages.deletedAt));

export function createConversationStats(db: Reader, { rows, threads }: { rows: Rows; threads: Threads }) {
  const statement = lazily({
    /** One row for each author row and kind. */
    written: () =>
      db
        .select({
          author: messages.author,
          kind: messages.kind,
          count: sql<number>`count(*)`,
          first: sql<number>`min(${messages.createdAt})`,
          last: sql<number>`max(${messages.createdAt})`,
        })
        .from(messages)
        .where(inThread)
        .groupBy(messages.author, messages.kind)
        .prepare(),
    opening: () =>
      db
        .select({ user: authors.user, at: messages.createdAt })
        .from(messages)
        .innerJoin(authors, eq(authors.id, messages.author))
        .where(and(eq(messages.conversation, param('conversation')), sql`${messages.kind} <> 'system'`))
        .orderBy(asc(messages.seq))
        .limit(1)
        .prepare(),
  });

  /** Who wrote how much, most first; the one who wrote is called as they are now. */
  function byParticipant(conversation: number, counts: ReadonlyMap<number, number>): Stats['byParticipant'] {
    return [...counts]
      .toSorted(([a, some], [b, others]) => others - some || a - b)
      .slice(0, MAX_COUNTED_PARTICIPANTS)
      .flatMap(([id, count]) => {
        const user = rows.user.get({ id });
        if (user === undefined) return [];
        const title = rows.participant.get({ conversation, user: id })?.title ?? null;
        return [{ user: personOfUser(user, title), messages: count }];
      });
  }

  /** How long the customer's first message waited for a person; null: nobody answered, or the team spoke first. */
  function times(row: ConversationRow): Pick<Stats, 'firstResponseMs' | 'resolutionMs'> {
    const opening = statement.opening.get({ conversation: row.id });
    const answered = opening?.user === row.customer ? row.firstResponseAt : null;
    return {
      firstResponseMs: answered === null || opening === undefined ? null : Math.max(0, answered - opening.at),
      resolutionMs: row.closedAt === null ? null : Math.max(0, row.closedAt - row.createdAt),
    };
  }

  return {
    statement,

    /** Of a conversation or side conversation; throws `NOT_FOUND`. */
    stats(caller: Caller, id: string): Stats {
      const { row } = threads.find(caller, id);
      const byKind = { text: 0, file: 0, system: 0 };
      const byRole: Record<Role, number> = { user: 0, peer: 0, agent: 0, admin: 0, bot: 0 };
      const byUser = new Map<number, number>();
      const found = statement.written.all({ conversation: row.id });
      for (const { author, kind, count } of found) {
        byKind[kind] += count;
        const by = author === null ? undefined : rows.author.get({ id: author });
        if (by === undefined) continue;
        byRole[by.author.role] += count;
        byUser.set(by.author.user, (byUser.get(by.author.user) ?? 0) + count);
      }
      return {
        messages: byKind.text + byKind.file + byKind.system,
        byKind,
        byRole,
        byParticipant: byParticipant(row.id, byUser),
        firstAt: found.length === 0 ? null : timeOrNull(Math.min(...found.map(({ first }) => first))),
        lastAt: found.length === 0 ? null : timeOrNull(Math.max(...found.map(({ last }) => last))),
        ...(row.kind === 'support' ? times(row) : {}),
      };
    },
  };
}
