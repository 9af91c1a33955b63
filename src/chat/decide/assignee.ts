/** Who can be put in charge of a support conversation: named by somebody, offered to customers, or there first. */
import type { UserRow } from '../../db/rows.ts';
import { SETTINGS } from '../../db/schema/setup.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { misshapen } from '../../protocol/refusal.ts';
import type { Settings } from '../../protocol/settings.ts';
import { answersCustomers } from '../access.ts';
import { settingsView } from '../setup/settings-view.ts';

/** What admins have set up; `want.settings()` has loaded it. */
export function settingsIn(set: WorkingSet): Settings {
  return settingsView(set.rows.settings.get(SETTINGS)?.value);
}

/** @param path the field that names them, for a refusal */
export function assignableUser(set: WorkingSet, uuid: string, path = 'assigneeId'): UserRow {
  const user = set.usersByUuid.get(uuid);
  if (!user || !answersCustomers(user)) throw misshapen(path, 'must be an active peer, agent, admin or bot');
  return user;
}

/** Whom a customer chooses, if they are offered; null tells no more than that they are not. */
export function offeredUser(set: WorkingSet, uuid: string): UserRow | null {
  const user = set.usersByUuid.get(uuid);
  return user && answersCustomers(user) && settingsIn(set).offered.includes(uuid) ? user : null;
}

/** Who answers new conversations of that queue at first; null: they wait. */
export function firstAssignee(set: WorkingSet, queue: 'agent' | 'peer'): UserRow | null {
  const uuid = settingsIn(set).firstAssignee[queue];
  const user = uuid === null ? null : set.usersByUuid.get(uuid);
  return user && answersCustomers(user) ? user : null;
}
