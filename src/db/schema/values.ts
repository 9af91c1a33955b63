/** What several tables say of their columns. */
import { type SQL, sql } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';

export const ROLES = ['user', 'peer', 'agent', 'admin', 'bot'] as const;
export const QUEUES = ['agent', 'peer'] as const;
export const MESSAGE_KINDS = ['text', 'file', 'system'] as const;

/** A check that a column holds one of the values. */
export function oneOf(column: AnySQLiteColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;
}
