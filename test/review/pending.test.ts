import t from 'tap';
import { Pending } from '../../src/db/pending.ts';

t.test('whoever throws on hearing an answer keeps it from nobody else who waits for it', async (t) => {
  const fall = () => {
    throw new Error('fell over');
  };
  const taken = new Pending<number>();
  const heard: string[] = [];
  taken.settled(fall, fall);
  taken.settled((value) => heard.push(`told ${value}`), fall);
  const awaited = taken.then((value) => heard.push(`awaited ${value}`));
  t.throws(() => taken.resolve(7), /fell over/, 'and it is not kept quiet');
  t.same(heard, ['told 7'], 'at once');
  await awaited;
  t.same(heard, ['told 7', 'awaited 7']);

  const refused = new Pending<number>();
  const waiting = Promise.resolve(refused);
  refused.settled(fall, fall);
  // Taken over by a promise in a turn of its own.
  await null;
  t.throws(() => refused.reject(new Error('refused')), /fell over/);
  await t.rejects(waiting, /refused/);
});
