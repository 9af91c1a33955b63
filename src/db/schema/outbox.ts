/**
 * What is still to be told to the outside. A row of `outbox` costs a send little: it says what happened, not how it
 * looks, and is written once, whatever number of receivers there is. Conversations and messages are named without a
 * foreign key: they may be gone by the time they are told.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { oneOf } from './values.ts';

/** See meta.ts. */
export const withoutRowid = ['deliveries'];

/** The durable events, as webhooks are told them. */
const OUTBOX_TYPES = [
  'message.created',
  'message.updated',
  'message.deleted',
  'participant.updated',
  'conversation.created',
  'conversation.updated',
] as const;
const RECEIVER_KINDS = ['webhook', 'notices'] as const;
const DELIVERY_STATES = ['waiting', 'done', 'failed'] as const;

/** Events in the order of their commits. `subject` is the message's key, or that of the participant's user. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().primaryKey(),
    position: integer().notNull(),
    /** The conversation that people know; what happened in its side is found by the message. */
    conversation: integer().notNull(),
    rev: integer().notNull(),
    type: text({ enum: OUTBOX_TYPES }).notNull(),
    subject: integer(),
  },
  (table) => [check('outbox_type', oneOf(table.type, OUTBOX_TYPES))],
);

/** Who follows the outbox. All rows up to `place` are dealt with; rows that everybody has dealt with are removed. */
export const receivers = sqliteTable(
  'receivers',
  {
    id: integer().primaryKey(),
    kind: text({ enum: RECEIVER_KINDS }).notNull(),
    place: integer().notNull(),
    /** When something was last taken there, ms. */
    okAt: integer(),
  },
  (table) => [check('receivers_kind', oneOf(table.kind, RECEIVER_KINDS))],
);

/** Its key is that of its receiver. Secrets are not kept: they are derived of the server's own and `generation`. */
export const webhooks = sqliteTable(
  'webhooks',
  {
    id: integer()
      .primaryKey()
      .references(() => receivers.id),
    uuid: text().notNull(),
    url: text().notNull(),
    events: text({ mode: 'json' }).$type<string[]>().notNull(),
    kinds: text({ mode: 'json' }).$type<('support' | 'direct' | 'room')[]>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    generation: integer().notNull(),
    rotatedAt: integer(),
    /** When the server gave up on it. */
    failedAt: integer(),
    createdAt: integer().notNull(),
  },
  (table) => [uniqueIndex('webhooks_uuid').on(table.uuid)],
);

/** What became of an event at a webhook: what waits to be tried again, what was given up, the newest that arrived. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    webhook: integer()
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** Key of the outbox's row, which may be gone; of a test, a key of its own. */
    event: integer().notNull(),
    uuid: text().notNull(),
    position: integer().notNull(),
    /** Null: a test. */
    conversation: integer(),
    rev: integer().notNull(),
    type: text().notNull(),
    subject: integer(),
    state: text({ enum: DELIVERY_STATES }).notNull(),
    attempts: integer().notNull(),
    /** The first attempt, the last, and the next one while it waits; ms. */
    firstAt: integer().notNull(),
    at: integer().notNull(),
    nextAt: integer(),
    status: integer(),
    latencyMs: integer(),
    response: text(),
  },
  (table) => [
    primaryKey({ columns: [table.webhook, table.event] }),
    uniqueIndex('deliveries_uuid').on(table.webhook, table.uuid),
    index('deliveries_state').on(table.webhook, table.state, table.event),
    check('deliveries_state_value', oneOf(table.state, DELIVERY_STATES)),
    check('deliveries_next', sql`("state" = 'waiting') = ("next_at" is not null)`),
  ],
);
