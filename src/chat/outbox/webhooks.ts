/** Webhooks, managed by admins: who is told what, what became of it, and telling it once more. */
import type { DeliveryRow, WebhookRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import type { WebhookBody, WebhookPatch, WebhooksQuery } from '../../protocol/http-webhooks.ts';
import { normaliseId } from '../../protocol/id.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { type Delivery, WEBHOOK_EVENTS, type Webhook } from '../../protocol/webhook.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import { pageOf, readIdCursor } from '../people/id-cursor.ts';
import type { Publication } from '../publication.ts';
import { attempted, newDelivery } from './delivery.ts';
import type { OutboxReadings } from './outbox-readings.ts';
import type { Outside } from './outside.ts';
import type { WebhookSecrets } from './webhook-secret.ts';
import { deliveryView, webhookView } from './webhook-view.ts';

export interface WebhooksParts {
  readings: OutboxReadings;
  writer: Writer<Change, Publication>;
  secrets: WebhookSecrets;
  outside: () => Outside;
  newId: () => string;
  now: () => number;
}

type Page<T> = { items: T[]; next: string | null };

export function createWebhooks({ readings, writer, secrets, outside, newId, now }: WebhooksParts) {
  /** For all but admins there is no webhook. */
  async function webhookFor(caller: Caller, webhookId: string): Promise<WebhookRow> {
    const row = await readings.webhookByUuid.get({ uuid: normaliseId(webhookId) });
    if (!isAdmin(caller) || row === undefined) throw new Refusal('NOT_FOUND');
    return row;
  }

  async function changed(change: Extract<Change, { type: `webhook.${string}` }>): Promise<WebhookRow> {
    const row = await writer.submit<WebhookRow>(change);
    await outside().webhooksKnown();
    return row;
  }

  return {
    /** Newest first. */
    async list(caller: Caller, { limit = DEFAULT_PAGE, cursor }: WebhooksQuery): Promise<Page<Webhook>> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const rows = await readings.webhooksBefore.all({ before: readIdCursor(cursor), limit: limit + 1 });
      return pageOf(rows, limit, ({ id }) => id, webhookView);
    },

    async get(caller: Caller, webhookId: string): Promise<Webhook> {
      return webhookView(await webhookFor(caller, webhookId));
    },

    /** The answer has its secret, this once. */
    async create(caller: Caller, body: WebhookBody): Promise<Webhook> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const { url, events = [...WEBHOOK_EVENTS], kinds = ['support'], enabled = true } = body;
      const given = { url, events: [...new Set(events)], kinds: [...new Set(kinds)], enabled };
      const row = await changed({ type: 'webhook.create', by: byOf(caller), ...given });
      return { ...webhookView(row), secret: secrets.current(row) };
    },

    async patch(caller: Caller, webhookId: string, patch: WebhookPatch): Promise<Webhook> {
      const { id: webhook } = await webhookFor(caller, webhookId);
      return webhookView(await changed({ type: 'webhook.patch', by: byOf(caller), webhook, patch }));
    },

    async delete(caller: Caller, webhookId: string): Promise<void> {
      const { id: webhook } = await webhookFor(caller, webhookId);
      await changed({ type: 'webhook.delete', by: byOf(caller), webhook });
    },

    /** The answer has the new secret, this once; for a day both are signed with. */
    async rotate(caller: Caller, webhookId: string): Promise<Webhook> {
      const { id: webhook } = await webhookFor(caller, webhookId);
      const row = await changed({ type: 'webhook.rotate', by: byOf(caller), webhook });
      return { ...webhookView(row), secret: secrets.current(row) };
    },

    /** Newest event first. */
    async deliveries(
      caller: Caller,
      webhookId: string,
      { limit = DEFAULT_PAGE, cursor }: WebhooksQuery,
    ): Promise<Page<Delivery>> {
      const { id: webhook, uuid } = await webhookFor(caller, webhookId);
      const rows = await readings.deliveriesBefore.all({ webhook, before: readIdCursor(cursor), limit: limit + 1 });
      return pageOf(
        rows,
        limit,
        ({ event }) => event,
        (row) => deliveryView(row, uuid),
      );
    },

    /** Tells it again at once, whatever became of it, and answers what came of that. */
    async redeliver(caller: Caller, webhookId: string, deliveryId: string): Promise<Delivery> {
      const webhook = await webhookFor(caller, webhookId);
      const find = async () => readings.deliveryByUuid.get({ webhook: webhook.id, uuid: normaliseId(deliveryId) });
      const row = await find();
      if (row === undefined) throw new Refusal('NOT_FOUND');
      // What waits is tried by whoever holds it back, so that what waits behind it follows.
      if (row.state === 'waiting' && (await outside().hurry(webhook.id, row.event))) {
        return deliveryView((await find()) ?? row, webhook.uuid);
      }
      const outcome = await outside().attempt(webhook, row);
      const nextAt = row.state === 'waiting' ? row.nextAt : null;
      const saved = attempted(row, outcome, now(), nextAt);
      await writer.submit<null>({ type: 'webhook.delivered', webhook: webhook.id, delivery: saved, made: false });
      return deliveryView(saved, webhook.uuid);
    },

    /** Sends an event that says nothing, and answers what came of it. */
    async test(caller: Caller, webhookId: string): Promise<Delivery> {
      const webhook = await webhookFor(caller, webhookId);
      const event = {
        id: 0,
        uuid: newId(),
        position: now() * 1000,
        conversation: null,
        rev: 0,
        type: 'test',
        subject: null,
      };
      const row = newDelivery(webhook.id, event, now());
      const outcome = await outside().attempt(webhook, row);
      const made = attempted(row, outcome, now(), null);
      const kept = await writer.submit<DeliveryRow | null>({
        type: 'webhook.delivered',
        webhook: webhook.id,
        delivery: made,
        made: true,
      });
      return deliveryView(kept ?? made, webhook.uuid);
    },
  };
}

function isAdmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'admin';
}
