import t from 'tap';
import type { EventOf } from '../../../src/protocol/events.ts';
import { createOwnTyping, createTypists } from '../../../src/web/sdk/typing.ts';
import { manualClock } from './manual-clock.ts';
import { other } from './model-server.ts';

function own() {
  const time = manualClock();
  const sent: unknown[][] = [];
  const typing = createOwnTyping(time.clock, (id, on, text) =>
    sent.push(text === undefined ? [id, on] : [id, on, text]),
  );
  return { time, sent, typing };
}

t.test('typing is said at once, then each 2 s while keys are pressed, with the last text', async (t) => {
  const { time, sent, typing } = own();
  typing.set('a', true, 'h');
  typing.set('a', true, 'he');
  typing.set('a', true, 'hel');
  await time.advance(1999);
  t.same(sent, [['a', true, 'h']]);
  await time.advance(1);
  t.same(sent.at(-1), ['a', true, 'hel']);
  await time.advance(10_000);
  t.equal(sent.length, 2, 'no key, no word');
  typing.set('a', true, 'again');
  t.equal(sent.length, 3);
});

t.test('a key after a pause is said at once', async (t) => {
  const { time, sent, typing } = own();
  typing.set('a', true);
  await time.advance(3000);
  typing.set('a', true);
  t.equal(sent.length, 2);
});

t.test('the end is said once, and only where something was said', async (t) => {
  const { time, sent, typing } = own();
  typing.set('a', false);
  typing.set('a', true);
  typing.set('a', false);
  typing.set('a', false);
  await time.advance(10_000);
  t.same(sent, [
    ['a', true],
    ['a', false],
  ]);
});

t.test('a message ends it without a word', async (t) => {
  const { time, sent, typing } = own();
  typing.set('a', true);
  typing.set('a', true);
  typing.sent('a');
  await time.advance(10_000);
  t.same(sent, [['a', true]]);
  t.equal(time.waiting(), 0);
});

function others() {
  const time = manualClock();
  let changes = 0;
  const typists = createTypists(time.clock, () => changes++);
  const take = (on: boolean, text?: string) =>
    typists.take({
      type: 'typing',
      conversationId: 'a',
      user: other,
      on,
      ...(text === undefined ? {} : { text }),
    } satisfies EventOf<'typing'>);
  return { time, typists, take, changes: () => changes };
}

t.test('who types is listed until 6 s after the last word of it', async (t) => {
  const { time, typists, take, changes } = others();
  take(true, 'h');
  await time.advance(5000);
  take(true, 'he');
  t.same(typists.list('a'), [{ user: other, text: 'he' }]);
  await time.advance(5999);
  t.equal(typists.list('a').length, 1);
  await time.advance(1);
  t.same([typists.list('a'), changes()], [[], 3]);
});

t.test('an end, or a message of theirs, ends it', async (t) => {
  const { typists, take, time } = others();
  take(true);
  take(false);
  t.same(typists.list('a'), []);
  take(true);
  typists.ended('a', 'somebody');
  t.equal(typists.list('a').length, 1);
  typists.ended('a', other.id);
  typists.ended('a', undefined);
  t.same(typists.list('a'), []);
  t.equal(time.waiting(), 0);
});
