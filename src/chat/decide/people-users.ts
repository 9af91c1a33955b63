/** Users, made and changed by those who decide about them. */
import { closeCodes } from '../../protocol/close-codes.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { there } from '../../protocol/there.ts';
import { isTeam } from '../access.ts';
import type { BlockUserChange, CreateUserChange, PatchUserChange, UserTraits } from '../people/people-change.ts';
import { userView } from '../people/people-view.ts';
import { wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { authorityOf, checkAdminRemains, userToChange } from './people-authority.ts';
import { addUser } from './people-rows.ts';
import { applyTraits, checkTraits, endLines, wantTraits } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';

export const createUser: Rule<CreateUserChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    wantTraits(change.traits, null, want);
  },
  decide(given, { type, by, traits }) {
    const { admins } = authorityOf(given.set, by, 'users');
    if (traits.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
    checkTraits(given.set, null, traits);
    const user = addUser(given, { anonymous: false });
    applyTraits(given, user, traits);
    note(given, by, { action: type, target: { type: 'user', id: user.uuid }, details: { role: user.role } });
    return { value: told(given, user.id), publications: [] };
  },
};

export const patchUser: Rule<PatchUserChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    want.userByUuid(change.user);
    wantTraits(change.traits, change.known, want);
    for (const admin of change.admins) want.user(admin);
  },
  decide(given, { type, by, user, traits, admins: known }) {
    const { set } = given;
    const { target, asker, admins } = userToChange(set, by, user);
    if (asker !== null && asker.role !== 'admin') throw new Refusal('FORBIDDEN');
    if (!admins && (target.role === 'admin' || traits.role === 'admin')) throw new Refusal('FORBIDDEN');
    const demoted = traits.role !== undefined && traits.role !== 'admin';
    if (demoted || traits.disabled === true) checkAdminRemains(set, target, known);
    checkTraits(set, target, traits);
    const publications = applyTraits(given, target, traits, asker?.id === target.id ? (by?.session ?? null) : null);
    note(given, by, { action: type, target: { type: 'user', id: target.uuid }, details: detailsOf(traits) });
    return { value: told(given, target.id), publications };
  },
};

export const blockUser: Rule<BlockUserChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.userByUuid(change.user);
    for (const admin of change.admins) want.user(admin);
  },
  decide(given, { type, by, user, admins: known }) {
    const { set, at } = given;
    const { target, asker, admins } = userToChange(set, by, user);
    if (asker?.id === target.id) throw misshapen('id', 'must name another user than yourself');
    const overTeam = asker === null ? admins || target.role !== 'admin' : admins;
    if (isTeam(target.role) && !overTeam) throw new Refusal('FORBIDDEN');
    const block = type === 'user.block';
    if (block === (target.blockedAt !== null)) return { value: told(given, target.id), publications: [] };
    if (block) checkAdminRemains(set, target, known);
    target.blockedAt = block ? at : null;
    set.marked.users.save(target);
    note(given, by, { action: type, target: { type: 'user', id: target.uuid } });
    return { value: told(given, target.id), publications: block ? [endLines(target, closeCodes.BLOCKED)] : [] };
  },
};

/** Which fields were given, and what the role and `disabled` became: the rest is about a person. */
function detailsOf(traits: UserTraits): Record<string, unknown> {
  const { role, disabled } = traits;
  return {
    changed: Object.keys(traits),
    ...(role === undefined ? {} : { role }),
    ...(disabled === undefined ? {} : { disabled }),
  };
}

function told({ set }: Case, id: number) {
  const user = there(set.users.get(id), 'a user that was judged is not in the set');
  return userView(user, set.externalIds.get(id) ?? null);
}
