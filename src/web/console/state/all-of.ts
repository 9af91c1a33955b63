/** All of a list of the API, page by page. */
import type { Page } from '../../../protocol/catching-up.ts';
import { client } from './desk.ts';

/** Longer lists than this are not for one page to show. */
const MOST_PAGES = 20;

export async function allOf<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let n = 0; n < MOST_PAGES; n++) {
    const asked = cursor === undefined ? query : { ...query, cursor };
    const page = await client().http.json<Page<T>>('GET', path, undefined, { query: asked });
    all.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  return all;
}
