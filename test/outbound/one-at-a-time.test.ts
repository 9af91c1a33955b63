/** Those who come together go on in turns of the loop of their own, so that others are heard between them. */
import t from 'tap';
import { oneAtATime } from '../../src/outbound/one-at-a-time.ts';

t.test('one goes on in each turn of the loop, in the order in which they came', async (t) => {
  let turn = 0;
  let counting = true;
  const count = () => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const went: { who: number; turn: number }[] = [];
  const goes = (who: number) =>
    new Promise<void>((gone) => {
      oneAtATime(() => {
        went.push({ who, turn });
        gone();
      });
    });
  await Promise.all([0, 1, 2, 3].map(goes));
  counting = false;
  t.same(
    went.map(({ who }) => who),
    [0, 1, 2, 3],
  );
  t.equal(new Set(went.map(({ turn }) => turn)).size, 4, 'no two in one turn');
});
