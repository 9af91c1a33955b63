/** People about themselves: a visitor comes, somebody changes what is known of them. */
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
  decide(given, { by, name, email, fields, notifications, password }) {
    const { set } = given;
    const user = userAsking(set, by);
    if (password !== undefined && user.password !== password.former) throw new Refusal('FORBIDDEN');
    checkTraits(set, user, email === undefined ? {} : { email });
    if (name !== undefined) user.name = name;
    if (fields !== undefined) user.fields = fields;
    if (notifications !== undefined) user.notifications = { ...user.notifications, ...notifications };
    setLogin(given, user, {
      ...(email === undefined ? {} : { email }),
      ...(password === undefined ? {} : { password: password.hash }),
    });
    const ended = password === undefined ? [] : signOut(given, user.id, by.session);
    return { value: meOf(given, user), publications: [...ended, tellMe(given, user)] };
  },
};
