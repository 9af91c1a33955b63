import t from 'tap';
import { type Beating, Pulse } from '../../src/ws/pulse.ts';

t.test('heartbeats of many lines are spread over the time between two of one', async (t) => {
  const pulse = new Pulse(160, () => 0);
  // The pulse alone does not keep a process alive.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => {
    pulse.stop();
    clearInterval(alive);
  });
  const beats = new Map<number, number>();
  let done = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const line = (index: number): Beating => ({
    heardAt: 0,
    expiresAt: Number.POSITIVE_INFINITY,
    beat() {
      this.heardAt = pulse.tick;
      if (!beats.has(index)) beats.set(index, pulse.tick);
      if (beats.size === 160) done();
    },
    missing: () => t.fail('all are heard'),
    expired: () => t.fail('none expires'),
  });
  for (let index = 0; index < 160; index += 1) pulse.add(line(index));
  await all;
  const byTick = Map.groupBy(beats.values(), (tick) => tick);
  t.equal(byTick.size, 16, 'in as many parts as a beat has');
  for (const part of byTick.values()) t.equal(part.length, 10);
});
