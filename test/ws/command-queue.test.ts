import t from 'tap';
import type { Request } from '../../src/protocol/commands.ts';
import { CommandQueue } from '../../src/ws/command-queue.ts';
import fc from '../property.ts';

const write = (id: number): Request => ({ id, type: 'message.stop', conversationId: '', messageId: '' });
const read = (id: number): Request => ({ id, type: 'ping' });

/** Runs requests by hand: what was begun, and how to answer it. */
function byHand() {
  const begun: number[] = [];
  const answer = new Map<number, () => void>();
  const crowds: boolean[] = [];
  const queue = new CommandQueue({
    reads: ({ type }) => type === 'ping',
    write: ({ id }, answered) => {
      begun.push(id);
      answer.set(id, answered);
    },
    read: ({ id }) => {
      begun.push(id);
      return new Promise((resolve) => answer.set(id, resolve));
    },
    crowd: (crowded) => crowds.push(crowded),
  });
  /** Answers, and lets what comes of it happen. */
  const settle = async (id: number) => {
    answer.get(id)?.();
    answer.delete(id);
    for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
  };
  return { queue, begun, answer, crowds, settle };
}

t.test('writes are handed over at once, readings wait for them and hold up what follows', async (t) => {
  const { queue, begun, settle } = byHand();
  for (const request of [write(1), write(2), read(3), write(4), read(5)]) queue.add(request);
  t.same(begun, [1, 2], 'two writes at once; the reading waits for both');
  await settle(2);
  t.same(begun, [1, 2]);
  await settle(1);
  t.same(begun, [1, 2, 3], 'and what is behind it waits for the reading');
  await settle(3);
  t.same(begun, [1, 2, 3, 4]);
  await settle(4);
  t.same(begun, [1, 2, 3, 4, 5]);
});

t.test('whatever the order of the answers, commands begin in the order in which they came', async (t) => {
  const steps = fc.array(fc.oneof(fc.constant('write'), fc.constant('read'), fc.nat()), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const { queue, begun, answer, settle } = byHand();
      let last = 0;
      for (const step of given) {
        if (typeof step === 'number') {
          const open = [...answer.keys()];
          const id = open[step % Math.max(1, open.length)];
          if (id !== undefined) await settle(id);
        } else {
          last += 1;
          queue.add(step === 'write' ? write(last) : read(last));
        }
      }
      const end = queue.answered();
      while (answer.size > 0) await settle([...answer.keys()][0] as number);
      await end;
      return begun.every((id, index) => id === index + 1) && begun.length === last;
    }),
  );
  t.pass();
});

t.test('too many without an answer: the line is not read until there are few', async (t) => {
  const { queue, crowds, answer, settle } = byHand();
  for (let id = 1; id <= 257; id += 1) queue.add(write(id));
  t.same(crowds, [true]);
  for (const id of [...answer.keys()].slice(0, 192)) await settle(id);
  t.same(crowds, [true]);
  await settle(193);
  t.same(crowds, [true, false]);
});

t.test('what was not begun is forgotten when the line is over', async (t) => {
  const { queue, begun, settle } = byHand();
  for (const request of [write(1), read(2), write(3)]) queue.add(request);
  queue.clear();
  const end = queue.answered();
  await settle(1);
  await end;
  t.same(begun, [1]);
});
