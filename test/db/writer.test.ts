import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { bothStores, type Entered, refusalOf } from './register.ts';

/** What became of each: the code of its refusal, or `ok`. */
async function outcomes(pending: Iterable<PromiseLike<unknown>>): Promise<string[]> {
  const settled = await Promise.allSettled(pending);
  return settled.map((one) => (one.status === 'fulfilled' ? 'ok' : one.reason.code));
}

const test = await bothStores(t);

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `name ${index}`);

test('what waits goes into one transaction, and a lone change into its own', async (t, place) => {
  const { enter, batches, names, keys } = await place.open({ batchSize: 100 });
  await enter('first');
  t.same(batches, [1]);

  await Promise.all(numbered(250).map((name) => enter(name)));
  t.same(batches, [1, 100, 100, 50], 'as many at once as a batch may hold');
  t.same(await names(), ['first', ...numbered(250)]);
  t.equal((await keys()).at(-1), 251, 'no key is left out');
});

test('what arrives while a batch is published is the next batch', async (t, place) => {
  const { enter, batches, names } = await place.open();
  const second: PromiseLike<Entered>[] = [];
  const first = numbered(3).map((name) => enter(name).then(() => second.push(enter(`after ${name}`))));
  await Promise.all(first);
  await Promise.all(second);
  t.same(batches, [3, 3]);
  t.same(await names(), [...numbered(3), ...numbered(3).map((name) => `after ${name}`)]);
});

test('answers and publications come in the order of the queue, after the commit', async (t, place) => {
  const heard: string[] = [];
  const committed: Promise<string[]>[] = [];
  const { enter, names, writer, published } = await place.open({
    publish: (decided, position) => {
      committed.push(names());
      for (const { publications, settle } of decided) {
        heard.push(...publications.map((name) => `told ${name}`));
        settle();
      }
      heard.push(`at ${position}`);
    },
  });
  const pending = ['a', 'b', 'c'].map((name) =>
    writer.submit<Entered>({ name, ...(name === 'b' ? { judged: 'refused' } : {}) }),
  );
  pending.forEach((one, index) => {
    one.settled(
      ({ name }) => heard.push(`answered ${name}`),
      () => heard.push(`refused ${index}`),
    );
  });
  const last = await enter('d');
  t.same(heard, ['told a', 'answered a', 'refused 1', 'told c', 'answered c', 'told d', `at ${last.position}`]);
  t.same(await Promise.all(committed), [['a', 'c', 'd']]);
  t.equal(writer.position, last.position);
  t.same(published, []);
});

test('positions rise by one from change to change', async (t, place) => {
  const { enter } = await place.open({ now: () => 1000 });
  const entered = await Promise.all(numbered(4).map((name) => enter(name)));
  t.same(
    entered.map(({ position }) => position),
    [1_000_001, 1_000_002, 1_000_003, 1_000_004],
    'the clock stood still since the file was made',
  );
});

test('a statement that throws has its change refused, and no other', async (t, place) => {
  const { enter, names, faults, published } = await place.open();
  const uuid = randomUUIDv7();
  const codes = await outcomes([
    enter('a', { uuid }),
    enter('b', { role: 'nobody' }),
    enter('c'),
    enter('d', { uuid }),
    enter('e'),
  ]);
  t.same(codes, ['ok', 'INTERNAL', 'ok', 'INTERNAL', 'ok']);
  t.same(await names(), ['a', 'c', 'e']);
  t.same(published, ['a', 'c', 'e'], 'what was not written is told to nobody');
  t.match(faults.map(String), [/check/i, /check/i, /unique/i], 'the batch, and then the two alone');
});

test('rules that throw have their change refused, and no other', async (t, place) => {
  const { enter, names } = await place.open();
  const codes = await outcomes([enter('a'), enter('b', { judged: 'fault' }), enter('c')]);
  t.same(codes, ['ok', 'INTERNAL', 'ok']);
  t.same(await names(), ['a', 'c'], 'nothing of what the broken rule had written before it threw');
});

test('past its bound a change is refused at once, and what waits is done all the same', async (t, place) => {
  const { enter, names, writer } = await place.open({ maxWaiting: 5, batchSize: 2 });
  const pending = numbered(7).map((name) => enter(name));
  t.equal(writer.waiting, 5);
  t.match(await refusalOf(pending[6]), { code: 'OVERLOADED', status: 503, retryMs: 500 });
  t.same(await outcomes(pending), ['ok', 'ok', 'ok', 'ok', 'ok', 'OVERLOADED', 'OVERLOADED']);
  t.same(await names(), numbered(5));
});

test('an error while publishing turns no acknowledgement into an error, nor into silence', async (t, place) => {
  const { enter, names, faults } = await place.open({
    publish: ([first]) => {
      first?.settle();
      throw new Error('the hub fell over');
    },
  });
  const codes = await outcomes([enter('a'), enter('b'), enter('c', { judged: 'refused' }), enter('d')]);
  t.same(codes, ['ok', 'ok', 'FORBIDDEN', 'ok']);
  t.same(await names(), ['a', 'b', 'd']);
  t.match(faults.map(String), [/the hub fell over/]);
});

test('somebody who throws when answered keeps no answer from the others', async (t, place) => {
  const { writer, enter, names, faults } = await place.open();
  const rude = [{ name: 'a' }, { name: 'b', judged: 'refused' as const }, { name: 'c', role: 'nobody' }];
  for (const naming of rude) {
    const fall = () => {
      throw new Error(`${naming.name} fell over`);
    };
    writer.submit(naming).settled(fall, fall);
  }
  t.same(await outcomes([enter('d')]), ['ok']);
  t.same(await outcomes([enter('e')]), ['ok'], 'the writer goes on');
  t.same(await names(), ['a', 'd', 'e']);
  t.match(faults.map(String).join(), /a fell over.*b fell over.*c fell over/);
});

test('closing answers what was taken in and takes no more', async (t, place) => {
  const { enter, close } = await place.open({ batchSize: 2 });
  const pending = numbered(5).map((name) => enter(name));
  const closed = close();
  const late = enter('too late');
  await closed;
  t.same(await outcomes(pending), ['ok', 'ok', 'ok', 'ok', 'ok']);
  t.match(await refusalOf(late), { code: 'OVERLOADED', message: 'The server is stopping.' });

  const again = await place.open();
  t.same(await again.names(), numbered(5));
});
