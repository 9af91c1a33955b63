/** A list's place, between one page and the next: opaque to clients, and nothing in it is taken on trust. */
import { isId } from '../../protocol/id.ts';
import { misshapen } from '../../protocol/refusal.ts';

/** The order of the list, by what it is sorted (0 where ids alone are), and the id of the page's last row. */
export interface PagePlace {
  order: 'activity' | 'waiting' | 'participants';
  sort: number;
  id: string;
}

/** Stands where a place must not name its row: the next page then begins at the sort itself. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

export function encodePageCursor({ order, sort, id }: PagePlace): string {
  return Buffer.from(`${order}.${sort}.${id}`).toString('base64url');
}

/** Throws `VALIDATION` for what no page of a list in this order gave. */
export function decodePageCursor(cursor: string, order: PagePlace['order']): PagePlace {
  const [given, sort = '', id, ...rest] = Buffer.from(cursor, 'base64url').toString().split('.');
  if (given !== order || !/^\d{1,16}$/.test(sort) || !isId(id) || rest.length > 0) {
    throw misshapen('cursor', 'must be the `next` of a page of this list');
  }
  return { order, sort: Number(sort), id };
}
