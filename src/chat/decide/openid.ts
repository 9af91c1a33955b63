/** Somebody comes in by the OpenID provider: known by it, by their address, invited, or new. */
import type { UserRow } from '../../db/rows.ts';
import { identityKey } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { OpenidSignInChange } from '../people/openid-change.ts';
import { note } from './audit.ts';
import { addSession, addUser, meOf } from './people-rows.ts';
import { setLogin } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';

export const signInByOpenid: Rule<OpenidSignInChange> = {
  want(change, want) {
    want.identity(change.issuer, change.subject);
    want.identitiesByEmail(change.email);
  },
  decide(given, change) {
    const { set } = given;
    const { issuer, subject, email, name } = change;
    const key = identityKey(issuer, subject);
    const identity = set.identities.get(key);
    const known = identity ? set.users.get(identity.user) : (set.usersByEmail.get(email) ?? undefined);
    const user = known ?? newcomer(given, change);
    if (user.disabledAt !== null || user.erasedAt !== null || user.mergedInto !== null) throw new Refusal('FORBIDDEN');
    if (!isPersonOfTeam(user.role)) throw notInvited();
    if (!identity) {
      // Providers give an address to somebody new once its owner has left.
      const others = [...set.identities.values()].some((one) => one?.provider === issuer && one.user === user.id);
      if (others) throw anotherAccount();
      const row = { provider: issuer, subject, user: user.id };
      set.identities.set(key, row);
      set.marked.identities.insert(row);
      note(given, null, { action: 'openid.link', target: { type: 'user', id: user.uuid } });
    }
    user.name ??= name;
    addSession(given, user, change.session);
    return { value: meOf(given, user), publications: [] };
  },
};

function newcomer(given: Case, { email, unknown: role }: OpenidSignInChange): UserRow {
  if (role === null) throw notInvited();
  const user = addUser(given, { anonymous: false });
  setLogin(given, user, { email, role });
  note(given, null, { action: 'user.create', target: { type: 'user', id: user.uuid }, details: { role } });
  return user;
}

function anotherAccount(): Refusal {
  return new Refusal('FORBIDDEN', {
    message: 'Whoever has this address here came in by another account of the provider: ask an admin.',
    details: { path: 'email', rule: 'is of another account' },
  });
}

function notInvited(): Refusal {
  return new Refusal('FORBIDDEN', {
    message: 'Nobody of the team has this address: ask an admin for an invitation.',
    details: { path: 'email', rule: 'is not of the team' },
  });
}
