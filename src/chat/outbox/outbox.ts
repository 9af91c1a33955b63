/** The outbox for who tells the outside: what happened since a place, how it looks now, and how far they are. */

import type { Pending } from '../../db/pending.ts';
import type { DeliveryRow, OutboxRow, WebhookRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Change } from '../change.ts';
import { idOf } from '../decide/made-id.ts';
import type { Publication } from '../publication.ts';
import { createConversationViews } from '../readings/conversation-views.ts';
import { createMessageViews } from '../readings/message-views.ts';
import { prepareRows } from '../readings/rows.ts';
import { createThreads } from '../readings/threads.ts';
import { createUnreadCount } from '../readings/unread-count.ts';
import { eventBodies, type Happening } from './event-bodies.ts';
import { createEventRows, type EventRows } from './event-rows.ts';
import type { ProgressChange } from './outbox-change.ts';
import type { OutboxReadings } from './outbox-readings.ts';
import type { WebhookSecrets } from './webhook-secret.ts';

/** What of the settled deliveries is kept: the newest that arrived, and more of those that never did. */
const KEPT = { done: 100, failed: 1000 } as const;
/** Rows that one change takes away: it must not hold up the others. */
const SWEPT = 500;

export interface OutboxParts {
  store: Pick<Store, 'questions' | 'reading' | 'epoch' | 'clock'>;
  writer: Writer<Change, Publication>;
  readings: OutboxReadings;
  secrets: WebhookSecrets;
  config: { maxLength: number; webhookAddresses: boolean };
  now: () => number;
}

/** An event of the outbox with its id, and the kind of its conversation. */
export type Noted = OutboxRow & { uuid: string; kind: 'support' | 'direct' | 'room' };

export interface Stored {
  waiting: DeliveryRow[];
  /** Keys of the events behind the webhook's place of which there is a delivery. */
  behind: number[];
}

/** What is told of an event now, as JSON, null when nothing of it is left; or why that could not be said. */
export type Told = { body: string | null } | { fault: unknown };

export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox({ store, writer, readings, secrets, config, now }: OutboxParts) {
  const { questions, epoch } = store;
  const rows = createEventRows(questions);
  const byKey = prepareRows(questions);
  const bodyOf = eventBodies({
    conversations: createConversationViews(byKey, createThreads(byKey), createUnreadCount(questions), config.maxLength),
    // What is being written is told when it is whole.
    messages: createMessageViews(byKey, () => undefined),
    withAddress: config.webhookAddresses,
  });
  /** What was told since the newest commit of any server, by the events' ids: other receivers are told the same. */
  let told = new Map<string, Told>();
  let toldAt = 0;

  async function wordAll(happenings: readonly Happening[]): Promise<Map<string, Told>> {
    const read = await store.reading(() => rows.read(happenings));
    return new Map(happenings.map((happening) => [happening.uuid, worded(happening, read)]));
  }

  /** One event that cannot be told keeps none of the others. */
  function worded(happening: Happening, read: EventRows): Told {
    try {
      const body = bodyOf(happening, read);
      return { body: body === null ? null : JSON.stringify(body) };
    } catch (fault) {
      return { fault };
    }
  }

  return {
    /** Those that take something, and how far each is. */
    webhooks: async () => (await readings.webhooks.all()).filter(({ webhook }) => webhook.enabled),

    /** What happened behind a place, oldest first; what of it is gone is left out. `next` is the place behind it. */
    async after(place: number, limit: number): Promise<{ events: Noted[]; next: number; more: boolean }> {
      const found = await readings.after.all({ place, limit });
      const events = found.flatMap(({ row, kind }): Noted[] =>
        kind === null || kind === 'side' ? [] : [{ ...row, kind, uuid: idOf(epoch, row.position, row.id) }],
      );
      return { events, next: found.at(-1)?.row.id ?? place, more: found.length === limit };
    },

    /** How each is told now, in their order. */
    async tell(happenings: readonly Happening[]): Promise<Told[]> {
      try {
        const at = await store.clock();
        if (toldAt !== at) told = new Map();
        toldAt = at;
        const known = told;
        const fresh = happenings.filter(({ uuid }) => !known.has(uuid));
        if (fresh.length > 0) for (const [uuid, body] of await wordAll(fresh)) known.set(uuid, body);
        return happenings.map(({ uuid }) => known.get(uuid) ?? { body: null });
      } catch (fault) {
        return happenings.map(() => ({ fault }));
      }
    },

    /** What the webhook's bodies are signed with now, newest first. */
    secretsOf: (webhook: WebhookRow): string[] => secrets.active(webhook, now()),

    /** What was stored of a webhook's deliveries: those that wait to be tried again, oldest event first. */
    async stored(webhook: number, place: number): Promise<Stored> {
      const [waiting, behind] = await store.reading(() =>
        Promise.all([
          readings.deliveriesIn.all({ webhook, state: 'waiting' }),
          readings.deliveredBehind.all({ webhook, place }),
        ]),
      );
      return { waiting, behind: behind.map(({ event }) => event) };
    },

    progress: (change: Omit<ProgressChange, 'type'>): Pending<null> =>
      writer.submit<null>({ type: 'webhook.progress', ...change }),

    /** Takes away some of what nobody needs any more; whether there may be more of it. */
    async sweep(): Promise<boolean> {
      const places = (await readings.receivers.all()).filter(({ enabled }) => enabled !== false);
      const place = Math.min(...places.map(({ receiver }) => receiver.place), Number.MAX_SAFE_INTEGER);
      const behind = (await readings.upTo.all({ place, limit: SWEPT })).map(({ id }) => id);
      if (behind.length > 0) await writer.submit<null>({ type: 'outbox.sweep', rows: behind });
      return behind.length === SWEPT;
    },

    /** Takes away what is kept of each webhook's deliveries beyond the newest; of one that is switched off too. */
    async forget(): Promise<void> {
      const webhooks = (await readings.webhooks.all()).map(({ webhook }) => webhook.id);
      const beyond = (webhook: number, state: keyof typeof KEPT) =>
        readings.deliveriesBeyond.all({ webhook, state, kept: KEPT[state], limit: SWEPT });
      const found = await Promise.all(
        webhooks.flatMap((webhook) => [beyond(webhook, 'done'), beyond(webhook, 'failed')]),
      );
      for (const [index, webhook] of webhooks.entries()) {
        const remove = found.slice(2 * index, 2 * index + 2).flatMap((rows) => rows.map(({ event }) => event));
        if (remove.length === 0) continue;
        const nothing = { place: 0, okAt: null, insert: [], save: [], giveUp: false };
        await writer.submit<null>({ type: 'webhook.progress', webhook, ...nothing, remove });
      }
    },
  };
}
