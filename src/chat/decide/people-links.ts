/** One-use links: the first admin, an invitation, a forgotten password. */
import type { LinkRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { PutLinkChange, UseLinkChange } from '../people/people-change.ts';
import type { LinkUsed } from '../people/totp-change.ts';
import type { Publication } from '../publication.ts';
import { addSession, addUser, meOf, tellMe } from './people-rows.ts';
import { signOut } from './people-sessions.ts';
import { checkTraits, endLines, setLogin, wantTraits } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';
import { asksSecondFactor } from './second-factor.ts';

export const putLink: Rule<PutLinkChange> = {
  want(change, want) {
    for (const link of change.replaces) want.row('links', link);
  },
  decide({ set, at }, { kind, user, role, hash, expiresAt, replaces }) {
    for (const former of replaces.map((id) => set.rows.links.get(id))) {
      if (!former || former.usedAt !== null) continue;
      set.rows.links.set(former.id, null);
      set.marked.links.remove(former);
    }
    const link: LinkRow = { id: set.nextId(), hash, kind, user, role, createdAt: at, expiresAt, usedAt: null };
    set.rows.links.set(link.id, link);
    set.marked.links.insert(link);
    return { value: null, publications: [] };
  },
};

export const useLink: Rule<UseLinkChange> = {
  want(change, want) {
    want.row('links', change.link);
    if (change.known !== null) {
      want.user(change.known.id);
      want.row('totp', change.known.id);
    }
    wantTraits(emailIn(change), change.known, want);
    for (const admin of change.admins) want.user(admin);
  },
  decide(given, change) {
    const { set, at } = given;
    const link = set.rows.links.get(change.link);
    if (!link || link.usedAt !== null) throw new Refusal('UNAUTHENTICATED');
    if (link.expiresAt <= at) throw new Refusal('TOKEN_EXPIRED');
    const user = whose(set, link, change);
    checkTraits(set, user, { password: change.password, ...emailIn(change), ...roleIn(link) });
    link.usedAt = at;
    set.marked.links.save(link);
    const { owner, publications } = signIn(given, link, user, change);
    // Who opens somebody's mail has not got their second factor by that.
    const signedIn = !asksSecondFactor(given, owner.id);
    if (signedIn) addSession(given, owner, change.session);
    return { value: { me: meOf(given, owner), signedIn } satisfies LinkUsed, publications };
  },
};

function emailIn({ email }: UseLinkChange): { email?: string } {
  return email === null ? {} : { email };
}

function roleIn({ role }: LinkRow): { role?: UserRow['role'] } {
  return role === null ? {} : { role };
}

/** The user that the link is for; null: one is made. */
function whose(set: WorkingSet, link: LinkRow, { admins }: UseLinkChange): UserRow | null {
  if (link.kind === 'first_admin') {
    const there = admins.some((id) => set.users.get(id)?.role === 'admin' && set.users.get(id)?.disabledAt === null);
    if (there) throw new Refusal('UNAUTHENTICATED');
    return null;
  }
  if (link.user === null) return null;
  const user = set.users.get(link.user);
  if (user === undefined || user.disabledAt !== null || user.erasedAt !== null || user.mergedInto !== null) {
    throw new Refusal('UNAUTHENTICATED');
  }
  // Who came in another way meanwhile: the mail is no second way in.
  if (link.kind === 'invitation' && user.lastSeenAt !== null) throw new Refusal('UNAUTHENTICATED');
  return user;
}

function signIn(
  given: Case,
  link: LinkRow,
  known: UserRow | null,
  change: UseLinkChange,
): { owner: UserRow; publications: Publication[] } {
  const { password, name } = change;
  const owner = known ?? addUser(given, { anonymous: false });
  const formerRole = owner.role;
  const ended = known === null ? [] : signOut(given, known.id, null);
  if (name !== null) owner.name = name;
  setLogin(given, owner, { password, ...emailIn(change), ...roleIn(link) });
  if (known === null) return { owner, publications: [] };
  const role = owner.role === formerRole ? tellMe(given, owner) : endLines(owner, closeCodes.AUTH_CHANGED);
  return { owner, publications: [...ended, role] };
}
