/** What PostgreSQL keeps the columns of the schema as, for whoever hands it a list of values of one. */
import type { ColumnKind } from '../column-kinds.ts';

export const COLUMN_TYPES: Readonly<Record<ColumnKind, string>> = {
  integer: 'bigint',
  boolean: 'boolean',
  real: 'double precision',
  text: 'text',
  json: 'json',
};
