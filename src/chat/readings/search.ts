/**
 * Search over messages. The index is asked for no more than what the caller may read (see search-scope.ts), every hit
 * is judged again, and what is sought is looked up once more in the text that is there now: the marks are made of that.
 */
import { eq, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { MessageRow } from '../../db/rows.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors } from '../../db/schema/people.ts';
import type { SearchQuestion, Sought } from '../../db/search-question.ts';
import type { SearchHit, SearchQuery } from '../../protocol/http-search.ts';
import { normaliseId } from '../../protocol/id.ts';
import { DEFAULT_PAGE, MAX_RANKED } from '../../protocol/limits.ts';
import type { Caller } from '../caller.ts';
import type { MessageViews } from './message-views.ts';
import { fitting, PAGE_BUDGET } from './page-bytes.ts';
import type { Rows } from './rows.ts';
import { allOf, marksOf, readQuery } from './search-query.ts';
import type { Place, SearchScope } from './search-scope.ts';
import { checkKeyMayRead, type Thread, type Threads } from './threads.ts';

/** Where a page begins: before a message's key; of a ranked search, behind so many of what is before it. */
export interface SearchPlace {
  before: number;
  skip: number;
}

export interface SearchPage {
  items: SearchHit[];
  next: SearchPlace | null;
}

/** A message that was found, that may be read, and that the filters let pass. */
interface Hit {
  row: MessageRow;
  thread: Thread;
  found: [number, number][][];
  score: number;
}

interface Parts {
  rows: Rows;
  threads: Threads;
  messages: MessageViews;
  scope: SearchScope;
  inIndex: SearchQuestion;
}

export const SEARCH_START: SearchPlace = { before: Number.MAX_SAFE_INTEGER, skip: 0 };
/** Messages that a page looks at, whatever passes its filters. */
const MAX_LOOKED_AT = 10_000;
const CHUNK = 500;
/** Of what is found, as many as are read together, the last of them perhaps for nothing. */
const JUDGED_TOGETHER = 50;
const param = sql.placeholder;

export function createSearch(db: Questions, { rows, threads, messages: views, scope, inIndex }: Parts) {
  const statement = lazily({
    message: () =>
      db
        .select({ row: messages, author: authors.user })
        .from(messages)
        .leftJoin(authors, eq(authors.id, messages.author))
        .where(eq(messages.id, param('id')))
        .prepare(),
    writtenAt: () =>
      db
        .select({ at: messages.createdAt })
        .from(messages)
        .where(eq(messages.id, param('id')))
        .prepare(),
  });

  /** Keys of the messages in those places that hold all of it, newest first. */
  async function newest(
    places: readonly Place[],
    sought: readonly Sought[],
    before: number,
    limit: number,
  ): Promise<number[]> {
    let found: number[] = [];
    for (const { threads, newest: latest } of places) {
      const last = found.length < limit ? undefined : await statement.writtenAt.get({ id: found[limit - 1] });
      // Places come in the order of what is newest in them: what follows is older.
      if (last !== undefined && latest < last.at * 1000) break;
      const keys = await inIndex({ sought, threads, before, limit });
      found = [...found, ...keys].toSorted((a, b) => b - a).slice(0, limit);
    }
    return found;
  }

  async function placesOf(caller: Caller, { conversation }: SearchQuery): Promise<Place[]> {
    checkKeyMayRead(caller);
    if (conversation === undefined) return scope.placesFor(caller);
    const { row } = await threads.find(caller, conversation);
    return [{ threads: [String(row.id)], newest: row.position }];
  }

  /** Tells of messages' keys which are hits, in their order; each conversation is judged once. */
  function judgeFor(caller: Caller, query: SearchQuery, sought: readonly Sought[], author: number | null) {
    const known = new Map<number, Promise<Thread | null>>();
    const from = query.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(query.from);
    const to = query.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.to);
    const find = async (id: number): Promise<Thread | null> => {
      const row = await rows.conversation.get({ id });
      return row === undefined ? null : threads.seen(caller, row);
    };
    const threadOf = (id: number): Promise<Thread | null> => {
      const thread = known.get(id) ?? find(id);
      known.set(id, thread);
      return thread;
    };
    const judge = async (id: number): Promise<Hit | null> => {
      const message = await statement.message.get({ id });
      if (message === undefined || message.row.content === null) return null;
      const { row } = message;
      if (row.createdAt < from || row.createdAt >= to) return null;
      if (author !== null && message.author !== author) return null;
      const thread = await threadOf(row.conversation);
      const found = thread === null ? null : allOf(message.row.content, sought);
      return thread === null || found === null ? null : { row, thread, ...found };
    };
    return (keys: readonly number[]): Promise<(Hit | null)[]> => Promise.all(keys.map(judge));
  }

  /** The key of who is named; null: nobody is, undefined: there is no such user. */
  async function authorOf({ author }: SearchQuery): Promise<number | null | undefined> {
    return author === undefined ? null : (await rows.userByUuid.get({ uuid: normaliseId(author) }))?.id;
  }

  /** Up to `limit` hits before a key, newest first, and the key at which the looking ended (null: there are no more). */
  async function collect(
    caller: Caller,
    query: SearchQuery,
    first: number,
    limit: number,
  ): Promise<{ hits: Hit[]; end: number | null }> {
    const [places, author] = await Promise.all([placesOf(caller, query), authorOf(query)]);
    const sought = readQuery(query.q);
    if (sought.length === 0 || author === undefined) return { hits: [], end: null };
    const judge = judgeFor(caller, query, sought, author);
    const hits: Hit[] = [];
    let before = first;
    for (let looked = 0; looked < MAX_LOOKED_AT; ) {
      const chunk = looked === 0 ? limit + 1 : CHUNK;
      const keys = await newest(places, sought, before, chunk);
      for (let begin = 0; begin < keys.length; begin += JUDGED_TOGETHER) {
        const some = keys.slice(begin, begin + JUDGED_TOGETHER);
        const judged = await judge(some);
        for (const [index, key] of some.entries()) {
          const hit = judged[index] ?? null;
          if (hit !== null && hits.length === limit) return { hits, end: before };
          if (hit !== null) hits.push(hit);
          before = key;
        }
      }
      if (keys.length < chunk) return { hits, end: null };
      looked += keys.length;
    }
    return { hits, end: before };
  }

  async function show({ row, thread, found }: Hit): Promise<SearchHit> {
    const { row: written, main } = thread;
    const [message] = await views.show([row], written.uuid);
    if (message === undefined || main.kind === 'side') throw new Error('a hit is a message in a conversation');
    return { message, conversation: { id: main.uuid, kind: main.kind, subject: main.subject }, marks: marksOf(found) };
  }

  async function byRank(caller: Caller, query: SearchQuery, place: SearchPlace, limit: number): Promise<SearchPage> {
    const { hits } = await collect(caller, query, place.before, MAX_RANKED);
    const [top] = hits;
    if (top === undefined) return { items: [], next: null };
    const ranked = hits.toSorted((a, b) => b.score - a.score || b.row.id - a.row.id);
    const items = await Promise.all(ranked.slice(place.skip, place.skip + limit).map(show));
    const shown = items.slice(0, fitting(items, PAGE_BUDGET));
    const skip = place.skip + shown.length;
    // Pages are cut from the same messages, whatever is written meanwhile.
    return { items: shown, next: skip < ranked.length ? { before: top.row.id + 1, skip } : null };
  }

  return {
    statement,

    /** A page of what is found; throws `NOT_FOUND` for a conversation that the caller may not read. */
    async search(caller: Caller, query: SearchQuery, place: SearchPlace): Promise<SearchPage> {
      const limit = query.limit ?? DEFAULT_PAGE;
      if (query.order === 'rank') return byRank(caller, query, place, limit);
      const { hits, end } = await collect(caller, query, place.before, limit);
      const items = await Promise.all(hits.map(show));
      const shown = items.slice(0, fitting(items, PAGE_BUDGET));
      const cut = shown.length < hits.length ? (hits[shown.length - 1]?.row.id ?? null) : end;
      return { items: shown, next: cut === null ? null : { before: cut, skip: 0 } };
    },
  };
}
