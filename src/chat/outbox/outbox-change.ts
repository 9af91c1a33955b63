/** What may be asked to change about who is told what happens, and how far they are. */
import type { DeliveryRow } from '../../db/rows.ts';
import type { WebhookPatch } from '../../protocol/http-webhooks.ts';
import type { Webhook } from '../../protocol/webhook.ts';
import type { By } from '../caller.ts';

export interface CreateWebhookChange {
  type: 'webhook.create';
  by: By;
  url: string;
  events: Webhook['events'];
  kinds: Webhook['kinds'];
  enabled: boolean;
}

export interface PatchWebhookChange {
  type: 'webhook.patch';
  by: By;
  webhook: number;
  patch: WebhookPatch;
}

/** A new secret; the one before stays good for a day. */
export interface RotateWebhookChange {
  type: 'webhook.rotate';
  by: By;
  webhook: number;
}

export interface DeleteWebhookChange {
  type: 'webhook.delete';
  by: By;
  webhook: number;
}

/** How far the telling of a webhook is, by who tells it: one at a time, in its own order. */
export interface ProgressChange {
  type: 'webhook.progress';
  webhook: number;
  /** Everything up to there is told, or among its deliveries. */
  place: number;
  /** When something was last taken there, ms; null: not since. */
  okAt: number | null;
  insert: DeliveryRow[];
  save: DeliveryRow[];
  /** Keys of events whose deliveries are kept no longer. */
  remove: number[];
  /** The server gives up on it: what waits has failed. */
  giveUp: boolean;
}

/** What came of telling a webhook something out of turn: again, or (`made`) a test. */
export interface DeliveredChange {
  type: 'webhook.delivered';
  webhook: number;
  delivery: DeliveryRow;
  made: boolean;
}

/** Takes away rows of the outbox that every receiver has dealt with: some at a time. */
export interface SweepOutboxChange {
  type: 'outbox.sweep';
  rows: number[];
}

export type OutboxChange =
  | CreateWebhookChange
  | PatchWebhookChange
  | RotateWebhookChange
  | DeleteWebhookChange
  | ProgressChange
  | DeliveredChange
  | SweepOutboxChange;
