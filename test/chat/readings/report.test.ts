import t from 'tap';
import { createReport, type WrittenPage } from '../../../src/chat/readings/report.ts';
import { periodOf } from '../../../src/chat/readings/report-period.ts';
import { prepareRows } from '../../../src/chat/readings/rows.ts';
import { key, openShelf } from './shelf.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** When the shelf's rows were made. */
const NOON = Date.UTC(2026, 0, 31, 12);

t.test('messages of more conversations than are counted at a time: each once', async (t) => {
  const shelf = openShelf(t);
  const customer = shelf.user('Mia');
  const CONVERSATIONS = 1001;
  shelf.fast(() => {
    for (let made = 0; made < CONVERSATIONS; made++) shelf.say(shelf.support(customer).row, customer, 'Hello?');
  });
  const { written } = createReport(shelf.store.questions, prepareRows(shelf.store.questions));
  const period = periodOf(NOON, NOON + HOUR, HOUR, 'UTC');
  const pages: WrittenPage[] = [];
  do pages.push(await written(key('conversations'), period, pages.at(-1)?.next ?? null));
  while (pages.at(-1)?.next !== null);
  t.same(
    pages.map(({ counts }) => counts),
    [500, 500, 1].map((count) => [{ step: 0, hour: 5 * 24 + 12, count, fromCustomers: count }]),
  );
});

t.test('a period is cut by the clock of its place', async (t) => {
  const stepsOf = (from: string, to: string, step: number, timeZone: string) =>
    periodOf(Date.parse(from), Date.parse(to), step, timeZone).steps.map(({ at }) => new Date(at).toISOString());

  t.same(
    stepsOf('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', DAY, 'Europe/Berlin'),
    ['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    'the first begins before the period; a day of 23 hours',
  );
  t.same(
    stepsOf('2026-03-29T12:00:00Z', '2026-03-29T13:00:00Z', DAY, 'Europe/Berlin'),
    ['2026-03-28T23:00:00.000Z'],
    'the clock was changed on the day before the period began',
  );
  t.same(
    stepsOf('2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z', HOUR, 'Europe/Berlin'),
    ['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    'the hour that the clock skips is none',
  );
  t.same(
    stepsOf('2026-10-03T15:00:00Z', '2026-10-03T17:00:00Z', HOUR, 'Australia/Lord_Howe'),
    ['2026-10-03T14:30:00.000Z', '2026-10-03T15:30:00.000Z', '2026-10-03T16:00:00.000Z'],
    'half an hour that is skipped: the hour that it falls into is short',
  );
});
