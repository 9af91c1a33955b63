/** What one server writes, every server on the same database publishes: once, and in the order of all. */
import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { PostgresBus } from '../../../src/db/postgres/bus.ts';
import { shareDatabase } from '../../../src/db/postgres/connect.ts';
import { Following } from '../../../src/db/postgres/following.ts';
import { postgresTrouble } from '../../../src/db/postgres/trouble.ts';
import { migrated, postgresPlace, refusalOf } from '../register.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(400_000);
const skip = { skip: noPostgres };
const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = async () => migrated((await postgres?.database()) ?? '');

/** A server that keeps what it publishes, its own and others', and where it was told that it lacks some. */
async function opened(t: Test, url: string, { batchSize = 16, now = Date.now } = {}) {
  const published: string[] = [];
  const lost: number[] = [];
  const positions: number[] = [];
  const events = new EventEmitter();
  const server = await postgresPlace(t, url).open({
    batchSize,
    now,
    publish: (decided, position) => {
      for (const { publications, settle } of decided) {
        published.push(...publications);
        settle();
      }
      positions.push(position);
      events.emit('event');
    },
    lost: (position) => {
      lost.push(position);
      events.emit('event');
    },
  });
  const until = async (now: () => boolean) => {
    while (!now()) await once(events, 'event');
  };
  return { ...server, published, lost, positions, until };
}

type Server = Awaited<ReturnType<typeof opened>>;

/** Fails unless all of them published what is kept, in the order in which it was written. */
async function allHeardAll(t: Test, servers: readonly Server[], count: number): Promise<void> {
  await Promise.all(servers.map((server) => server.until(() => server.published.length >= count)));
  const [first] = servers as [Server];
  const names = await first.names();
  t.equal(names.length, count);
  for (const { published, positions, lost } of servers) {
    t.same(published, names, 'each of them once, in the order of all');
    t.same(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    t.same(lost, []);
  }
}

t.test('servers that write at once all publish the same, in one order', skip, async (t) => {
  const url = await newDatabase();
  const servers = [
    await opened(t, url),
    await opened(t, url, { batchSize: 5 }),
    await opened(t, url, { batchSize: 64 }),
  ];
  let entered = 0;
  for (let round = 0; round < 12; round += 1) {
    const entering = servers.flatMap(({ enter }, index) =>
      // From one alone to all at once, many and few.
      round % (index + 1) === 0 ? Array.from({ length: 1 + ((round * 37) % 90) }, () => enter(`${entered++}`)) : [],
    );
    await Promise.all(entering);
  }
  await allHeardAll(t, servers, entered);
});

t.test('one who comes while others write hears all from there on, and is heard', skip, async (t) => {
  const url = await newDatabase();
  const first = await opened(t, url);
  const before = Array.from({ length: 200 }, (_, index) => first.enter(`a${index}`));
  await before[20];
  const second = await opened(t, url);
  await Promise.all([...before, ...Array.from({ length: 50 }, (_, index) => second.enter(`b${index}`))]);
  const names = await first.names();
  await first.until(() => first.published.length === 250);
  t.same(first.published, names);
  await second.until(() => second.published.at(-1) === names.at(-1));
  t.same(second.published, names.slice(-second.published.length), 'no hole from its first on');
  t.ok(second.published.length >= 50);
  t.same([...first.lost, ...second.lost], []);
});

/** A batch of a server that is killed behind its commit. */
const unheard = (url: string, text: string) =>
  queried(url, async (client) => {
    await client.query('begin');
    await client.query('select * from meta for update');
    await client.query(
      `insert into publications (position, previous, server, body) select position + 1, position, 'x', $1 from meta`,
      [JSON.stringify([text])],
    );
    await client.query('update meta set position = position + 1');
    await client.query('commit');
  });

t.test('a notice that is lost costs a moment', skip, async (t) => {
  const url = await newDatabase();
  const [one, two] = [await opened(t, url), await opened(t, url)];
  await one.enter('first');
  await unheard(url, 'second');
  await Promise.all([one, two].map((server) => server.until(() => server.published.length === 2)));
  await unheard(url, 'third');
  await two.enter('fourth');
  await Promise.all([one, two].map((server) => server.until(() => server.published.length === 4)));
  for (const { published, lost } of [one, two]) {
    t.same(published, ['first', 'second', 'third', 'fourth']);
    t.same(lost, []);
  }
});

t.test('connections that are cut while all write part nobody from what was written', skip, async (t) => {
  const url = await newDatabase();
  const servers = [await opened(t, url), await opened(t, url)];
  const taken: string[] = [];
  await queried(url, async (killer) => {
    for (let round = 0; round < 8; round += 1) {
      const entering = servers.flatMap(({ enter }, index) =>
        Array.from({ length: 30 }, async (_, number) => {
          const name = `${round} ${index} ${number}`;
          if ((await refusalOf(enter(name))) === null) taken.push(name);
        }),
      );
      for (let turns = 0; turns < round; turns += 1) await killer.query('select 1');
      await killer.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await Promise.all(entering);
    }
  });
  const [one] = servers as [Server];
  const names = await one.names();
  t.same(new Set(names), new Set(taken), 'what was taken is there, and nothing else');
  await Promise.all(servers.map((server) => server.until(() => server.published.length === names.length)));
  for (const { published, lost } of servers) {
    t.same(published, names);
    t.same(lost, []);
  }
});

t.test('whoever lacks a batch is told so, and goes on behind it', skip, async (t) => {
  const url = await newDatabase();
  const [one, two] = [await opened(t, url), await opened(t, url)];
  await one.enter('first');
  await two.until(() => two.published.length === 1);
  // As if its rows had been swept, or lost in a crash: found by the one that waits, and by the one that writes.
  const gone = async () =>
    queried(url, async (client) => {
      const { rows } = await client.query('update meta set position = position + 1000 returning position');
      return Number(rows[0].position);
    });
  const first = await gone();
  await Promise.all([one, two].map((server) => server.until(() => server.lost.length === 1)));
  const second = await gone();
  await one.enter('second');
  await Promise.all([one, two].map((server) => server.until(() => server.lost.length === 2)));
  await two.enter('third');
  await Promise.all([one, two].map((server) => server.until(() => server.published.at(-1) === 'third')));
  t.same(one.published, ['first', 'second', 'third']);
  t.same(one.lost, [first, second]);
  // Where it heard of what one wrote before it had looked, that is among what it lacks.
  t.same(
    two.published.filter((name) => name !== 'second'),
    ['first', 'third'],
  );
  t.equal(two.lost[0], first);
});

t.test('whoever lacks a batch writes nothing until it hears others again', skip, async (t) => {
  const onError = (error: unknown) => t.fail(String(error));
  const url = await newDatabase();
  await opened(t, url);
  const bus = await PostgresBus.open({ url, admit: shareDatabase, channels: [], onError });
  const lost: number[] = [];
  const following = new Following({
    bus,
    publish: () => {},
    lost: (position) => lost.push(position),
    isWriting: () => true,
    onError,
  });
  t.teardown(() => following.close().then(() => bus.close()));
  const { known } = following;
  bus.connection.lose();
  following.caughtUp([], known);
  let thrown: unknown = null;
  try {
    following.caughtUp([], known + 1);
  } catch (error) {
    thrown = error;
  }
  t.match(postgresTrouble(thrown), { kind: 'failing' });
  t.same([following.known, lost], [known, []], 'nobody is sent away for each batch');
  while (!bus.isHeard) await new Promise((resolve) => setImmediate(resolve));
  following.caughtUp([], known + 1);
  t.same([following.known, lost], [known + 1, [known + 1]]);
});

t.test('a server whose clock is behind writes again once PostgreSQL does', skip, async (t) => {
  const url = await newDatabase();
  const ahead = await opened(t, url, { now: () => Date.now() + 3_600_000 });
  const behind = await opened(t, url);
  await ahead.enter('first');
  await behind.until(() => behind.published.length === 1);
  await queried(url, async (other) => {
    await other.query('begin');
    await other.query('select * from meta for update');
    const refused = refusalOf(behind.enter('lost'));
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await queried(url, (killer) => killer.query(cut))).rowCount === 0);
    t.match(await refused, { code: 'STORAGE_FULL' });
    await other.query('rollback');
  });
  const isTaken = (fault: unknown) => (fault as { code?: unknown }).code === '23505';
  while ((await refusalOf(behind.enter('second'))) !== null && !behind.faults.some(isTaken)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.notOk(behind.faults.some(isTaken));
  await ahead.enter('third');
  await allHeardAll(t, [ahead, behind], 3);
});

t.test('over a crash of PostgreSQL nobody hears anything twice, and whoever lacks some is told', skip, async (t) => {
  const url = await newDatabase();
  const servers = [await opened(t, url), await opened(t, url)];
  const taken: string[] = [];
  const entering = servers.flatMap(({ enter }, index) =>
    Array.from({ length: 150 }, async (_, number) => {
      if ((await refusalOf(enter(`${index} ${number}`))) === null) taken.push(`${index} ${number}`);
    }),
  );
  await entering[40];
  await postgres?.crash();
  await Promise.all(entering);
  const enter = async (name: string) => {
    for (;;) {
      if ((await refusalOf(servers[0]?.enter(name))) === null) return taken.push(name);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await enter('after');
  await Promise.all(servers.map((server) => server.until(() => server.published.includes('after'))));
  const names = (await servers[0]?.names()) ?? [];
  t.same(new Set(names), new Set(taken));
  for (const { published, lost } of servers) {
    const heard = new Set(published);
    t.same(
      published,
      names.filter((name) => heard.has(name)),
      'once, in the order of all',
    );
    if (published.length < names.length) t.ok(lost.length > 0, 'what is missing was told');
  }
});
