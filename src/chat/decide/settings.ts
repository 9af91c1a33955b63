/** What admins decide, changed: each property as a whole, whom a queue begins with by itself. */
import type { SettingsRow } from '../../db/rows.ts';
import { SETTINGS } from '../../db/schema/setup.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Settings, SettingsPatch } from '../../protocol/settings.ts';
import type { PatchSettingsChange } from '../setup/setup-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { assignableUser, settingsIn } from './assignee.ts';
import { note } from './audit.ts';
import type { Rule } from './rule.ts';

export const patchSettings: Rule<PatchSettingsChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.settings();
    for (const [, uuid] of namedIn(change.patch)) want.authors({ uuid });
  },

  decide(given, { type, by, patch }) {
    const { set } = given;
    if (userAsking(set, by).role !== 'admin') throw new Refusal('FORBIDDEN');
    for (const [path, uuid] of namedIn(patch)) assignableUser(set, uuid, path);
    const before = settingsIn(set);
    const { firstAssignee, ...rest } = patch;
    const after: Settings = {
      ...before,
      ...rest,
      firstAssignee: { ...before.firstAssignee, ...firstAssignee },
    };
    const changed = (Object.keys(patch) as (keyof Settings)[])
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .toSorted();
    if (changed.length === 0) return { value: after, publications: [] };
    keep(set, after);
    note(given, by, { action: type, details: { changed } });
    return { value: after, publications: [{ type: 'settings', settings: after }] };
  },
};

/** The users whom a patch names, with the field that does. */
function namedIn({ firstAssignee = {}, offered = [] }: SettingsPatch): [path: string, uuid: string][] {
  const first = Object.entries(firstAssignee).flatMap(([queue, uuid]): [string, string][] =>
    uuid === null ? [] : [[`firstAssignee.${queue}`, uuid]],
  );
  return [...first, ...offered.map((uuid, index): [string, string] => [`offered.${index}`, uuid])];
}

function keep(set: WorkingSet, value: Settings): void {
  const row = set.rows.settings.get(SETTINGS);
  if (row) {
    row.value = value;
    set.marked.settings.save(row);
    return;
  }
  const made: SettingsRow = { id: SETTINGS, value };
  set.rows.settings.set(SETTINGS, made);
  set.marked.settings.insert(made);
}
