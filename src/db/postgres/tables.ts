/**
 * PostgreSQL's tables, each made of SQLite's of the same name: what they are is said in `schema/`. Drizzle-kit makes
 * migrations of what this file exports; a test compares both, column by column, in a real database.
 */
import type { PgTable } from 'drizzle-orm/pg-core';
import { meta as ofMeta } from '../schema/meta.ts';
import { type TableName, writtenTables } from '../written-tables.ts';
import { tableMaker } from './tables-of.ts';

const made = tableMaker();
const written = Object.fromEntries(
  Object.entries(writtenTables).map(([name, { table }]) => [name, made(table)]),
) as Record<TableName, PgTable>;

export const meta = made(ofMeta);
export const {
  users,
  identities,
  authors,
  sessions,
  links,
  totp,
  passkeys,
  apiKeys,
  conversations,
  participants,
  messages,
  files,
  attachments,
  bots,
  turns,
  reads,
  tags,
  settings,
  cannedReplies,
  audit,
  jobs,
  removals,
  outbox,
  receivers,
  webhooks,
  deliveries,
  notices,
  pushes,
} = written;
