/** Links that lead people in: an invitation to the team, and a mail's way back into the chat. */
import type { LinkRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { FollowLinkChange, InviteChange } from '../notices/notice-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { addSession, addUser, meOf } from './people-rows.ts';
import { applyTraits, checkTraits, wantTraits } from './people-traits.ts';
import type { Rule } from './rule.ts';
import { asksSecondFactor } from './second-factor.ts';

/** Whoever is invited stands among the users from now on, and comes in by the link alone. */
export const invite: Rule<InviteChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    wantTraits(traitsOf(change), null, want);
  },
  decide(given, change) {
    const { set, at } = given;
    if (userAsking(set, change.by).role !== 'admin') throw new Refusal('FORBIDDEN');
    checkTraits(set, null, traitsOf(change));
    const user = addUser(given, { anonymous: false });
    applyTraits(given, user, traitsOf(change));
    const { hash, expiresAt, role } = change;
    const link: LinkRow = {
      id: set.nextId(),
      hash,
      kind: 'invitation',
      user: user.id,
      role,
      createdAt: at,
      expiresAt,
      usedAt: null,
    };
    set.rows.links.set(link.id, link);
    set.marked.links.insert(link);
    note(given, change.by, {
      action: change.type,
      target: { type: 'user', id: user.uuid },
      details: { role },
    });
    return { value: null, publications: [] };
  },
};

function traitsOf({ role, name, email }: InviteChange) {
  return { role, ...(name === null ? {} : { name }), ...(email === null ? {} : { email }) };
}

/** Signs its reader in once more, and ends nothing: they may be signed in elsewhere too. */
export const followLink: Rule<FollowLinkChange> = {
  want(change, want) {
    want.row('links', change.link);
    want.user(change.user);
    want.row('totp', change.user);
  },
  decide(given, change) {
    const { set, at } = given;
    const link = set.rows.links.get(change.link);
    const user = set.users.get(change.user);
    if (!link || link.usedAt !== null || link.kind !== 'mail' || link.user !== change.user) {
      throw new Refusal('UNAUTHENTICATED');
    }
    if (link.expiresAt <= at) throw new Refusal('TOKEN_EXPIRED');
    if (user === undefined || user.disabledAt !== null || user.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
    if (user.mergedInto !== null) throw new Refusal('MERGED');
    // It was sent to a customer: a mailbox is no way into the team.
    if (isPersonOfTeam(user.role) || asksSecondFactor(given, user.id)) throw new Refusal('UNAUTHENTICATED');
    link.usedAt = at;
    set.marked.links.save(link);
    addSession(given, user, change.session);
    return { value: meOf(given, user), publications: [] };
  },
};
