/** Telling people of what they miss: looks that are due, and what came of them. */
import type { NoticeRow, ReceiverRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type {
  FollowChange,
  PutNoticesChange,
  SettleNoticeChange,
  UnsubscribeChange,
} from '../notices/notice-change.ts';
import { tellMe } from './people-rows.ts';
import type { Rule } from './rule.ts';

/** Whoever tells them follows the outbox from now on. */
export function follow(set: WorkingSet): void {
  if (followers(set).length > 0) return;
  const id = set.nextId();
  const receiver: ReceiverRow = { id, kind: 'notices', place: id, okAt: null };
  set.rows.receivers.set(id, receiver);
  set.marked.receivers.insert(receiver);
  set.taken = null;
}

function followers(set: WorkingSet): ReceiverRow[] {
  return [...set.rows.receivers.values()].filter((row): row is ReceiverRow => row?.kind === 'notices');
}

export const followForNotices: Rule<FollowChange> = {
  want() {},
  decide({ set }, { on }) {
    if (on) follow(set);
    else {
      for (const receiver of followers(set)) {
        set.rows.receivers.set(receiver.id, null);
        set.marked.receivers.remove(receiver);
      }
      set.taken = null;
    }
    return { value: null, publications: [] };
  },
};

export const putNotices: Rule<PutNoticesChange> = {
  want() {},
  decide({ set }, { receiver: id, place, notices }) {
    const receiver = set.rows.receivers.get(id);
    if (!receiver || receiver.place >= place) return { value: null, publications: [] };
    receiver.place = place;
    set.marked.receivers.save(receiver);
    for (const about of notices) {
      const row: NoticeRow = { id: set.nextId(), told: 0, failures: 0, ...about };
      set.marked.notices.insert(row);
    }
    return { value: null, publications: [] };
  },
};

export const settleNotice: Rule<SettleNoticeChange> = {
  want(change, want) {
    want.row('notices', change.notice);
  },
  decide({ set }, { notice: id, next }) {
    const row = set.rows.notices.get(id);
    if (row && next !== null) {
      Object.assign(row, next);
      set.marked.notices.save(row);
    } else if (row) {
      set.rows.notices.set(id, null);
      set.marked.notices.remove(row);
    }
    return { value: null, publications: [] };
  },
};

export const unsubscribe: Rule<UnsubscribeChange> = {
  want(change, want) {
    want.user(change.user);
  },
  decide(given, { user: id }) {
    const { set } = given;
    const user = set.users.get(id);
    if (user === undefined || user.notifications.mail === false) return { value: null, publications: [] };
    user.notifications = { ...user.notifications, mail: false };
    set.marked.users.save(user);
    return { value: null, publications: [tellMe(given, user)] };
  },
};
