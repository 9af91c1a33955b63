import t from 'tap';
import { pauseAfter } from '../../src/outbound/back-off.ts';

const middle = () => 0.5;

t.test('each pause is twice the one before it, up to an hour', async (t) => {
  const pauses = Array.from({ length: 12 }, (_, failures) => pauseAfter(failures + 1, 5_000, middle) / 1000);
  t.same(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
  t.equal(pauseAfter(1_000_000, 5_000, middle), 3_600_000, 'however often it failed');
});

t.test('a fifth of it is chance, so that those who failed together do not come together', async (t) => {
  t.same([pauseAfter(3, 5_000, () => 0), pauseAfter(3, 5_000, () => 1)], [18_000, 22_000]);
});
