/** People about themselves: a visitor comes, somebody changes what is known of them. */
import type { UserRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { CreateVisitorChange, PatchMeChange, Sighted } from '../people/people-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { addSession, addUser, meOf, tellMe } from './people-rows.ts';
import { signOut } from './people-sessions.ts';
import { checkTraits, setLogin } from './people-traits.ts';
import type { Rule } from './rule.ts';

export const createVisitor: Rule<CreateVisitorChange> = {
  want() {},
  decide(given, { name, email, fields, session }) {
    const user = addUser(given, { anonymous: true, name, email, fields });
    addSession(given, user, session);
    return { value: { id: user.id, me: meOf(given, user) } satisfies Sighted, publications: [] };
  },
};

export const patchMe: Rule<PatchMeChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.email !== undefined) want.userByEmail(change.email);
    if (change.password !== undefined && change.by.user !== null) want.sessionsOf(change.by.user);
  },
  decide(given, { by, name, email, fields, notifications, password, shown }) {
    const { set } = given;
    const user = userAsking(set, by);
    if (asksPassword(user, { email, password }) && (user.password === null || user.password !== shown)) {
      throw notYourPassword();
    }
    checkTraits(set, user, email === undefined ? {} : { email });
    if (name !== undefined) user.name = name;
    if (fields !== undefined) user.fields = fields;
    if (notifications !== undefined) user.notifications = { ...user.notifications, ...notifications };
    setLogin(given, user, {
      ...(email === undefined ? {} : { email }),
      ...(password === undefined ? {} : { password }),
    });
    const ended = password === undefined ? [] : signOut(given, user.id, by.session);
    return { value: meOf(given, user), publications: [...ended, tellMe(given, user)] };
  },
};

/**
 * Whether a change is shown the password for: a new one, and a new address of who comes in by it, since whoever has the
 * address has the account. The team comes in by the address alone too (OpenID Connect): without a password it is an
 * admin's to change.
 */
export function asksPassword(
  user: UserRow,
  to: { email?: string | undefined; password?: string | undefined },
): boolean {
  if (to.password !== undefined) return true;
  return to.email !== undefined && to.email !== user.email && (user.password !== null || user.role !== 'user');
}

export function notYourPassword(): Refusal {
  return new Refusal('FORBIDDEN', { details: { path: 'currentPassword', rule: 'is not your password' } });
}
