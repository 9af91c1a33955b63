/** Whom there is to tell something. Prepared once; each goes by a key. */
import { and, asc, desc, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { same } from '../../db/engine-words.ts';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { sessions } from '../../db/schema/credentials.ts';
import { messages } from '../../db/schema/messages.ts';
import { notices, pushes } from '../../db/schema/notices.ts';
import { receivers } from '../../db/schema/outbox.ts';
import { authors, users } from '../../db/schema/people.ts';

const param = sql.placeholder;

export type NoticeReadings = ReturnType<typeof noticeReadings>;

export function noticeReadings(db: Questions) {
  return lazily({
    follower: () =>
      db
        .select()
        .from(receivers)
        .where(and(gt(receivers.id, 0), eq(receivers.kind, 'notices')))
        .prepare(),
    due: () =>
      db
        .select()
        .from(notices)
        .where(lte(notices.dueAt, param('now')))
        .orderBy(asc(notices.dueAt))
        .limit(param('limit'))
        .prepare(),
    about: () =>
      db
        .select({ id: notices.id })
        .from(notices)
        .where(
          and(
            eq(notices.conversation, param('conversation')),
            eq(notices.kind, param('kind')),
            same(db, notices.user, param('user')),
          ),
        )
        .prepare(),
    /** The first message beyond a seq that somebody else wrote and that counts. */
    nextUnread: () =>
      db
        .select({ seq: messages.seq, createdAt: messages.createdAt })
        .from(messages)
        .innerJoin(authors, eq(authors.id, messages.author))
        .where(
          and(
            eq(messages.conversation, param('conversation')),
            gt(messages.seq, param('seq')),
            ne(messages.kind, 'system'),
            isNull(messages.deletedAt),
            ne(authors.user, param('user')),
          ),
        )
        .orderBy(asc(messages.seq))
        .limit(1)
        .prepare(),
    anyPush: () =>
      db
        .select({ id: pushes.id })
        .from(pushes)
        .where(eq(pushes.user, param('user')))
        .limit(1)
        .prepare(),
    anyPushAtAll: () => db.select({ id: pushes.id }).from(pushes).where(gt(pushes.id, 0)).limit(1).prepare(),
    /** Of a user's browsers those that did not sign out, newest first. */
    pushesOf: () =>
      db
        .select({ push: pushes })
        .from(pushes)
        .leftJoin(sessions, eq(sessions.id, pushes.session))
        .where(
          and(
            eq(pushes.user, param('user')),
            or(isNull(pushes.session), and(isNull(sessions.revokedAt), gt(sessions.expiresAt, param('now')))),
          ),
        )
        .orderBy(desc(pushes.id))
        .prepare(),
    pushKeysOf: () =>
      db
        .select({ id: pushes.id })
        .from(pushes)
        .where(eq(pushes.user, param('user')))
        .prepare(),
    pushByEndpoint: () =>
      db
        .select()
        .from(pushes)
        .where(eq(pushes.endpoint, param('endpoint')))
        .prepare(),
    // Word for word what the partial index says.
    team: () =>
      db
        .select()
        .from(users)
        .where(
          and(
            sql`"role" <> 'user'`,
            sql`"role" in ('peer', 'agent', 'admin')`,
            isNull(users.disabledAt),
            isNull(users.blockedAt),
          ),
        )
        .prepare(),
  });
}
