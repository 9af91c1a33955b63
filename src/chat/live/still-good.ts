/**
 * Whether a caller is still who the token said, asked once the line follows: whom a change signed out or blocked in
 * between was not yet among the lines that it ended.
 */
import { eq, sql } from 'drizzle-orm';
import type { Questions } from '../../db/questions.ts';
import { sessions } from '../../db/schema/credentials.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { UserCaller } from '../caller.ts';
import type { Rows } from '../readings/rows.ts';

export type StillGood = ReturnType<typeof createStillGood>;

export function createStillGood(db: Questions, rows: Rows) {
  const statement = db
    .select({ revokedAt: sessions.revokedAt })
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare();

  /** Throws the `Refusal` that the token would meet now. */
  return async (caller: UserCaller): Promise<void> => {
    const user = await rows.user.get({ id: caller.id });
    if (user === undefined || user.disabledAt !== null || user.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
    if (user.mergedInto !== null) throw new Refusal('MERGED');
    if (user.blockedAt !== null) throw new Refusal('BLOCKED');
    if (user.role !== caller.role) throw new Refusal('UNAUTHENTICATED');
    if (caller.session === null) return;
    const session = await statement.get({ id: caller.session });
    if (session === undefined || session.revokedAt !== null) throw new Refusal('UNAUTHENTICATED');
  };
}
