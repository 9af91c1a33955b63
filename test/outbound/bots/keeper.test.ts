import t from 'tap';
import { Keeper } from '../../../src/outbound/bots/keeper.ts';

t.test('texts that begin at one moment are kept a few at a time, each in its turn', async (t) => {
  const keeper = new Keeper();
  // The keeper's timer keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const together: number[][] = [];
  let now: number[] | null = null;
  let enough = () => {};
  const twice = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const ends = Array.from({ length: 40 }, (_, text) =>
    keeper.add(() => {
      if (now === null) {
        now = [];
        together.push(now);
        queueMicrotask(() => {
          now = null;
        });
      }
      now.push(text);
      if (together.flat().filter((one) => one === text).length === 2) enough();
    }),
  );
  await twice;
  const round = together.slice(0, 10);
  t.ok(
    together.every((texts) => texts.length <= 4),
    `at one moment: ${together.map((texts) => texts.length)}`,
  );
  t.equal(new Set(round.flat()).size, 40, 'all of them before any comes again');
  for (const end of ends) end();
  together.length = 0;
  let end = () => {};
  await new Promise<void>((resolve) => {
    end = keeper.add(resolve);
  });
  end();
  t.same(together, [], 'what has ended is kept no more; what begins later is');
});
