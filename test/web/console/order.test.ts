import t from 'tap';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import { ordered, settle } from '../../../src/web/console/state/order.ts';

const row = (id: string, activity: number, more: object = {}) =>
  ({ id, activity, waiting: null, ...more }) as Conversation;
const ALL = { waiting: Infinity, activity: null };
const ids = (all: Conversation[]) => all.map(({ id }) => id).join('');

t.test('who waits longest comes first, then the newest, what is snoozed last', async (t) => {
  const snoozed = { team: { snoozedUntil: '2026-11-30T09:00:00.000Z' } };
  const all = [
    row('a', 1),
    row('b', 9),
    row('c', 5, { waiting: 20 }),
    row('d', 4, { waiting: 10 }),
    row('e', 99, snoozed),
  ];
  t.equal(ids(ordered(all, 'waiting', ALL)), 'dcbae');
  t.equal(ids(ordered(all, 'activity', ALL)), 'ebcda');
});

t.test('beyond what was loaded nothing is shown', async (t) => {
  const all = [row('a', 9), row('b', 3), row('c', 1, { waiting: 5 }), row('d', 2, { waiting: 8 })];
  t.equal(ids(ordered(all, 'activity', { waiting: Infinity, activity: 3 })), 'ab');
  t.equal(ids(ordered(all, 'waiting', { waiting: 0, activity: Infinity })), '', 'before the first page');
  t.equal(ids(ordered(all, 'waiting', { waiting: 5, activity: Infinity })), 'c');
  t.equal(ids(ordered(all, 'waiting', { waiting: Infinity, activity: 9 })), 'cda');
});

t.test('a held list keeps every row in its place', async (t) => {
  const there = () => true;
  t.same(settle(['a', 'b', 'c'], ['c', 'x', 'a'], true, undefined, there), { rows: ['a', 'b', 'c'], waiting: 1 });
  t.same(
    settle(['a', 'b'], ['a', 'b', 'c', 'd'], true, undefined, there).rows,
    ['a', 'b', 'c', 'd'],
    'the next page comes in',
  );
  t.same(settle(['a', 'b'], ['b'], true, undefined, (id) => id !== 'a').rows, ['b'], 'what is gone is gone');
  t.same(settle(['a', 'b', 'c'], ['c', 'a'], false, undefined, there).rows, ['c', 'a']);
});

t.test('the selected row stays where it is until another is selected', async (t) => {
  const there = () => true;
  t.same(settle(['a', 'b', 'c'], ['a', 'c'], false, 'b', there).rows, ['a', 'b', 'c']);
  t.same(settle(['a', 'b', 'c'], ['a', 'c'], false, 'a', there).rows, ['a', 'c']);
  t.same(settle(['a', 'b'], ['a'], false, 'b', (id) => id !== 'b').rows, ['a'], 'not one that is gone');
});
