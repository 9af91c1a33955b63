/**
 * What a report is reckoned from: the list tells when each conversation began, closed and how it was rated; how fast it
 * was answered, its own numbers tell (`GET …/stats`), of the newest few hundred.
 */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Stats } from '../../../protocol/stats.ts';
import { client } from '../state/desk.ts';
import { DAY_MS, type Report, reportOf } from './report.ts';

const PAGE = 200;
/** As far back as a page looks in the list. */
const MOST = 4000;
/** Conversations whose own numbers are asked for, and how many at once. */
const MOST_ASKED = 300;
const AT_ONCE = 6;

export async function loadReport(days: number): Promise<Report> {
  const now = Date.now();
  const since = startOfDay(now) - (days - 1) * DAY_MS;
  const all = await conversationsSince(since - days * DAY_MS);
  const asked = all.filter(({ createdAt }) => Date.parse(createdAt) >= since).slice(0, MOST_ASKED);
  return reportOf(all, await firstAnswers(asked), since, days);
}

function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

async function conversationsSince(since: number): Promise<Conversation[]> {
  const all: Conversation[] = [];
  let cursor: string | undefined;
  while (all.length < MOST) {
    const page = await client().conversations.load({ kind: 'support', limit: PAGE, cursor });
    all.push(...page.items);
    const last = page.items.at(-1);
    if (page.next === null || (last && last.activity / 1000 < since)) break;
    cursor = page.next;
  }
  return all;
}

/** Until the first answer of each, in milliseconds. */
async function firstAnswers(asked: readonly Conversation[]): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  const rest = [...asked];
  const worker = async () => {
    for (let one = rest.shift(); one; one = rest.shift()) {
      const stats = await client().http.json<Stats>('GET', `/v1/conversations/${one.id}/stats`);
      if (typeof stats.firstResponseMs === 'number') known.set(one.id, stats.firstResponseMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return known;
}
