import { type Static, Type } from 'typebox';
import { answered } from './schema.ts';
import { Count, Id, Time } from './words.ts';

/** The events that webhooks may be told: those that have a rev. */
export const WEBHOOK_EVENTS = [
  'message.created',
  'message.updated',
  'message.deleted',
  'participant.updated',
  'conversation.created',
  'conversation.updated',
] as const;
export const WebhookEvent = Type.Enum([...WEBHOOK_EVENTS]);
export const WebhookKind = Type.Enum(['support', 'direct', 'room']);

/** An address that is told what happens. */
export const Webhook = answered(
  'Webhook',
  {
    id: Id,
    url: Type.String(),
    events: Type.Array(WebhookEvent),
    kinds: Type.Array(WebhookKind),
    enabled: Type.Boolean(),
    createdAt: Time,
    failedAt: Type.Optional(Time),
    secret: Type.Optional(Type.String()),
  },
  'An address that is told what happens. secret: only in the answer that made or rotated it. ' +
    'failedAt: since when the server has given up on it.',
);
export type Webhook = Static<typeof Webhook>;

/** What became of one event at one webhook. Its id is the `webhook-id` that was sent. */
export const Delivery = answered('Delivery', {
  id: Id,
  webhookId: Id,
  event: Type.String(),
  attempts: Count,
  state: Type.Enum(['waiting', 'done', 'failed']),
  status: Type.Optional(Type.Integer()),
  latencyMs: Type.Optional(Count),
  response: Type.Optional(Type.String()),
  at: Time,
});
export type Delivery = Static<typeof Delivery>;
