/** What the server takes away by itself because its time is over. What came back in the meantime stays. */
import type { ExpireCredentialsChange, RemoveVisitorChange } from '../people/expire-change.ts';
import { removeAttachments } from './files.ts';
import type { Rule } from './rule.ts';

export const removeVisitor: Rule<RemoveVisitorChange> = {
  alone: true,
  want(change, want) {
    want.belongings(change.user);
  },
  decide(given, change) {
    const { set } = given;
    const user = set.users.get(change.user);
    const { sessions, identities, uploads, pushes, notices, removals, linked, participates, more } = set.belongings;
    const wrote = (set.authorsOf.get(change.user) ?? []).length > 0;
    const seen = Math.max(user?.lastSeenAt ?? 0, user?.createdAt ?? 0);
    const stays =
      !user?.anonymous || user.mergedInto !== null || seen >= change.before || wrote || linked || participates || more;
    if (stays || identities.length > 0) return { value: false, publications: [] };
    for (const push of pushes) set.marked.pushes.remove(push);
    for (const notice of notices) set.marked.notices.remove(notice);
    for (const session of sessions) set.marked.sessions.remove(session);
    for (const removal of removals) set.marked.removals.remove(removal);
    set.marked.users.remove(user);
    return { value: true, publications: removeAttachments(given, uploads) };
  },
};

export const expireCredentials: Rule<ExpireCredentialsChange> = {
  want(change, want) {
    for (const id of change.sessions) want.row('sessions', id);
    for (const id of change.pushes) want.row('pushes', id);
    for (const id of change.links) want.row('links', id);
    for (const id of change.removals) want.row('removals', id);
  },
  decide({ set }, { before, ...gone }) {
    // Nobody can ask to be told by a session that is over: what was found of it then is all that there is.
    for (const id of gone.pushes) {
      const push = set.rows.pushes.get(id);
      const session = set.rows.sessions.get(push?.session ?? -1);
      if (!push || (session && session.expiresAt >= before)) continue;
      set.rows.pushes.set(id, null);
      set.marked.pushes.remove(push);
    }
    for (const id of gone.sessions) {
      const session = set.rows.sessions.get(id);
      if (!session || session.expiresAt >= before) continue;
      set.rows.sessions.set(id, null);
      set.marked.sessions.remove(session);
    }
    for (const id of gone.links) {
      const link = set.rows.links.get(id);
      if (!link || link.expiresAt >= before) continue;
      set.rows.links.set(id, null);
      set.marked.links.remove(link);
    }
    for (const id of gone.removals) {
      const removal = set.rows.removals.get(id);
      if (removal) set.marked.removals.remove(removal);
      set.rows.removals.set(id, null);
    }
    return { value: null, publications: [] };
  },
};
