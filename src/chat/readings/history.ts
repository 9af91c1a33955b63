/**
 * Pages of a thread. `seq` has no holes, so a page is a range of it, found by the index alone; what is too large for
 * one answer is cut at the end that lies away from what was asked for.
 */
import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { messages } from '../../db/schema/messages.ts';
import type { History } from '../../protocol/catching-up.ts';
import type { HistoryQuery } from '../../protocol/http-messages.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Message } from '../../protocol/message.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { Caller } from '../caller.ts';
import { type DirectReads, READS_A_MESSAGE_BYTES, spanOf } from './direct-reads.ts';
import type { MessageViews } from './message-views.ts';
import { fittingAround, fittingRun, PAGE_BUDGET } from './page-bytes.ts';
import type { Rows } from './rows.ts';
import type { Thread, Threads } from './threads.ts';

const param = sql.placeholder;

/** As many messages as fit into a page however heavy they are: more of them are weighed before they are read. */
const ALWAYS_FIT = 6;

interface Parts {
  rows: Rows;
  threads: Threads;
  messages: MessageViews;
  reads: DirectReads;
  epoch: string;
}

export function createHistory(db: Questions, { rows, threads, messages: views, reads, epoch }: Parts) {
  const inThread = eq(messages.conversation, param('conversation'));
  const inRange = and(inThread, gte(messages.seq, param('from')), lte(messages.seq, param('to')));
  const statement = lazily({
    range: () => db.select().from(messages).where(inRange).orderBy(asc(messages.seq)).prepare(),
    // SQLite tells a text's bytes from the row's head, without reading the text.
    weights: () =>
      db
        .select({ seq: messages.seq, bytes: sql<number>`coalesce(octet_length(${messages.content}), 0)` })
        .from(messages)
        .where(inRange)
        .orderBy(asc(messages.seq))
        .prepare(),
    afterSeq: () =>
      db
        .select()
        .from(messages)
        .where(and(inThread, gte(messages.afterSeq, param('from'))))
        .orderBy(asc(messages.afterSeq), asc(messages.seq))
        .limit(param('limit'))
        .prepare(),
  });

  /** The messages `from` to `to`, as many around `anchor` as fit. */
  async function range({ row }: Thread, from: number, to: number, anchor: number): Promise<Message[]> {
    const near = to - from < ALWAYS_FIT ? { from, to } : await lightEnough(row.id, from, to, anchor);
    const items = await views.show(await statement.range.all({ conversation: row.id, ...near }), row.uuid);
    const index = items.findIndex(({ seq }) => seq === anchor);
    return fittingAround(items, index, PAGE_BUDGET, row.kind === 'direct' ? READS_A_MESSAGE_BYTES : 0);
  }

  /** Leaves out what cannot fit for its text alone: it is not even read. */
  async function lightEnough(conversation: number, from: number, to: number, anchor: number) {
    const weights = await statement.weights.all({ conversation, from, to });
    const sizes = weights.map(({ bytes }) => bytes);
    const index = weights.findIndex(({ seq }) => seq === anchor);
    if (index === -1) return { from, to };
    const run = fittingRun(sizes, index, PAGE_BUDGET);
    return { from: weights[run.from]?.seq ?? from, to: weights[run.to]?.seq ?? to };
  }

  /** Of a side conversation: what was written beside the customer's thread from its message `from` on. */
  async function beside({ row }: Thread, from: number, limit: number): Promise<Message[]> {
    const items = await views.show(await statement.afterSeq.all({ conversation: row.id, from, limit }), row.uuid);
    return fittingAround(items, 0, PAGE_BUDGET);
  }

  async function page(thread: Thread, query: HistoryQuery): Promise<Message[]> {
    const { before, after, around, afterSeq, limit = DEFAULT_PAGE } = query;
    const newest = thread.row.seq;
    if (afterSeq !== undefined) {
      checkBeside(thread, query);
      return beside(thread, afterSeq, limit);
    }
    if (after !== undefined) return range(thread, after + 1, after + limit, after + 1);
    if (around !== undefined) {
      const anchor = Math.min(around, newest);
      const to = Math.min(newest, Math.max(limit, anchor + Math.ceil(limit / 2) - 1));
      return range(thread, to - limit + 1, to, anchor);
    }
    const to = before === undefined ? newest : Math.min(newest, before - 1);
    return range(thread, to - limit + 1, to, to);
  }

  return {
    statement,

    /** A page of a conversation or side conversation, ascending; throws `NOT_FOUND`. */
    async history(caller: Caller, id: string, query: HistoryQuery): Promise<History> {
      const thread = await threads.find(caller, id);
      const items = await page(thread, query);
      const { row } = thread;
      const told = row.kind === 'direct' ? { reads: await reads.over(row.id, spanOf(items)) } : {};
      return { epoch, rev: row.rev, items, ...told };
    },

    /** One message; an id of another conversation's finds nothing here. */
    async message(caller: Caller, id: string, messageId: string): Promise<Message> {
      const { row } = await threads.find(caller, id);
      const found = await rows.message.get({ conversation: row.id, uuid: messageId.toLowerCase() });
      const [message] = found === undefined ? [] : await views.show([found], row.uuid);
      if (message === undefined) throw new Refusal('NOT_FOUND');
      return message;
    },
  };
}

function checkBeside({ row, main }: Thread, { before, after, around }: HistoryQuery): void {
  if (row === main) throw misshapen('afterSeq', 'is for side conversations');
  if (before !== undefined || after !== undefined || around !== undefined) {
    throw misshapen('afterSeq', 'cannot stand beside before, after or around');
  }
}
