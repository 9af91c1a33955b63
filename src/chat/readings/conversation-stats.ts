/** A conversation in numbers. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
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

export function createConversationStats(db: Questions, { rows, threads }: { rows: Rows; threads: Threads }) {
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
  async function byParticipant(
    conversation: number,
    counts: ReadonlyMap<number, number>,
  ): Promise<Stats['byParticipant']> {
    const most = [...counts]
      .toSorted(([a, some], [b, others]) => others - some || a - b)
      .slice(0, MAX_COUNTED_PARTICIPANTS);
    const told = most.map(async ([id, messages]) => {
      const [user, participant] = await Promise.all([
        rows.user.get({ id }),
        rows.participant.get({ conversation, user: id }),
      ]);
      return user === undefined ? [] : [{ user: personOfUser(user, participant?.title ?? null), messages }];
    });
    return (await Promise.all(told)).flat();
  }

  /** How long the customer's first message waited for a person; null: nobody answered, or the team spoke first. */
  async function times(row: ConversationRow): Promise<Pick<Stats, 'firstResponseMs' | 'resolutionMs'>> {
    const opening = await statement.opening.get({ conversation: row.id });
    const answered = opening?.user === row.customer ? row.firstResponseAt : null;
    return {
      firstResponseMs: answered === null || opening === undefined ? null : Math.max(0, answered - opening.at),
      resolutionMs: row.closedAt === null ? null : Math.max(0, row.closedAt - row.createdAt),
    };
  }

  return {
    statement,

    /** Of a conversation or side conversation; throws `NOT_FOUND`. */
    async stats(caller: Caller, id: string): Promise<Stats> {
      const { row } = await threads.find(caller, id);
      const byKind = { text: 0, file: 0, system: 0 };
      const byRole: Record<Role, number> = { user: 0, peer: 0, agent: 0, admin: 0, bot: 0 };
      const byUser = new Map<number, number>();
      const found = await statement.written.all({ conversation: row.id });
      const named = [...new Set(found.flatMap(({ author }) => author ?? []))];
      const authors = await Promise.all(named.map((id) => rows.author.get({ id })));
      const known = new Map(named.map((id, index) => [id, authors[index]]));
      for (const { author, kind, count } of found) {
        byKind[kind] += count;
        const by = author === null ? undefined : known.get(author);
        if (by === undefined) continue;
        byRole[by.author.role] += count;
        byUser.set(by.author.user, (byUser.get(by.author.user) ?? 0) + count);
      }
      return {
        messages: byKind.text + byKind.file + byKind.system,
        byKind,
        byRole,
        byParticipant: await byParticipant(row.id, byUser),
        firstAt: found.length === 0 ? null : timeOrNull(Math.min(...found.map(({ first }) => first))),
        lastAt: found.length === 0 ? null : timeOrNull(Math.max(...found.map(({ last }) => last))),
        ...(row.kind === 'support' ? await times(row) : {}),
      };
    },
  };
}
