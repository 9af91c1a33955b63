/** How often it is written down how far the telling is: now and then, and only while something comes to pass. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { newDelivery } from '../../../src/chat/outbox/delivery.ts';
import type { ProgressChange } from '../../../src/chat/outbox/outbox-change.ts';
import type { WebhookRow } from '../../../src/db/rows.ts';
import { Progress } from '../../../src/outbound/webhooks/progress.ts';
import { by, openWorld, type World } from '../../world.ts';

const FLUSH_MS = 100;

interface Followed {
  progress: Progress;
  writings: Omit<ProgressChange, 'type'>[];
  /** An event was read and told. */
  arrive(event: number): void;
  /** When it was written so many times. */
  written(times: number): Promise<void>;
}

/** A webhook's progress over the real writer, of which each writing is counted. */
async function follow(t: Test, world: World): Promise<Followed> {
  // The progress's timer keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const given = { url: 'https://example.com/', events: ['message.created' as const], kinds: ['support' as const] };
  const admin = by(world.user(`admin${Math.random()}`, 'admin'));
  const { id } = await world.writer.submit<WebhookRow>({ type: 'webhook.create', by: admin, enabled: true, ...given });
  const writings: Followed['writings'] = [];
  const waiting = new Set<() => void>();
  const progress = new Progress({
    outbox: {
      progress: (change) => {
        const pending = world.writer.submit<null>({ type: 'webhook.progress', ...change });
        const done = () => {
          writings.push(change);
          for (const look of [...waiting]) look();
        };
        pending.settled(done, (error) => t.fail(String(error)));
        return pending;
      },
    },
    webhook: id,
    place: id,
    onError: (error) => t.fail(String(error)),
  });
  return {
    progress,
    writings,
    arrive(event) {
      const what = { id: event, uuid: `${event}`, position: event, conversation: 1, rev: 1, subject: 1 };
      progress.begin(event);
      progress.read(event);
      progress.arrived({ ...newDelivery(id, { ...what, type: 'message.created' }, 0), state: 'done', nextAt: null });
    },
    written: (times) =>
      new Promise((resolve) => {
        const look = () => {
          if (writings.length < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

t.test('what comes to pass in a tenth of a second is written down together', async (t) => {
  const { progress, writings, arrive } = await follow(t, openWorld(t));
  const began = performance.now();
  for (let event = 1_000; event < 1_500; event += 1) {
    arrive(event);
    await turnOfTheLoop();
  }
  // Timers end a millisecond early at most; the last writing is that of the end.
  const most = 1 + Math.ceil((performance.now() - began) / (FLUSH_MS - 1));
  await progress.finish();
  t.ok(writings.length <= most, `${writings.length} writings, ${most} at most`);
  t.equal(writings.at(-1)?.place, 1_499);
});

t.test('when nothing more comes to pass nothing more is written', async (t) => {
  const world = openWorld(t);
  const [quiet, busy] = [await follow(t, world), await follow(t, world)];
  quiet.arrive(1_000);
  await quiet.written(1);
  // The other one shows that the time for more has passed.
  for (let times = 1; times <= 5; times += 1) {
    busy.arrive(1_000 + times);
    await busy.written(times);
  }
  t.equal(quiet.writings.length, 1);
  t.match(quiet.writings, [{ place: 1_000, insert: [{ event: 1_000 }] }]);
  await quiet.progress.finish();
  t.equal(quiet.writings.length, 1, 'not even at the end');
  await busy.progress.finish();
});
