/**
 * How it is written down how far the telling is: now and then, only while something comes to pass, and again where it
 * could not be.
 */
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { newDelivery } from '../../../src/chat/outbox/delivery.ts';
import type { ProgressChange } from '../../../src/chat/outbox/outbox-change.ts';
import type { DeliveryRow, WebhookRow } from '../../../src/db/rows.ts';
import { Progress } from '../../../src/outbound/webhooks/progress.ts';
import { by, openWorld, type World } from '../../world.ts';

const FLUSH_MS = 100;

interface Followed {
  progress: Progress;
  writings: Omit<ProgressChange, 'type'>[];
  /** What it was refused, in its order. */
  refusals: unknown[];
  /** An event was read and told. */
  arrive(event: number): void;
  /** A delivery of an event that waits. */
  waits(event: number): DeliveryRow;
  /** When it was written so many times. */
  written(times: number): Promise<void>;
}

/**
 * A webhook's progress over the real writer, of which each writing is counted.
 *
 * @param crowd is called before each writing
 */
async function follow(t: Test, world: World, crowd: () => void = () => {}): Promise<Followed> {
  // The progress's timer keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(alive));
  const given = { url: 'https://example.com/', events: ['message.created' as const], kinds: ['support' as const] };
  const admin = by(world.user(`admin${Math.random()}`, 'admin'));
  const { id } = await world.writer.submit<WebhookRow>({ type: 'webhook.create', by: admin, enabled: true, ...given });
  const writings: Followed['writings'] = [];
  const refusals: unknown[] = [];
  const waiting = new Set<() => void>();
  const progress = new Progress({
    outbox: {
      progress: (change) => {
        crowd();
        const pending = world.writer.submit<null>({ type: 'webhook.progress', ...change });
        const done = () => {
          writings.push(change);
          for (const look of [...waiting]) look();
        };
        pending.settled(done, () => {});
        return pending;
      },
    },
    webhook: id,
    place: id,
    onError: (error) => refusals.push(error),
  });
  const waits = (event: number): DeliveryRow => {
    const what = { id: event, uuid: `${event}`, position: event, conversation: 1, rev: 1, subject: 1 };
    return newDelivery(id, { ...what, type: 'message.created' }, 0);
  };
  return {
    progress,
    writings,
    refusals,
    waits,
    arrive(event) {
      progress.begin(event);
      progress.read(event);
      progress.arrived({ ...waits(event), state: 'done', nextAt: null });
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

/** What the file says of the deliveries: the events of each state. */
function deliveriesIn(world: World): Record<string, number[]> {
  const file = new Database(join(world.folder, 'parley.db'), { readonly: true });
  const rows = file.prepare('select event, state from deliveries order by event').all();
  file.close();
  const byState = Object.groupBy(rows as Pick<DeliveryRow, 'event' | 'state'>[], ({ state }) => state);
  return Object.fromEntries(Object.entries(byState).map(([state, of = []]) => [state, of.map(({ event }) => event)]));
}

t.test('what comes to pass in a tenth of a second is written down together', async (t) => {
  const { progress, writings, refusals, arrive } = await follow(t, openWorld(t));
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
  t.same(refusals, []);
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
  t.same([...quiet.refusals, ...busy.refusals], []);
});

/** A store that takes nothing more at the moment: as many changes wait as may. */
function crowded(t: Test) {
  const maxWaiting = 4;
  const world = openWorld(t, { maxWaiting });
  const state = { crowded: false, meanwhile: () => {} };
  const crowd = () => {
    if (!state.crowded) return;
    state.meanwhile();
    for (let waiting = 0; waiting < maxWaiting; waiting += 1) {
      world.writer.submit({ type: 'outbox.sweep', rows: [] }).settled(
        () => {},
        () => {},
      );
    }
  };
  return { world, state, crowd };
}

t.test('what could not be written down is written later, as it is by then', async (t) => {
  const { world, state, crowd } = crowded(t);
  const { progress, writings, refusals, arrive, waits, written } = await follow(t, world, crowd);
  const events = [1_000, 1_001, 1_002, 1_003];
  for (const event of events) progress.begin(event);
  progress.read(1_003);
  for (const event of events) progress.insert(waits(event));
  await progress.now();
  t.same(deliveriesIn(world), { waiting: events });

  state.crowded = true;
  for (const event of [2_000, 2_001]) progress.begin(event);
  progress.read(2_001);
  progress.insert(waits(2_000));
  progress.insert(waits(2_001));
  progress.save({ ...waits(1_000), state: 'failed', nextAt: null });
  progress.save({ ...waits(1_001), state: 'failed', nextAt: null });
  arrive(3_000);
  // Newer than what is on its way into the store by then.
  state.meanwhile = () => {
    progress.save({ ...waits(1_000), state: 'done', nextAt: null });
    progress.save({ ...waits(2_001), state: 'failed', nextAt: null });
  };
  await progress.now();
  t.match(refusals, [{ code: 'OVERLOADED' }]);
  t.equal(writings.length, 1);
  t.same(deliveriesIn(world), { waiting: events }, 'nothing of it is written');

  state.crowded = false;
  await written(2);
  t.same(deliveriesIn(world), { done: [1_000], failed: [1_001, 2_001], waiting: [1_002, 1_003, 2_000] });
  t.match(writings.at(-1), { place: 3_000, okAt: 0 });
  await progress.finish();
  t.equal(refusals.length, 1);
});

t.test('at the end what cannot be written down is left: it is told again', async (t) => {
  const { world, state, crowd } = crowded(t);
  const { progress, writings, refusals, waits } = await follow(t, world, crowd);
  state.crowded = true;
  progress.begin(1_000);
  progress.read(1_000);
  progress.insert(waits(1_000));
  await progress.finish();
  t.match([writings.length, refusals], [0, [{ code: 'OVERLOADED' }]]);
  t.same(deliveriesIn(world), {});
});

t.test('the place passes no delivery that is not written yet, however many there are', async (t) => {
  const world = openWorld(t);
  const { progress, writings, refusals, waits } = await follow(t, world);
  const events = Array.from({ length: 600 }, (_, index) => 1_000 + index);
  for (const event of events) progress.begin(event);
  progress.read(2_000);
  for (const event of events) progress.insert(waits(event));
  await progress.finish();
  t.same(deliveriesIn(world), { waiting: events });
  const [first, last] = writings;
  t.match([first?.insert.length, last?.insert.length, writings.length], [500, 100, 2]);
  t.ok((first?.place ?? Infinity) < 1_000, 'a crash between the two would have the rest read again');
  t.equal(last?.place, 2_000);
  t.same(refusals, []);
});
