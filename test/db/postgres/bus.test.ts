/** What servers on one database say to each other, over a real PostgreSQL. */
import { EventEmitter, once } from 'node:events';
import t from 'tap';
import type { Bus } from '../../../src/db/bus.ts';
import { serve } from './house.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(240_000);
const skip = { skip: noPostgres };
const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = () => postgres?.database() ?? Promise.reject(new Error('there is no PostgreSQL'));

/** Resolves with what `now` gives, once it gives something; asked again with every event of `events`. */
async function until<T>(events: EventEmitter, now: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = now();
    if (value !== undefined && value !== false) return value;
    await once(events, 'event');
  }
}

/** Keeps what a server hears, and who comes and goes. */
function listening(bus: Bus, ...subjects: string[]) {
  const events = new EventEmitter();
  const heard: { subject: string; body: unknown; server: string }[] = [];
  const changes: { came: readonly string[]; went: readonly string[] }[] = [];
  for (const subject of subjects) {
    bus.hear(subject, (body, server) => {
      heard.push({ subject, body, server });
      events.emit('event');
    });
  }
  bus.watch((came, went) => {
    changes.push({ came, went });
    events.emit('event');
  });
  return {
    heard,
    changes,
    bodies: () => heard.map(({ body }) => body),
    until: <T>(now: () => T | undefined | false) => until(events, now),
    /** Waits until these are all the others. */
    sees: (...others: Bus[]) =>
      until(events, () => others.length === bus.others.size && others.every(({ server }) => bus.others.has(server))),
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Cuts all that is connected. */
const CUT =
  'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';

t.test('what one says others hear, each in its order, and nobody hears oneself', skip, async (t) => {
  const url = await newDatabase();
  const a = (await serve(t, url)).store.bus;
  const atA = listening(a, 'x', 'y');
  t.same([a.others.size, atA.heard], [0, []]);
  a.tell('x', 'to nobody');
  const [b, c] = [(await serve(t, url)).store.bus, (await serve(t, url)).store.bus];
  const [atB, atC] = [listening(b, 'x', 'y'), listening(c, 'x')];
  await Promise.all([atA.sees(b, c), atB.sees(a, c), atC.sees(a, b)]);
  t.equal(new Set([a.server, b.server, c.server]).size, 3);
  t.same([...new Set(atA.changes.flatMap(({ came }) => came))].sort(), [b.server, c.server].sort());

  for (const index of upTo(1_500)) a.tell('x', index);
  b.tell('x', { from: 'b' });
  b.tell('y', null);
  b.tell('y', null);
  await Promise.all([
    atB.until(() => atB.heard.length === 1_500),
    atC.until(() => atC.heard.length === 1_501),
    atA.until(() => atA.heard.length === 3),
  ]);
  t.same(atB.bodies(), upTo(1_500), 'all of it, in its order');
  t.same(
    atC.heard.filter(({ server }) => server === a.server).map(({ body }) => body),
    upTo(1_500),
  );
  t.same(
    atA.heard,
    [
      { subject: 'x', body: { from: 'b' }, server: b.server },
      { subject: 'y', body: null, server: b.server },
      { subject: 'y', body: null, server: b.server },
    ],
    'nothing of its own, and what is alike comes each time',
  );

  b.hear('late', () => {});
  a.tell('late', 'waits');
  a.tell('x', 'end');
  await atC.until(() => atC.heard.at(-1)?.body === 'end');
  const late: unknown[] = [];
  c.hear('late', (body, server) => late.push([body, server]));
  t.same(late, [['waits', a.server]], 'it waited for who hears it');
});

t.test('a text is as long as it likes, whatever characters it has', skip, async (t) => {
  const url = await newDatabase();
  const [a, b] = [(await serve(t, url)).store.bus, (await serve(t, url)).store.bus];
  const [atA, atB] = [listening(a, 'x'), listening(b, 'x')];
  await Promise.all([atA.sees(b), atB.sees(a)]);
  const alike = 'ä'.repeat(40_000);
  const bodies = [alike, `a${'😀'.repeat(20_000)}`, '\0\ud800"\\\n', { list: upTo(20_000) }, alike, 'short'];
  for (const body of bodies) a.tell('x', body);
  for (const body of bodies.toReversed()) b.tell('x', body);
  await Promise.all([
    atB.until(() => atB.heard.length === bodies.length),
    atA.until(() => atA.heard.length === bodies.length),
  ]);
  t.same(atB.bodies(), bodies);
  t.same(atA.bodies(), bodies.toReversed());
});

t.test('who is closed is gone at once, and who is killed with its lease', skip, async (t) => {
  const url = await newDatabase();
  const [one, two, three] = [await serve(t, url), await serve(t, url), await serve(t, url)];
  const [a, b, c] = [one.store.bus, two.store.bus, three.store.bus];
  const atA = listening(a);
  await atA.sees(b, c);
  await two.close();
  await atA.sees(c);
  t.same(atA.changes.at(-1), { came: [], went: [b.server] });
  // Another server's, which renews it no more.
  await queried(url, (client) =>
    client.query(
      `with come as (insert into servers (name, until) values ('killed', now() + interval '5 s'))
       select pg_notify('parley_servers', 'killed')`,
    ),
  );
  await atA.until(() => a.others.has('killed'));
  await atA.until(() => !a.others.has('killed'));
  t.same(atA.changes.slice(-2), [
    { came: ['killed'], went: [] },
    { came: [], went: ['killed'] },
  ]);
  t.same([...a.others], [c.server]);
});

t.test('who was lost comes back under another name, and both are told anew', skip, async (t) => {
  const url = await newDatabase();
  const [a, b] = [(await serve(t, url)).store.bus, (await serve(t, url)).store.bus];
  const [atA, atB] = [listening(a, 'x'), listening(b, 'x')];
  await Promise.all([atA.sees(b), atB.sees(a)]);
  const lost = async (how: string) => {
    const before = [a.server, b.server];
    atA.changes.length = 0;
    await queried(url, (client) => client.query(how));
    await atA.until(() => atA.changes.some(({ came }) => came.length > 0) && a.server !== before[0]);
    await Promise.all([atA.sees(b), atB.sees(a)]);
    t.not(a.server, before[0]);
    t.ok(
      atA.changes.some(({ went }) => went.includes(before[1] as string)),
      'it forgets the other',
    );
    a.tell('x', how);
    b.tell('x', how);
    await Promise.all([atB.until(() => atB.bodies().includes(how)), atA.until(() => atA.bodies().includes(how))]);
    t.equal(atB.heard.at(-1)?.server, a.server);
  };
  await lost(CUT);
  await lost('delete from servers');
  const left = await queried(url, async (client) => (await client.query('select name from servers')).rows.length);
  t.equal(left, 2, 'the old names are gone');
});

t.test('who was heard and is gone before anybody looked is forgotten', skip, async (t) => {
  const url = await newDatabase();
  const quiet = { onError: () => {} };
  const [a, b] = [(await serve(t, url, quiet)).store.bus, (await serve(t, url, quiet)).store.bus];
  const atA = listening(a, 'x');
  await atA.sees(b);
  const before = a.server;
  await queried(url, async (other) => {
    // While its own row is held, it waits for who is there.
    await other.query('begin');
    await other.query('update servers set until = until where name = $1', [before]);
    await queried(url, async (client) => {
      await client.query(`select pg_notify('parley', 'killed/1 a 1.0 ["x","still here"]')`);
      await atA.until(() => atA.bodies().includes('still here'));
      const cut = `select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`;
      while ((await client.query(cut)).rowCount === 0);
    });
    await other.query('rollback');
  });
  await atA.until(() => a.server !== before && a.others.has(b.server));
  const went = atA.changes.flatMap((change) => change.went);
  t.same(went.sort(), [b.server, 'killed/1'].sort());
});

t.test('a crash of PostgreSQL parts nobody for good', skip, async (t) => {
  const url = await newDatabase();
  const quiet = { onError: () => {} };
  const [a, b] = [(await serve(t, url, quiet)).store.bus, (await serve(t, url, quiet)).store.bus];
  const [atA, atB] = [listening(a, 'x'), listening(b, 'x')];
  await Promise.all([atA.sees(b), atB.sees(a)]);
  const before = [a.server, b.server];
  await postgres?.crash();
  await Promise.all([
    atA.until(() => a.server !== before[0] && a.others.has(b.server) && b.server !== before[1]),
    atB.until(() => b.server !== before[1] && b.others.has(a.server) && a.server !== before[0]),
  ]);
  a.tell('x', 'after');
  await atB.until(() => atB.bodies().includes('after'));
});
