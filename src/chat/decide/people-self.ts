/** People about themselves, and as others first see them: visitors, and whom the host names. */
import type { UserRow } from '../../db/rows.ts';
import { identityKey, type WorkingSet } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { CreateVisitorChange, PatchMeChange, Sighted, SightUserChange } from '../people/people-change.ts';
import type { Publication } from '../publication.ts';
import { userAsking, wantAsker } from './asker.ts';
import { authorityOf } from './people-authority.ts';
import { addSession, addUser, meOf, nameByHost, tellMe } from './people-rows.ts';
import { signOut } from './people-sessions.ts';
import { checkTraits, emailIsFree, endLines, setLogin } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';

export const createVisitor: Rule<CreateVisitorChange> = {
  want() {},
  decide(given, { name, email, fields, session }) {
    const user = addUser(given, { anonymous: true, name, email, fields });
    addSession(given, user, session);
    return { value: sighted(given, user), publications: [] };
  },
};

export const patchMe: Rule<PatchMeChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.email !== undefined) want.userByEmail(change.email);
    if (change.password !== undefined && change.by.user !== null) want.sessionsOf(change.by.user);
  },
  decide(given, { by, name, email, fields, password }) {
    const { set } = given;
    const user = userAsking(set, by);
    if (password !== undefined && user.password !== password.former) throw new Refusal('FORBIDDEN');
    checkTraits(set, user, email === undefined ? {} : { email });
    if (name !== undefined) user.name = name;
    if (fields !== undefined) user.fields = fields;
    setLogin(given, user, {
      ...(email === undefined ? {} : { email }),
      ...(password === undefined ? {} : { password: password.hash }),
    });
    const ended = password === undefined ? [] : signOut(given, user.id, by.session);
    return { value: meOf(given, user), publications: [...ended, tellMe(given, user)] };
  },
};

export const sightUser: Rule<SightUserChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    want.identity('host', change.externalId);
    want.emailOf(change);
    if (change.email !== undefined) want.userByEmail(change.email);
  },
  decide(given, change) {
    const { set } = given;
    const { admins } = authorityOf(set, change.by, 'tokens');
    const known = knownByHost(set, change.externalId);
    if (known !== null) {
      if (known.mergedInto !== null) throw new Refusal('MERGED');
      if (known.disabledAt !== null || known.erasedAt !== null) {
        throw change.by === null
          ? new Refusal('UNAUTHENTICATED')
          : new Refusal('FORBIDDEN', { message: 'This user is disabled.' });
      }
      if (known.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
    }
    const user = known ?? addUser(given, { anonymous: false });
    if (known === null) nameByHost(given, user, change.externalId);
    const publications = describe(given, user, change);
    if (change.session !== null) addSession(given, user, change.session);
    return { value: sighted(given, user), publications: known === null ? [] : publications };
  },
};

function knownByHost(set: WorkingSet, externalId: string): UserRow | null {
  const identity = set.identities.get(identityKey('host', externalId));
  return identity ? (set.users.get(identity.user) ?? null) : null;
}

/** Takes over what the host says of the user. An address that another one logs in with is left out: it is not theirs. */
function describe(given: Case, user: UserRow, change: SightUserChange): Publication[] {
  const { set } = given;
  const former = { name: user.name, email: user.email, title: user.title, role: user.role };
  const role = change.role ?? user.role;
  const email = [change.email ?? null, user.email].find(
    (one) => one !== null && emailIsFree(set, user, { role, password: user.password, email: one }),
  );
  if (change.name !== undefined) user.name = change.name;
  if (change.title !== undefined) user.title = change.title;
  setLogin(given, user, { role, email: email ?? null });
  if (user.role !== former.role) return [endLines(user, closeCodes.AUTH_CHANGED)];
  const changed = user.name !== former.name || user.email !== former.email || user.title !== former.title;
  return changed ? [tellMe(given, user)] : [];
}

function sighted(given: Case, user: UserRow): Sighted {
  return { id: user.id, me: meOf(given, user) };
}
