/**
 * Lists of conversations, newest activity first (or longest waiting first). A page is put together from ranges of
 * indexes, looks at a bounded number of rows, and may hold fewer than asked for, even none, while there are more.
 */
import type { Questions } from '../../db/questions.ts';
import type { Page } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { there } from '../../protocol/there.ts';
import { type Caller, hasScope } from '../caller.ts';
import type { ConversationViews } from './conversation-views.ts';
import { type Candidate, type Place, prepareList } from './list-candidates.ts';
import { asksForRole, type ListFilter, type ListQuery, passes, readFilter } from './list-filter.ts';
import { rangesOf } from './list-ranges.ts';
import { merged, type Order } from './merged.ts';
import { fitting, PAGE_BUDGET } from './page-bytes.ts';
import { decodePageCursor, encodePageCursor, NO_ID } from './page-cursor.ts';
import type { Rows } from './rows.ts';
import type { RowsOfMany } from './rows-of-many.ts';
import { checkKeyMayRead, type Threads, viewFor } from './threads.ts';

/** Rows that a page looks at, whatever it finds. */
const MAX_LOOKED_AT = 2_000;
/** Of them, once the first did not all pass, those that are judged at a time. */
const JUDGED_TOGETHER = 50;

interface Parts {
  rows: Rows;
  threads: Threads;
  conversations: ConversationViews;
  many: RowsOfMany;
}

/** The orders that lists have: where a page may begin, and what comes first. */
const orders = {
  activity: {
    start: { sort: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER },
    place: ({ activity, id }) => ({ sort: activity, id }),
    compare: (a, b) => b.activity - a.activity || b.id - a.id,
  },
  waiting: {
    start: { sort: 0, id: 0 },
    place: ({ waiting, id }) => ({ sort: waiting ?? 0, id }),
    compare: (a, b) => (a.waiting ?? 0) - (b.waiting ?? 0) || a.id - b.id,
  },
} satisfies Record<string, Order<Candidate> & { start: Place }>;

export function createList(db: Questions, { rows, threads, conversations, many }: Parts) {
  const statement = prepareList(db);

  /** Open and snoozed differ for those alone who are told of a snooze. */
  async function passesSnooze(caller: Caller, { statuses }: ListFilter, row: Candidate): Promise<boolean> {
    if (statuses === null || row.status !== 'open') return true;
    if (statuses.has('open') && statuses.has('snoozed')) return true;
    const told = row.kind === 'support' && viewFor(caller, row) !== 'plain';
    const side = told ? await rows.snoozedUntil.get({ parent: row.id }) : undefined;
    const snoozed = (side?.until ?? null) !== null;
    return statuses.has(snoozed ? 'snoozed' : 'open');
  }

  /** To who may know of tags. */
  async function passesTag(caller: Caller, { tag }: ListFilter, row: Candidate): Promise<boolean> {
    if (tag === null) return true;
    return viewFor(caller, row) !== 'plain' && (await rows.hasTag.get({ parent: row.id, tag })) !== undefined;
  }

  async function passesUnread(caller: Caller, { unread }: ListFilter, row: Candidate): Promise<boolean> {
    if (!unread) return true;
    const my = caller.kind === 'user' ? await conversations.my(caller, row) : null;
    return (my?.unread ?? 0) > 0;
  }

  /** Which of some rows the caller may read and the filter lets pass. */
  function judgeFor(caller: Caller, filter: ListFilter): (some: readonly Candidate[]) => Promise<boolean[]> {
    const roles = new Map<number, Role | null>();
    const judge = async (row: Candidate): Promise<boolean> =>
      passes(filter, row, (user) => roles.get(user) ?? null) &&
      (await threads.reads(caller, row)) &&
      (await passesTag(caller, filter, row)) &&
      (await passesSnooze(caller, filter, row)) &&
      (await passesUnread(caller, filter, row));
    return async (some) => {
      if (asksForRole(filter)) {
        const named = new Set(some.flatMap(({ assignee }) => assignee ?? []));
        const unknown = [...named].filter((id) => !roles.has(id));
        const users = await Promise.all(unknown.map((id) => rows.user.get({ id })));
        for (const [index, id] of unknown.entries()) roles.set(id, users[index]?.role ?? null);
      }
      return Promise.all(some.map(judge));
    };
  }

  async function startOf(cursor: string | undefined, order: keyof typeof orders): Promise<Place> {
    const { start } = orders[order];
    if (cursor === undefined) return start;
    const { sort, id } = decodePageCursor(cursor, order);
    return { sort, id: (await rows.conversationByUuid.get({ uuid: id }))?.id ?? start.id };
  }

  /** A place in the list: at a row that the caller may not read it names no row. */
  async function cursorAt(caller: Caller, row: Candidate, order: keyof typeof orders): Promise<string> {
    const { sort } = orders[order].place(row);
    return encodePageCursor({ order, sort, id: (await threads.reads(caller, row)) ? row.uuid : NO_ID });
  }

  /** Throws `VALIDATION` for a cursor of another list, `FORBIDDEN` for what the caller may not ask. */
  async function list(caller: Caller, query: ListQuery): Promise<Page<Conversation>> {
    checkMayList(caller, query);
    const order = query.order ?? 'activity';
    const [start, filter] = await Promise.all([startOf(query.cursor, order), readFilter(rows, caller, query)]);
    if (filter === null) return { items: [], next: null };
    const limit = query.limit ?? DEFAULT_PAGE;
    const ranges = rangesOf(statement, caller, filter, order === 'waiting');
    const { found, last } = await collect(
      merged(ranges, start, limit + 1, orders[order]),
      judgeFor(caller, filter),
      limit,
    );
    const items = await show(caller, found);
    const end = items.length < found.length ? found[items.length - 1] : last;
    return { items, next: end ? await cursorAt(caller, end, order) : null };
  }

  /** As many of `found`, from the first on, as an answer holds. */
  async function show(caller: Caller, found: readonly Candidate[]): Promise<Conversation[]> {
    const held = await many.conversations(found.map(({ id }) => id));
    const shown = await conversations.ofMany(many, caller, [...held.values()]);
    const items = found.map(({ id }) => {
      return shown(there(held.get(id), 'a conversation went away in the midst of a reading'));
    });
    return items.slice(0, fitting(items, PAGE_BUDGET));
  }

  return { statement, list };
}

/**
 * The first `limit` rows that are judged well, and where the looking ended; null: there are no more.
 *
 * @param next gives the rows that come next; none at the end
 */
async function collect(
  next: () => Promise<Candidate[]>,
  judge: (some: readonly Candidate[]) => Promise<boolean[]>,
  limit: number,
): Promise<{ found: Candidate[]; last: Candidate | null }> {
  const found: Candidate[] = [];
  let looked = 0;
  let last: Candidate | null = null;
  for (let run = await next(); run.length > 0; run = await next()) {
    for (let begin = 0; begin < run.length; ) {
      if (found.length === limit || looked === MAX_LOOKED_AT) return { found, last };
      // What is missing may be all among the next; few of those that do not pass are judged one by one.
      const together = Math.min(Math.max(limit - found.length, JUDGED_TOGETHER), MAX_LOOKED_AT - looked);
      const some = run.slice(begin, begin + (looked === 0 ? limit : together));
      const passing = await judge(some);
      for (const [index, row] of some.entries()) {
        if (found.length === limit) return { found, last };
        last = row;
        if (passing[index]) found.push(row);
      }
      looked += some.length;
      begin += some.length;
    }
  }
  return { found, last: null };
}

function checkMayList(caller: Caller, { kind, externalId, order, unread }: ListQuery): void {
  checkKeyMayRead(caller);
  if (caller.kind === 'user') {
    if (order === 'waiting' && (caller.role === 'user' || caller.role === 'bot')) throw new Refusal('FORBIDDEN');
    return;
  }
  if (unread === true) throw new Refusal('FORBIDDEN', { message: 'An API key has no read marks.' });
  if (kind === undefined || kind === 'support') return;
  if (!hasScope(caller, 'conversations:all')) throw new Refusal('FORBIDDEN');
  if (externalId === undefined) throw misshapen('externalId', 'is required where an API key asks for other kinds');
}
