/** The tags in use and their numbers: the server's own, since only some of all conversations are held here. */
import { computed, effect, signal } from '@preact/signals';
import type { TagCount } from '../../../protocol/tag-count.ts';
import { allOf } from './all-of.ts';
import { me, welcomes } from './desk.ts';
import { heldTags } from './known.ts';

/** The server counts all of them for it: it is not asked at every change. */
const AGAIN_MS = 5_000;

const told = signal<readonly TagCount[]>();

/** Of open conversations, the most used first. Peers may not ask: theirs are those of what they hold. */
export const knownTags = computed(() => {
  const tags = told.value?.map(({ tag, open }) => ({ tag, n: open })) ?? heldTags.value;
  return tags.filter(({ n }) => n > 0).sort((a, b) => b.n - a.n || a.tag.localeCompare(b.tag));
});

/** Asks anew when a held conversation has other tags, or the line is another. @returns what ends it */
export function followTags(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async () => {
    // What changes from here on is asked for again.
    timer = undefined;
    askedAt = performance.now();
    told.value = await allOf<TagCount>('/v1/tags').catch(() => told.peek());
  };
  const end = effect(() => {
    void heldTags.value;
    if (welcomes.value === 0 || me.value.role === 'peer') return;
    timer ??= setTimeout(ask, Math.max(0, askedAt + AGAIN_MS - performance.now()));
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
