import t from 'tap';
import { Histogram } from '../../src/http/histogram.ts';

t.test('percentiles are exact to a quarter, the longest wholly', async (t) => {
  const times = new Histogram();
  t.equal(times.percentile(0.99), 0);
  for (let ms = 1; ms <= 1000; ms += 1) times.note(ms);
  for (const part of [0.01, 0.5, 0.9, 0.99]) {
    const told = times.percentile(part);
    t.ok(told >= part * 1000 && told <= part * 1000 * 1.25, `${part}: ${told}`);
  }
  t.equal(times.percentile(1), 1000);
  t.equal(times.maxMs, 1000);
  t.equal(times.count, 1000);
});

t.test('nothing is too short or too long for it', async (t) => {
  const times = new Histogram();
  times.note(0);
  times.note(1e9);
  t.equal(times.percentile(0.5), 0.1);
  t.equal(times.percentile(0.99), 1e9);
});
