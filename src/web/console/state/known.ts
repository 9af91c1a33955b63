/** What of the open conversations that are held can be chosen from: their tags, and who answers them. */
import { computed } from '@preact/signals';
import { counts, everything } from './desk.ts';
import { isSnoozed } from './views.ts';

function counted(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const held = computed(() =>
  everything.value.filter((one) => one.kind === 'support' && one.status === 'open' && !isSnoozed(one)),
);

const tagsOfHeld = computed(() => {
  const open = everything.value.filter(({ kind, status }) => kind === 'support' && status === 'open');
  return JSON.stringify([...counted(open.flatMap(({ team }) => team?.tags ?? []))].sort());
});

/** Another list only when a number in it is another. */
export const heldTags = computed(() =>
  (JSON.parse(tagsOfHeld.value) as [string, number][]).map(([tag, n]) => ({ tag, n })),
);

/** How many of them each answers, by id; undefined until all of them are held. */
export const answeredBy = computed(() =>
  held.value.length < counts.value.open ? undefined : counted(held.value.flatMap(({ assignee }) => assignee?.id ?? [])),
);

/** Since when the longest waits in the queue, µs. */
export const longestWait = computed(() => {
  let longest: number | undefined;
  for (const { assignee, waiting } of held.value) {
    if (!assignee && waiting && (longest === undefined || waiting < longest)) longest = waiting;
  }
  return longest;
});

/** Direct conversations and rooms. */
export const amongUs = computed(() => everything.value.filter(({ kind }) => kind !== 'support'));
