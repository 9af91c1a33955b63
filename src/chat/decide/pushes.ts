/** Browsers that take push messages: few for each user, and each for one user at a time. */
import type { PushRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { MAX_PUSHES } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { DeletePushChange, PushGoneChange, PutPushChange } from '../notices/notice-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { follow } from './notices.ts';
import type { Rule } from './rule.ts';

export const putPush: Rule<PutPushChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    for (const id of change.known) want.row('pushes', id);
  },
  decide({ set, at }, { by, endpoint, p256dh, auth }) {
    const user = userAsking(set, by);
    follow(set);
    const all = [...set.rows.pushes.values()].filter((row) => row !== null);
    const known = all.find((row) => row.endpoint === endpoint);
    const about = { user: user.id, session: by.session, endpoint, p256dh, auth };
    if (known !== undefined) {
      // The same browser, perhaps under another account by now.
      Object.assign(known, about);
      set.marked.pushes.save(known);
      return { value: null, publications: [] };
    }
    const own = all.filter((row) => row.user === user.id).toSorted((a, b) => a.id - b.id);
    for (const row of own.slice(0, Math.max(0, own.length - MAX_PUSHES + 1))) remove(set, row);
    const row: PushRow = { id: set.nextId(), ...about, createdAt: at };
    set.rows.pushes.set(row.id, row);
    set.marked.pushes.insert(row);
    return { value: null, publications: [] };
  },
};

export const deletePush: Rule<DeletePushChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('pushes', change.push);
  },
  decide({ set }, { by, push: id }) {
    const user = userAsking(set, by);
    const row = set.rows.pushes.get(id);
    if (!row || row.user !== user.id) throw new Refusal('NOT_FOUND');
    remove(set, row);
    return { value: null, publications: [] };
  },
};

export const pushGone: Rule<PushGoneChange> = {
  want(change, want) {
    for (const id of change.pushes) want.row('pushes', id);
  },
  decide({ set }, { pushes }) {
    for (const id of pushes) {
      const row = set.rows.pushes.get(id);
      if (row) remove(set, row);
    }
    return { value: null, publications: [] };
  },
};

function remove(set: WorkingSet, row: PushRow): void {
  set.rows.pushes.set(row.id, null);
  set.marked.pushes.remove(row);
}
