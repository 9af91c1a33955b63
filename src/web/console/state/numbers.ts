/**
 * The numbers by tag and by assignee: the server's own, for only some of all conversations are held here. They are asked
 * for again when a conversation is filed otherwise.
 */
import { computed, effect, type Signal, signal } from '@preact/signals';
import type { AssigneeCount } from '../../../protocol/assignee-count.ts';
import type { Page } from '../../../protocol/catching-up.ts';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { TagCount } from '../../../protocol/tag-count.ts';
import { client, line, me, welcomes } from './desk.ts';
import { heldTags, longestWait } from './known.ts';
import { assignable } from './people.ts';
import { partsOf } from './view-parts.ts';
import { viewOf } from './views.ts';

/** At most so often: by tag the server counts every conversation that has one. */
const TAGS_EVERY_MS = 5_000;
const ASSIGNEES_EVERY_MS = 1_000;

const tags = signal<readonly TagCount[]>();
const assignees = signal<readonly AssigneeCount[]>();

/** Of open conversations, the most used first. Peers may not ask: theirs are those of what they hold. */
export const knownTags = computed(() => {
  const counted = tags.value?.map(({ tag, open }) => ({ tag, n: open })) ?? heldTags.value;
  return counted.filter(({ n }) => n > 0).sort((a, b) => b.n - a.n || a.tag.localeCompare(b.tag));
});

/** How many that are not snoozed each answers, by id; undefined until the server has told. */
export const answeredBy = computed(() => assignees.value && new Map(assignees.value.map(({ id, open }) => [id, open])));

/** Who answers some of them, but oneself. */
export const answering = computed(() =>
  assignable.value.filter(({ id }) => id !== me.value.id && (answeredBy.value?.get(id) ?? 0) > 0),
);

/** The number of a view that has a tag's or somebody's. */
export function numberOf(viewId: string): number | undefined {
  const [kind, name = ''] = partsOf(viewId);
  if (kind === 'tag') return knownTags.value.find(({ tag }) => tag === name)?.n;
  return kind === 'by' ? answeredBy.value?.get(name) : undefined;
}

/** Moves when a conversation is opened or closed, assigned, snoozed, tagged, or gone. */
const filings = signal(0);

function followFilings(): () => void {
  const filed = new Map<string, string>();
  const ends = [
    client().on('conversation', ({ id, kind, status, assignee, team }: Conversation) => {
      if (kind !== 'support') return;
      const now = JSON.stringify([status, assignee?.id, team?.snoozedUntil, team?.tags]);
      if (filed.get(id) === now) return;
      filed.set(id, now);
      filings.value++;
    }),
    client().on('removed', ({ conversationId }) => {
      if (filed.delete(conversationId)) filings.value++;
    }),
    // Of one that was never held nothing else is told.
    client().on('event', ({ type }) => {
      if (type === 'conversation.removed') filings.value++;
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Asks at each welcome and filing: at once, or when the last time is long enough ago. */
function follow<T>(path: string, told: Signal<readonly T[] | undefined>, everyMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async () => {
    // What changes from here on is asked for again.
    timer = undefined;
    askedAt = performance.now();
    const page = await client()
      .http.json<Page<T>>('GET', path)
      .catch(() => undefined);
    if (page) told.value = page.items;
    // Without a line the next welcome asks.
    else if (line.peek().name === 'online') timer ??= setTimeout(ask, everyMs);
  };
  const end = effect(() => {
    void filings.value;
    if (welcomes.value === 0 || me.value.role === 'peer') return;
    timer ??= setTimeout(ask, Math.max(0, askedAt + everyMs - performance.now()));
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

/** Whoever waits longest is held, wherever one looks: asked for at each welcome, and when it is somebody else. */
function followLongest(): () => void {
  return effect(() => {
    void longestWait.value;
    if (welcomes.value === 0) return;
    void client()
      .conversations.load({ ...viewOf('queue').query, order: 'waiting', limit: 1 })
      .catch(() => {});
  });
}

/** @returns what ends it */
export function followNumbers(): () => void {
  const ends = [
    followFilings(),
    follow('/v1/tags', tags, TAGS_EVERY_MS),
    follow('/v1/assignees', assignees, ASSIGNEES_EVERY_MS),
    followLongest(),
  ];
  return () => {
    for (const end of ends) end();
  };
}
