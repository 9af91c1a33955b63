/** New rows of people and of their credentials. */
import type { SessionRow, UserRow } from '../../db/rows.ts';
import { identityKey } from '../../db/working-set.ts';
import type { Me } from '../../protocol/person.ts';
import type { NewSession } from '../people/people-change.ts';
import { meView } from '../people/people-view.ts';
import type { UserPublication } from '../publication.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day that `at` (ms) lies in: a session's use is noted once in each. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

export function addUser(given: Case, about: Partial<UserRow> & Pick<UserRow, 'anonymous'>): UserRow {
  const { set, at } = given;
  const id = set.nextId();
  const user: UserRow = {
    id,
    uuid: madeId(given, id),
    role: 'user',
    name: null,
    email: null,
    title: null,
    avatar: null,
    password: null,
    fields: {},
    createdAt: at,
    lastSeenAt: null,
    blockedAt: null,
    disabledAt: null,
    erasedAt: null,
    mergedInto: null,
    notifications: {},
    ...about,
  };
  set.addUser(user);
  set.externalIds.set(id, null);
  set.marked.users.insert(user);
  return user;
}

export function addSession({ set, at }: Case, user: UserRow, about: NewSession): SessionRow {
  const session: SessionRow = {
    id: set.nextId(),
    user: user.id,
    previousHash: null,
    rotatedAt: null,
    createdAt: at,
    usedDay: dayOf(at),
    revokedAt: null,
    ...about,
  };
  set.rows.sessions.set(session.id, session);
  set.marked.sessions.insert(session);
  user.lastSeenAt = at;
  set.marked.users.save(user);
  return session;
}

/** Makes `subject` the host's id of the user, in place of the one before. */
export function nameByHost({ set }: Case, user: UserRow, subject: string): void {
  const former = set.externalIds.get(user.id) ?? null;
  if (former === subject) return;
  if (former !== null) {
    const key = identityKey('host', former);
    set.marked.identities.remove(set.identities.get(key) ?? { provider: 'host', subject: former, user: user.id });
    set.identities.set(key, null);
  }
  const identity = { provider: 'host', subject, user: user.id };
  set.identities.set(identityKey('host', subject), identity);
  set.externalIds.set(user.id, subject);
  set.marked.identities.insert(identity);
}

export function meOf({ set }: Case, user: UserRow): Me {
  return meView(user, set.externalIds.get(user.id) ?? null);
}

/** Tells users what was changed about them. */
export function tellMe(given: Case, user: UserRow): UserPublication {
  return { type: 'user', user: user.id, event: { type: 'me.updated', user: meOf(given, user) } };
}
