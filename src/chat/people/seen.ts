/**
 * Notes who was here: a user once a day for each session, a key once a minute. Nobody waits for it, and where it cannot
 * be written the next call tries again.
 */
import type { SessionRow, UserRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import type { Change } from '../change.ts';
import { dayOf } from '../decide/people-rows.ts';
import type { Publication } from '../publication.ts';
import type { PeopleChange } from './people-change.ts';

const KEY_EVERY_MS = 60_000;
const KEPT = 10_000;

export type Seen = ReturnType<typeof createSeen>;

/** @param visitorLifeMs how long a visitor's token lives from its last day of use */
export function createSeen(writer: Writer<Change, Publication>, visitorLifeMs: number, now: () => number) {
  // What was handed over and may not be in the rows yet, by the change's subject: the day, or the minute.
  const noted = new Map<string, number>();

  function note(subject: string, when: number, change: PeopleChange): void {
    if (noted.get(subject) === when) return;
    if (noted.size >= KEPT) noted.clear();
    noted.set(subject, when);
    writer.submit(change).settled(
      () => {},
      () => noted.delete(subject),
    );
  }

  return {
    bySession(session: SessionRow): void {
      const today = dayOf(now());
      if (session.usedDay >= today) return;
      const expiresAt = session.kind === 'visitor' ? now() + visitorLifeMs : null;
      note(`s${session.id}`, today, { type: 'user.seen', user: session.user, session: session.id, expiresAt });
    },

    /** By a token of the host's: no session keeps the day. */
    byHost(user: UserRow): void {
      const today = dayOf(now());
      if (user.lastSeenAt !== null && dayOf(user.lastSeenAt) >= today) return;
      note(`u${user.id}`, today, { type: 'user.seen', user: user.id, session: null, expiresAt: null });
    },

    /** @param usedAt ms */
    byKey(key: number, usedAt: number | null): void {
      if (usedAt !== null && now() - usedAt < KEY_EVERY_MS) return;
      note(`k${key}`, Math.floor(now() / KEY_EVERY_MS), { type: 'apiKey.use', key });
    },
  };
}
