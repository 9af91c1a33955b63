/**
 * The audit: what the team and the host did, to whom or what, when, and from where. A rule that decides something of
 * the kind calls `note` once it has judged, before it answers:
 *
 *     note(given, change.by, { action: change.type, target: { type: 'user', id: target.uuid } });
 *
 * Its `want` has called `wantAsker` (the asker's author rows are needed). `action` is the change's own name where it
 * has one. `details` holds ids, numbers and the names of fields, and never what somebody wrote or how they are called:
 * a line outlives what it is about, an erasure too. A change that changed nothing notes nothing.
 */
import type { WorkingSet } from '../../db/working-set.ts';
import type { By } from '../caller.ts';
import { authorOf } from './author.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';

export interface Noted {
  /** `noun.verb` */
  action: string;
  target?: { type: string; id: string };
  details?: Record<string, unknown>;
}

/** @param by null: the server itself */
export function note(given: Case, by: By | null, { action, target, details = {} }: Noted): void {
  const { set, at } = given;
  const id = set.nextId();
  const user = by?.user == null ? undefined : set.users.get(by.user);
  set.marked.audit.insert({
    id,
    uuid: madeId(given, id),
    at,
    user: user?.id ?? null,
    by: user === undefined ? null : authorOf(set, user).id,
    action,
    targetType: target?.type ?? null,
    targetUuid: target?.id ?? null,
    details: { ...details, ...apiKeyOf(set, by) },
    address: by?.address ?? null,
  });
}

/** Which of the host's keys it was. */
function apiKeyOf(set: WorkingSet, by: By | null): { apiKey?: string } {
  const key = by?.key == null ? null : set.rows.apiKeys.get(by.key);
  return key ? { apiKey: key.uuid } : {};
}
