/** Webhooks' rows as admins are told them. */
import type { DeliveryRow, WebhookRow } from '../../db/rows.ts';
import type { Delivery, Webhook } from '../../protocol/webhook.ts';
import { timeOf } from '../views.ts';

export function webhookView(row: WebhookRow): Webhook {
  const { uuid: id, url, events, kinds, enabled, createdAt, failedAt } = row;
  return {
    id,
    url,
    events: events as Webhook['events'],
    kinds,
    enabled,
    createdAt: timeOf(createdAt),
    ...(failedAt === null ? {} : { failedAt: timeOf(failedAt) }),
  };
}

export function deliveryView(row: DeliveryRow, webhookId: string): Delivery {
  const { uuid: id, type: event, attempts, state, status, latencyMs, response, at } = row;
  return {
    id,
    webhookId,
    event,
    attempts,
    state,
    ...(status === null ? {} : { status }),
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(response === null ? {} : { response }),
    at: timeOf(at),
  };
}
