/** The audit, read: newest first, of everybody or of one user, of every action or of one. */
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { unlooked } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { AuditRow } from '../../db/rows.ts';
import { audit } from '../../db/schema/setup.ts';
import type { AuditLine, AuditQuery } from '../../protocol/audit.ts';
import type { Page } from '../../protocol/catching-up.ts';
import { normaliseId } from '../../protocol/id.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isAdmin } from '../access.ts';
import type { Caller } from '../caller.ts';
import { pageOf, readIdCursor } from '../people/id-cursor.ts';
import type { Rows } from '../readings/rows.ts';
import { personOfAuthor, timeOf } from '../views.ts';

const param = sql.placeholder;

export function createAudit(db: Questions, rows: Pick<Rows, 'userByUuid' | 'author'>) {
  const below = lt(audit.id, param('before'));
  const ofUser = eq(audit.user, param('user'));
  const ofAction = eq(audit.action, param('action'));
  const lines = () => db.select().from(audit);
  const statement = lazily({
    all: () => lines().where(below).orderBy(desc(audit.id)).limit(param('limit')).prepare(),
    ofUser: () => lines().where(and(ofUser, below)).orderBy(desc(audit.id)).limit(param('limit')).prepare(),
    ofAction: () => lines().where(and(ofAction, below)).orderBy(desc(audit.id)).limit(param('limit')).prepare(),
    // What one user did is less than what everybody did of one kind.
    ofUserAndAction: () =>
      lines()
        .where(and(ofUser, unlooked(db, ofAction), below))
        .orderBy(desc(audit.id))
        .limit(param('limit'))
        .prepare(),
  });

  async function find(before: number, limit: number, { user: userId, action }: AuditQuery): Promise<AuditRow[]> {
    if (userId === undefined) {
      return action === undefined
        ? statement.all.all({ before, limit })
        : statement.ofAction.all({ action, before, limit });
    }
    const user = (await rows.userByUuid.get({ uuid: normaliseId(userId) }))?.id;
    if (user === undefined) return [];
    return action === undefined
      ? statement.ofUser.all({ user, before, limit })
      : statement.ofUserAndAction.all({ user, action, before, limit });
  }

  async function whoDid({ by }: AuditRow): Promise<Person | null> {
    const found = by === null ? undefined : await rows.author.get({ id: by });
    return found === undefined ? null : personOfAuthor(found.author, found.uuid);
  }

  return {
    statement,

    async list(caller: Caller, query: AuditQuery): Promise<Page<AuditLine>> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const { limit = DEFAULT_PAGE, cursor } = query;
      const found = await find(readIdCursor(cursor), limit + 1, query);
      const page = pageOf(
        found,
        limit,
        ({ id }) => id,
        async (row) => lineOf(row, await whoDid(row)),
      );
      return { ...page, items: await Promise.all(page.items) };
    },
  };
}

function lineOf(row: AuditRow, by: Person | null): AuditLine {
  const { uuid, at, action, targetType, targetUuid, details, address } = row;
  const target = targetType === null || targetUuid === null ? null : { type: targetType, id: targetUuid };
  return { id: uuid, at: timeOf(at), by, action, target, details, address };
}
