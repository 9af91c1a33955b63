/** Tags: of the side conversation, so that no customer ever meets one. */
import type { ConversationRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';

export function tagsOf(set: WorkingSet, side: ConversationRow): string[] {
  return (set.tags.get(side.id) ?? []).map(({ tag }) => tag);
}

/** Makes them exactly `wanted`; gives what was changed by that, null when nothing was. */
export function setTags(
  set: WorkingSet,
  side: ConversationRow,
  wanted: readonly string[],
): { added: string[]; removed: string[] } | null {
  const rows = set.tags.get(side.id) ?? [];
  const gone = rows.filter(({ tag }) => !wanted.includes(tag));
  const kept = rows.filter(({ tag }) => wanted.includes(tag));
  const added = wanted
    .filter((tag) => !rows.some((row) => row.tag === tag))
    .map((tag) => ({ conversation: side.id, tag }));
  if (gone.length === 0 && added.length === 0) return null;
  for (const row of gone) set.marked.tags.remove(row);
  for (const row of added) set.marked.tags.insert(row);
  set.tags.set(side.id, [...kept, ...added]);
  return { added: added.map(({ tag }) => tag), removed: gone.map(({ tag }) => tag) };
}
