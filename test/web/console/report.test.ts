import t from 'tap';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import { csvOf } from '../../../src/web/console/reports/csv.ts';
import { reportOf } from '../../../src/web/console/reports/report.ts';

const MONDAY = new Date(2026, 10, 23).getTime();
const HOUR = 3_600_000;
const AIKO = { id: 'aiko', name: '=Aiko', role: 'agent' as const };
const BOT = { id: 'bot', name: 'Halm assistant', role: 'bot' as const };

let made = 0;
function conversation(beganH: number, closedH: number | null, more: Partial<Conversation>): Conversation {
  const at = (hours: number) => new Date(MONDAY + hours * HOUR).toISOString();
  const closedAt = closedH === null ? null : at(closedH);
  const status = closedAt ? 'closed' : 'open';
  return {
    id: `c${++made}`,
    createdAt: at(beganH),
    closedAt,
    status,
    assignee: null,
    rating: null,
    ...more,
  } as Conversation;
}

t.test('a report is reckoned from conversations', async (t) => {
  const all = [
    conversation(9, 11, { assignee: AIKO, rating: 5 }),
    conversation(9.5, 10.5, { assignee: BOT }),
    conversation(34, null, { assignee: AIKO }),
    conversation(-20, 12, { assignee: AIKO, rating: 4 }),
    conversation(-400, -300, { assignee: AIKO, rating: 1 }),
  ];
  const report = reportOf(
    all,
    new Map([
      ['c1', 60_000],
      ['c3', 120_000],
    ]),
    MONDAY,
    7,
  );
  t.match(report, { total: 3, before: 1, ratings: [0, 0, 0, 1, 1], botAlone: 1 / 3 });
  t.same(report.first, { median: 120_000, p90: 120_000 });
  t.match(report.closing, { median: 2 * HOUR });
  t.equal(report.days.length, 7);
  t.match(report.days.slice(0, 2), [
    { day: '2026-11-23', people: 1, bots: 1 },
    { day: '2026-11-24', people: 1, bots: 0 },
  ]);
  t.equal(report.hours[0]?.[9], 2);
  t.same(
    report.people.map(({ user, closed, rating }) => [user.id, closed, rating]),
    [
      ['aiko', 2, 4.5],
      ['bot', 1, undefined],
    ],
  );
  t.match(csvOf(report), /2026-11-23,2,1,60,60\r\n/);
  t.match(csvOf(report), /\r\n'=Aiko,2,/, 'no formula');
});

t.test('nothing there', async (t) => {
  const report = reportOf([], new Map(), MONDAY, 28);
  t.match(report, { total: 0, first: undefined, closing: undefined, botAlone: undefined, people: [] });
  t.equal(report.days.length, 28);
});
