/** Credentials in use: a login, its refreshing, its end. */
import type { SessionRow } from '../../db/rows.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type {
  PutSessionChange,
  RevokeSessionChange,
  Rotated,
  RotateSessionChange,
  SeenUserChange,
} from '../people/people-change.ts';
import type { EvictPublication } from '../publication.ts';
import { addSession, dayOf, meOf } from './people-rows.ts';
import type { Case, Rule } from './rule.ts';
import { asksSecondFactor, useSecondFactor } from './second-factor.ts';

/** Two tabs may refresh with the same token; later than this, somebody else has it too. */
const REUSE_GRACE_MS = 30_000;

export const putSession: Rule<PutSessionChange> = {
  want(change, want) {
    want.user(change.user);
    want.row('totp', change.user);
  },
  decide(given, change) {
    const user = given.set.users.get(change.user);
    if (user === undefined || user.disabledAt !== null || user.password !== change.password) {
      throw new Refusal('UNAUTHENTICATED');
    }
    if (change.second !== null) useSecondFactor(given, user.id, change.second, 'UNAUTHENTICATED');
    else if (asksSecondFactor(given, user.id)) throw new Refusal('UNAUTHENTICATED');
    addSession(given, user, change.session);
    return { value: meOf(given, user), publications: [] };
  },
};

export const rotateSession: Rule<RotateSessionChange> = {
  want(change, want) {
    want.row('sessions', change.session);
    want.user(change.user);
  },
  decide(given, change) {
    const { set, at } = given;
    const session = set.rows.sessions.get(change.session);
    const user = set.users.get(change.user);
    if (!session || session.revokedAt !== null || user === undefined || user.disabledAt !== null) {
      throw new Refusal('UNAUTHENTICATED');
    }
    if (session.expiresAt <= at) throw new Refusal('TOKEN_EXPIRED');
    const kept: Rotated = { reused: false };
    if (session.hash === change.presented) {
      session.previousHash = session.hash;
      session.hash = change.next;
      session.rotatedAt = at;
      session.expiresAt = change.expiresAt;
      set.marked.sessions.save(session);
      return { value: kept, publications: [] };
    }
    const again = session.previousHash === change.presented && at - (session.rotatedAt ?? 0) <= REUSE_GRACE_MS;
    if (again) return { value: kept, publications: [] };
    const ended: Rotated = { reused: true };
    return { value: ended, publications: end(given, session) };
  },
};

export const revokeSession: Rule<RevokeSessionChange> = {
  want(change, want) {
    want.row('sessions', change.session);
  },
  // A blocked user may sign out too: only whose it is counts.
  decide(given, { by, session: key }) {
    const session = given.set.rows.sessions.get(key);
    if (!session || session.user !== by.user) throw new Refusal('NOT_FOUND');
    return { value: null, publications: session.revokedAt === null ? end(given, session) : [] };
  },
};

export const seenUser: Rule<SeenUserChange> = {
  want(change, want) {
    want.user(change.user);
    if (change.session !== null) want.row('sessions', change.session);
  },
  decide({ set, at }, change) {
    const user = set.users.get(change.user);
    // Lines of somebody who is erased end, which is noted a moment later.
    if (user !== undefined && user.erasedAt === null) {
      user.lastSeenAt = at;
      set.marked.users.save(user);
    }
    const session = change.session === null ? null : set.rows.sessions.get(change.session);
    if (session && session.revokedAt === null) {
      session.usedDay = dayOf(at);
      if (change.expiresAt !== null) session.expiresAt = Math.max(session.expiresAt, change.expiresAt);
      set.marked.sessions.save(session);
    }
    return { value: null, publications: [] };
  },
};

/**
 * Ends every living session of a user but one. `sessionsOf` must have been wanted.
 *
 * @param keep key of the session that stays; null: none does
 */
export function signOut(given: Case, user: number, keep: number | null): EvictPublication[] {
  const living = [...given.set.rows.sessions.values()].filter(
    (session) => session?.user === user && session.revokedAt === null && session.id !== keep,
  ) as SessionRow[];
  return living.flatMap((session) => end(given, session));
}

function end({ set, at }: Case, session: SessionRow): EvictPublication[] {
  session.revokedAt = at;
  set.marked.sessions.save(session);
  return [{ type: 'evict', user: session.user, sessions: [session.id], code: closeCodes.SIGNED_OUT }];
}
