/** Bots, and what they are asked. */
import { sql } from 'drizzle-orm';
import { check, index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { conversations } from './conversations.ts';
import { users } from './people.ts';
import { oneOf } from './values.ts';

const ENGINES = ['webhook', 'openai'] as const;
const FORMATS = ['parley', 'n8n'] as const;
const TURN_STATES = ['waiting', 'asked', 'deferred', 'answered', 'failed', 'handed_over'] as const;

/** How a user of the role `bot` answers; `id` is that user's key. `key` and `secret` are sealed (chat/seal.ts). */
export const bots = sqliteTable(
  'bots',
  {
    id: integer()
      .primaryKey()
      .references(() => users.id),
    engine: text({ enum: ENGINES }).notNull(),
    url: text().notNull(),
    format: text({ enum: FORMATS }).notNull(),
    model: text(),
    prompt: text(),
    temperature: real(),
    /** Whether a model is offered the actions as tools. */
    actions: integer({ mode: 'boolean' }).notNull(),
    history: integer().notNull(),
    timeoutMs: integer().notNull(),
    /** What the customer is told when it fails; null: nothing, and the queue takes over. */
    fallback: text(),
    key: text(),
    secret: text(),
  },
  (table) => [check('bots_engine', oneOf(table.engine, ENGINES)), check('bots_format', oneOf(table.format, FORMATS))],
);

/**
 * A bot's turn to answer: everything that the customer wrote after the turn before, up to `upTo`. While one is asked,
 * what comes in waits in a next one. The few that are open are found by `turns_open`, by which a restart goes on with
 * them; the one that a message belongs to is the first that goes as far (`turns_up_to`).
 */
export const turns = sqliteTable(
  'turns',
  {
    id: integer().primaryKey(),
    uuid: text().notNull(),
    conversation: integer()
      .notNull()
      .references(() => conversations.id),
    bot: integer().notNull(),
    upTo: integer().notNull(),
    state: text({ enum: TURN_STATES }).notNull(),
    /** The answer's seq, as soon as it has begun. */
    reply: integer(),
    /** Of one that is answered later: until when, ms. */
    until: integer(),
    createdAt: integer().notNull(),
  },
  (table) => [
    uniqueIndex('turns_uuid').on(table.uuid),
    index('turns_up_to').on(table.conversation, table.upTo),
    index('turns_open').on(table.conversation, table.id).where(sql`"state" in ('waiting', 'asked', 'deferred')`),
    check('turns_state', oneOf(table.state, TURN_STATES)),
  ],
);
