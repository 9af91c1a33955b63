import type { By } from '../caller.ts';

/** Somebody else takes along what there is of a user: it changes nothing, and is noted. */
export interface ExportUserChange {
  type: 'user.export';
  by: By;
  user: string;
}
