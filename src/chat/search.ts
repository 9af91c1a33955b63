/** Search, as the doors ask for it: what was acknowledged before is indexed first, then a thread looks. */
import type { Readers } from '../db/readers.ts';
import type { Writer } from '../db/writer.ts';
import type { Page } from '../protocol/catching-up.ts';
import type { SearchHit, SearchQuery } from '../protocol/http-search.ts';
import type { Caller } from './caller.ts';
import { SEARCH_START } from './readings/search.ts';
import type { SlowReadings } from './readings/slow-readings.ts';
import { checkKeyMayRead } from './readings/threads.ts';
import { searchCursors } from './search-cursor.ts';

interface Parts {
  writer: Pick<Writer<never, never>, 'indexed'>;
  slow: Readers<SlowReadings>;
  /** Of the server's own, for nothing else. */
  key: Buffer;
}

export function createSearch({ writer, slow, key }: Parts) {
  const cursors = searchCursors(key);

  /**
   * Messages that hold all that is asked for, of those that the caller may read now. Throws `FORBIDDEN` for a key without
   * a scope for it, `NOT_FOUND` for a conversation that the caller may not read, `OVERLOADED` while there is too much.
   */
  return async (caller: Caller, query: SearchQuery): Promise<Page<SearchHit>> => {
    checkKeyMayRead(caller);
    const place = query.cursor === undefined ? SEARCH_START : cursors.decode(query.cursor);
    await writer.indexed();
    const { items, next } = await slow.read('search', caller, query, place);
    return { items, next: next === null ? null : cursors.encode(next) };
  };
}
