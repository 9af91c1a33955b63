/** What the conversations that are held tell by themselves. */
import { computed } from '@preact/signals';
import { everything } from './desk.ts';
import { isSnoozed } from './views.ts';

function counted(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const tagsOfHeld = computed(() => {
  const open = everything.value.filter(({ kind, status }) => kind === 'support' && status === 'open');
  return JSON.stringify([...counted(open.flatMap(({ team }) => team?.tags ?? []))].sort());
});

/** Another list only when a number in it is another. */
export const heldTags = computed(() =>
  (JSON.parse(tagsOfHeld.value) as [string, number][]).map(([tag, n]) => ({ tag, n })),
);

/** Since when the longest waits in the queue, µs. */
export const longestWait = computed(() => {
  let longest: number | undefined;
  for (const one of everything.value) {
    const { kind, status, assignee, waiting } = one;
    if (kind !== 'support' || status !== 'open' || assignee || isSnoozed(one)) continue;
    if (waiting && (longest === undefined || waiting < longest)) longest = waiting;
  }
  return longest;
});

/** Direct conversations and rooms. */
export const amongUs = computed(() => everything.value.filter(({ kind }) => kind !== 'support'));
