import t from 'tap';
import { openingAt } from '../../../src/chat/setup/hours.ts';
import type { Hours } from '../../../src/protocol/hours.ts';

/** All that is said in these tests ends in it. */
const STEP_MS = 5 * 60_000;
const day = (from: string, to: string) => (n: number) => ({ day: n as 1, from, to });
const week = (from: string, to: string, days = [1, 2, 3, 4, 5]) => days.map(day(from, to));
const at = (text: string) => Date.parse(text);

/** What the clock of a place shows, by another way than the one that is tried. */
function clockOf(timeZone: string, ms: number): { date: string; weekday: number; time: string } {
  const text = new Date(ms).toLocaleString('sv-SE', { timeZone });
  const [date = '', time = ''] = text.split(' ');
  return { date, weekday: new Date(`${date}T00:00:00Z`).getUTCDay() || 7, time: time.slice(0, 5) };
}

function isOpen({ timeZone, week, holidays }: Hours, ms: number): boolean {
  const { date, weekday, time } = clockOf(timeZone, ms);
  if (holidays.includes(date)) return false;
  return week.some((opening) => opening.day === weekday && opening.from <= time && time < opening.to);
}

t.test('without hours it is always open; with none at all, never', (t) => {
  t.same(openingAt(null, at('2026-11-28T03:00:00Z')), { open: true, opensAt: null });
  const never = { timeZone: 'UTC', week: [], holidays: [] };
  t.same(openingAt(never, at('2026-11-28T03:00:00Z')), { open: false, opensAt: null });
  t.end();
});

t.test('the next opening is found over nights, weekends, holidays and changes of the clock', (t) => {
  const berlin = { timeZone: 'Europe/Berlin', week: week('09:00', '17:30'), holidays: ['2026-12-25', '2026-12-28'] };
  const rows: [what: string, hours: Hours, now: string, opensAt: string | null][] = [
    ['in the midst of the day', berlin, '2026-11-27T10:00:00Z', null],
    ['the first moment is open', berlin, '2026-11-27T08:00:00Z', null],
    ['the moment before is not', berlin, '2026-11-27T07:59:59.999Z', '2026-11-27T08:00:00Z'],
    ['the end is not open', berlin, '2026-11-27T16:30:00Z', '2026-11-30T08:00:00Z'],
    ['over a weekend', berlin, '2026-11-28T12:00:00Z', '2026-11-30T08:00:00Z'],
    ['over holidays', berlin, '2026-12-24T17:00:00Z', '2026-12-29T08:00:00Z'],
    ['over the spring’s change: 09:00 is an hour earlier', berlin, '2026-03-28T12:00:00Z', '2026-03-30T07:00:00Z'],
    ['over the autumn’s', berlin, '2026-10-24T12:00:00Z', '2026-10-26T08:00:00Z'],
    [
      'where it is another day than in UTC',
      { timeZone: 'Pacific/Auckland', week: week('08:00', '09:00', [1]), holidays: [] },
      '2026-11-29T12:00:00Z',
      '2026-11-29T19:00:00Z',
    ],
    [
      'round the clock',
      { timeZone: 'America/New_York', week: week('00:00', '24:00', [1, 2, 3, 4, 5, 6, 7]), holidays: [] },
      '2026-11-29T05:00:00Z',
      null,
    ],
    [
      'an hour that the clock skips does not happen',
      { timeZone: 'Europe/Berlin', week: week('02:00', '03:00', [7]), holidays: [] },
      '2026-03-29T00:00:00Z',
      '2026-04-05T00:00:00Z',
    ],
    [
      'it opens where the clock jumps into its hours',
      { timeZone: 'Europe/Berlin', week: week('02:30', '04:00', [7]), holidays: [] },
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'and again in the hour that comes twice',
      { timeZone: 'Europe/Berlin', week: week('01:30', '02:15', [7]), holidays: [] },
      '2026-10-25T00:20:00Z',
      '2026-10-25T01:00:00Z',
    ],
    [
      'a change by half an hour',
      { timeZone: 'Australia/Lord_Howe', week: week('09:00', '10:00', [1]), holidays: [] },
      '2026-10-03T12:00:00Z',
      '2026-10-04T22:00:00Z',
    ],
  ];
  for (const [what, hours, now, opensAt] of rows) {
    const expected = { open: opensAt === null, opensAt: opensAt === null ? null : at(opensAt) };
    t.same(openingAt(hours, at(now)), expected, what);
  }
  t.end();
});

t.test('step by step over both changes of the clock, it says what the clock of the place says', (t) => {
  const hours: Hours[] = [
    {
      timeZone: 'Europe/Berlin',
      week: [...week('01:15', '02:45', [6, 7]), ...week('22:00', '24:00', [6])],
      holidays: [],
    },
    { timeZone: 'America/St_Johns', week: week('00:30', '02:10', [1, 7]), holidays: ['2026-11-02'] },
    { timeZone: 'Australia/Lord_Howe', week: week('01:40', '02:20', [7]), holidays: [] },
    { timeZone: 'Asia/Kathmandu', week: week('23:00', '23:59', [5, 6, 7]), holidays: ['2026-10-24'] },
  ];
  let looked = 0;
  for (const one of hours) {
    for (const around of ['2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31']) {
      const start = at(`${around}T12:00:00Z`);
      const wrong: string[] = [];
      let opensAt: number | null = null;
      for (let now = start + 36 * 12 * STEP_MS; now >= start; now -= STEP_MS) {
        looked += 1;
        const open = isOpen(one, now);
        const said = openingAt(one, now);
        if (open) opensAt = now;
        const right = said.open === open && (open || opensAt === null || said.opensAt === opensAt);
        if (!right) wrong.push(`${one.timeZone} ${new Date(now).toISOString()}`);
      }
      t.same(wrong.slice(0, 3), []);
    }
  }
  t.ok(looked > 10_000);
  t.end();
});
