/**
 * Lists of conversations, newest activity first (or longest waiting first). A page is put together from ranges of
 * indexes, looks at a bounded number of rows, and may hold fewer than asked for, even none, while there are more.
 */
import type { Reader } from '../../db/open.ts';
import type { Page } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { there } from '../../protocol/there.ts';
import { type Caller, hasScope } from '../caller.ts';
import type { ConversationViews } from './conversation-views.ts';
import { type Candidate, type Place, prepareList } from './list-candidates.ts';
import { type ListFilter, type ListQuery, passes, readFilter } from './list-filter.ts';
import { rangesOf } from './list-ranges.ts';
import { merged, type Order } from './merged.ts';
import { fitting, PAGE_BUDGET } from './page-bytes.ts';
import { decodePageCursor, encodePageCursor, NO_ID } from './page-cursor.ts';
import type { Rows } from './rows.ts';
import type { RowsOfMany } from './rows-of-many.ts';
import { checkKeyMayRead, type Threads, viewFor } from './threads.ts';

/** Rows that a page looks at, whatever it finds. */
const MAX_LOOKED_AT = 2_000;

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

export function createList(db: Reader, { rows, threads, conversations, many }: Parts) {
  const statement = prepareList(db);

  /** Open and snoozed differ for those alone who are told of a snooze. */
  function passesSnooze(caller: Caller, { statuses }: ListFilter, row: Candidate): boolean {
    if (statuses === null || row.status !== 'open') return true;
    if (statuses.has('open') && statuses.has('snoozed')) return true;
    const told = row.kind === 'support' && viewFor(caller, row) !== 'plain';
    const snoozed = told && (rows.snoozedUntil.get({ parent: row.id })?.until ?? null) !== null;
    return statuses.has(snoozed ? 'snoozed' : 'open');
  }

  /** To who may know of tags. */
  function passesTag(caller: Caller, { tag }: ListFilter, row: Candidate): boolean {
    if (tag === null) return true;
    return viewFor(caller, row) !== 'plain' && rows.hasTag.get({ parent: row.id, tag }) !== undefined;
  }

  function passesUnread(caller: Caller, { unread }: ListFilter, row: Candidate): boolean {
    return !unread || (caller.kind === 'user' && (conversations.my(caller, row)?.unread ?? 0) > 0);
  }

  function roleLookup(): (user: number) => Role | null {
    const roles = new Map<number, Role | null>();
    return (user) => {
      let role = roles.get(user);
      if (role === undefined) {
        role = rows.user.get({ id: user })?.role ?? null;
        roles.set(user, role);
      }
      return role;
    };
  }

  function startOf(cursor: string | undefined, order: keyof typeof orders): Place {
    const { start } = orders[order];
    if (cursor === undefined) return start;
    const { sort, id } = decodePageCursor(cursor, order);
    return { sort, id: rows.conversationByUuid.get({ uuid: id })?.id ?? start.id };
  }

  /** A place in the list: at a row that the caller may not read it names no row. */
  function cursorAt(caller: Caller, row: Candidate, order: keyof typeof orders): string {
    const { sort } = orders[order].place(row);
    return encodePageCursor({ order, sort, id: threads.reads(caller, row) ? row.uuid : NO_ID });
  }

  /** Throws `VALIDATION` for a cursor of another list, `FORBIDDEN` for what the caller may not ask. */
  function list(caller: Caller, query: ListQuery): Page<Conversation> {
    checkMayList(caller, query);
    const order = query.order ?? 'activity';
    const start = startOf(query.cursor, order);
    const filter = readFilter(rows, caller, query);
    if (filter === null) return { items: [], next: null };
    const limit = query.limit ?? DEFAULT_PAGE;
    const roleOf = roleLookup();
    const found: Candidate[] = [];
    let looked = 0;
    let last: Candidate | null = null;
    let more = false;
    const ranges = rangesOf(statement, caller, filter, order === 'waiting');
    for (const row of merged(ranges, start, limit + 1, orders[order])) {
      more = found.length === limit || looked === MAX_LOOKED_AT;
      if (more) break;
      looked += 1;
      last = row;
      const readable = passes(filter, row, roleOf) && threads.reads(caller, row);
      if (!readable || !passesTag(caller, filter, row)) continue;
      if (passesSnooze(caller, filter, row) && passesUnread(caller, filter, row)) found.push(row);
    }
    const items = show(caller, found);
    const end = items.length < found.length ? found[items.length - 1] : more ? last : null;
    return { items, next: end ? cursorAt(caller, end, order) : null };
  }

  /** As many of `found`, from the first on, as an answer holds. */
  function show(caller: Caller, found: readonly Candidate[]): Conversation[] {
    const held = many.conversations(found.map(({ id }) => id));
    const shown = conversations.ofMany(many, caller, [...held.values()]);
    const items = found.map(({ id }) => {
      return shown(there(held.get(id), 'a conversation went away in the midst of a reading'));
    });
    return items.slice(0, fitting(items, PAGE_BUDGET));
  }

  return { statement, list };
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
