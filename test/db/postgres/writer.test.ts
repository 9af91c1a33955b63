/** What PostgreSQL's writer promises where there are other servers, and where PostgreSQL goes away under it. */
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import type { Sent } from '../../../src/chat/messages.ts';
import type { UserRow } from '../../../src/db/rows.ts';
import fc from '../../property.ts';
import { by, sendChange } from '../../world.ts';
import { migrated, postgresPlace, refusalOf } from '../register.ts';
import { moveIn, people, rowsOf, type Server, serve } from './house.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(480_000);
// What no COMMIT asks for is not on the disk when it crashes.
const postgres = noPostgres ? null : await startPostgres(t, ['wal_writer_delay=10s']);
const template = postgres === null ? undefined : await migrated(await postgres.database());
const skip = { skip: noPostgres };

const newDatabase = async (): Promise<string> => (await postgres?.database(template)) ?? '';

/** A database in which so many pairs have a conversation; gives who is in it and the conversations' ids. */
async function withPairs(t: Test, count: number) {
  const url = await newDatabase();
  const cast = people(...Array.from({ length: count * 2 }, () => 'user' as const));
  await moveIn(url, cast);
  const { writer, close } = await serve(t, url);
  const pairs = Array.from({ length: count }, (_, index) => cast.slice(index * 2, index * 2 + 2) as [UserRow, UserRow]);
  const first = ([from, to]: [UserRow, UserRow]) =>
    writer.submit<Sent>(
      sendChange(from, { user: { uuid: to.uuid } }, 'first', {
        beginning: { id: null, ip: null, userAgent: null, context: {} },
      }),
    );
  const sent = await Promise.all(pairs.map(first));
  await close();
  return { url, pairs, conversations: sent.map(({ message }) => message.conversationId) };
}

interface Stored {
  uuid: string;
  seq: number;
  rev: number;
}

const said = (url: string, conversation: string) =>
  rowsOf<Stored>(
    url,
    `select m.uuid, m.seq, m.rev from messages m join conversations c on c.id = m.conversation
     where c.uuid = $1 order by m.seq`,
    [conversation],
  );

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** How many statements the connection that writes is given while `work` is under way: others ask for what is by the clock. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype;
  const counts = new Map<pg.Client, number>();
  const writing = new Set<pg.Client>();
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    counts.set(this, (counts.get(this) ?? 0) + 1);
    if ((given[0] as { text?: string }).text?.startsWith('begin')) writing.add(this);
    return (query as (...given: unknown[]) => unknown).apply(this, given);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return [...writing].reduce((sum, client) => sum + (counts.get(client) ?? 0), 0);
}

t.test('a batch takes the same number of statements, whatever its size', skip, async (t) => {
  const { url, pairs, conversations } = await withPairs(t, 64);
  const { writer } = await serve(t, url, { batchSize: 256 });
  const send = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const pair = index % pairs.length;
        const conversation = conversations[pair] as string;
        return writer.submit(sendChange(pairs[pair]?.[index % 2] as UserRow, { conversation }, `text ${index}`));
      }),
    );
  // What a statement's values are is asked once in a server's life.
  await send(2);
  await send(256);
  const [one, two, many] = [
    await statements(() => send(1)),
    await statements(() => send(2)),
    await statements(() => send(256)),
  ];
  t.ok(one > 5 && one < 30, `${one} for one send`);
  t.equal(two, one);
  t.equal(many, one);
});

t.test('two servers in the same conversations: no number twice, none left out, nothing lost', skip, async (t) => {
  const { url, pairs, conversations } = await withPairs(t, 3);
  const servers = [await serve(t, url), await serve(t, url)] as [Server, Server];
  const step = fc.record({
    do: fc.constantFrom('send', 'send', 'send', 'both', 'read', 'delete'),
    server: fc.nat(1),
    pair: fc.nat(2),
    who: fc.nat(1),
    number: fc.nat(1_000),
  });
  const made = new Map<string, string>();
  const positions = new Set<number>();
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
    const ids = [...made.keys()];
    await Promise.all(
      steps.map(async ({ do: what, server, pair, who, number }) => {
        const user = pairs[pair]?.[who] as UserRow;
        const conversation = conversations[pair] as string;
        const { writer } = servers[server] as Server;
        if (what === 'read') {
          await writer.submit({ type: 'mark.read', by: by(user), conversation, seq: number });
          return;
        }
        if (what === 'delete') {
          const id = ids[number % ids.length] ?? randomUUIDv7();
          const about = { conversation, id };
          await refusalOf(writer.submit({ type: 'message.delete', by: by(user), ...about }));
          return;
        }
        const change = sendChange(user, { conversation }, `text ${number}`);
        const asked = what === 'send' ? [writer] : servers.map((one) => one.writer);
        const answers = await Promise.all(asked.map((one) => one.submit<Sent>(change)));
        t.equal(answers.filter((answer) => answer.made).length, 1, 'made once, and told by both');
        t.equal(new Set(answers.map(({ message }) => message.seq)).size, 1);
        made.set(change.id, conversation);
      }),
    );
    for (const conversation of conversations) {
      const rows = await said(url, conversation);
      t.same(
        rows.map(({ seq }) => seq),
        upTo(rows.length),
        'seq has no hole',
      );
      const mine = [...made].filter(([, of]) => of === conversation).map(([id]) => id);
      t.same(new Set(rows.slice(1).map(({ uuid }) => uuid)), new Set(mine), 'each once');
      const [row] = await rowsOf<{ rev: number; seq: number; last: number }>(
        url,
        `select c.rev, c.seq, (select count(*) from messages m where m.conversation = c.id and m.deleted_at is not null) as last
         from conversations c where c.uuid = $1`,
        [conversation],
      );
      t.equal(row?.seq, rows.length);
      // It was made at 1; each message took one, and each deletion another.
      t.equal(row?.rev, 1 + rows.length + (row?.last ?? 0), 'rev has no hole');
      t.equal(new Set(rows.map(({ rev }) => rev)).size, rows.length, 'and nobody has it twice');
    }
    for (const { writer } of servers) positions.add(writer.position);
  });
  await fc.assert(property, { numRuns: 6 });
  const [meta] = await rowsOf<{ position: number; last: number }>(url, 'select position, last_id as last from meta');
  t.equal(Math.max(...positions), meta?.position, 'the clock stands where the last of them left it');
  const [keys] = await rowsOf<{ highest: number }>(url, 'select max(id) as highest from messages');
  t.ok((keys?.highest ?? 0) <= (meta?.last ?? 0));
});

t.test(
  'what is acknowledged while its connections are killed is there, and what is refused is not',
  skip,
  async (t) => {
    const { url, pairs, conversations } = await withPairs(t, 4);
    const faults: string[] = [];
    const { writer, store } = await serve(t, url, { onError: (error) => faults.push(String(error)), batchSize: 8 });
    const outcome = new Map<string, string>();
    const send = async (index: number) => {
      const pair = index % pairs.length;
      const change = sendChange(
        pairs[pair]?.[0] as UserRow,
        { conversation: conversations[pair] as string },
        `text ${index}`,
      );
      const refusal = (await refusalOf(writer.submit(change))) as { code: string } | null;
      outcome.set(change.id, refusal?.code ?? 'ok');
    };
    await queried(url, async (killer) => {
      for (let round = 0; round < 16; round += 1) {
        const sending = Array.from({ length: 24 }, (_, index) => send(round * 24 + index));
        // At another moment of a batch each time.
        for (let turns = 0; turns < round % 8; turns += 1) await killer.query('select 1');
        await killer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'parley' and datname = current_database() and query like any(array['%for update', '%messages%', '%meta%', 'commit', 'begin%'])`,
        );
        await Promise.all(sending);
        // A small write of its own tells it that PostgreSQL is there again.
        if (store.trouble !== null) await untilWell(store);
      }
    });
    const there = new Set((await rowsOf<{ uuid: string }>(url, 'select uuid from messages')).map(({ uuid }) => uuid));
    const codes = new Map<string, number>();
    for (const [id, code] of outcome) {
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (there.has(id) !== (code === 'ok')) t.fail(`${code}, and ${there.has(id) ? '' : 'not '}there`);
    }
    t.same([...codes.keys()].sort(), ['STORAGE_FULL', 'ok'], JSON.stringify([...codes]));
    for (const conversation of conversations) {
      const rows = await said(url, conversation);
      t.same(
        rows.map(({ seq }) => seq),
        upTo(rows.length),
        'seq has no hole',
      );
    }
    t.ok(faults.length > 0);
  },
);

async function untilWell(store: Server['store']): Promise<void> {
  while (store.trouble !== null) await new Promise((resolve) => setImmediate(resolve));
}

/** A way to PostgreSQL that can be cut at a COMMIT: before it gets there, or before its answer comes back. */
async function cuttable(t: Test, url: string) {
  const given = new URL(url);
  const folder = mkdtempSync('/tmp/parley-way-');
  const real = join(given.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const way = { cut: null as 'before' | 'after' | 'never' | null, cuts: 0, isOpen: true };
  const open = new Set<Socket>();
  const server = createServer((near) => {
    if (!way.isOpen) return void near.destroy();
    const far = dial(real);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    }
    let after = false;
    near.on('data', (bytes) => {
      const { cut } = way;
      if (cut === null || !bytes.includes('commit\0')) return void far.write(bytes);
      way.cut = null;
      way.cuts += 1;
      if (cut === 'never') return;
      if (cut === 'before') {
        near.destroy();
        far.destroy();
        return;
      }
      after = true;
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!after) return void near.write(bytes);
      // It is done, and nobody hears of it.
      if (!bytes.includes('COMMIT\0')) return;
      near.destroy();
      far.destroy();
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  server.listen(join(folder, '.s.PGSQL.5432'));
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  given.searchParams.set('host', folder);
  return { url: given.href, way };
}

t.test('a COMMIT whose answer is lost is looked up before anything is said', skip, async (t) => {
  const { url, pairs, conversations } = await withPairs(t, 1);
  const { url: through, way } = await cuttable(t, url);
  const { writer, store } = await serve(t, through, { onError: () => {} });
  const [pair] = pairs;
  const [conversation = ''] = conversations;
  const send = () => sendChange(pair?.[0] as UserRow, { conversation }, 'text');
  await writer.submit(send());
  for (const cut of ['after', 'before', 'after'] as const) {
    way.cut = cut;
    const change = send();
    const refusal = await refusalOf(writer.submit(change));
    const there = (await said(url, conversation)).some(({ uuid }) => uuid === change.id);
    if (cut === 'after') t.same([refusal, there], [null, true], 'it is there, and acknowledged');
    else {
      t.match(refusal, { code: 'STORAGE_FULL', status: 507 });
      t.notOk(there);
      t.match(store.trouble, /cannot be reached/);
      await untilWell(store);
    }
  }
  t.equal(way.cuts, 3);
  await writer.submit(send());
  t.same(
    (await said(url, conversation)).map(({ seq }) => seq),
    upTo(5),
  );
});

t.test('a batch that a crash undid is not taken for the one that has its number since', skip, async (t) => {
  const { url, pairs, conversations } = await withPairs(t, 1);
  const { url: through, way } = await cuttable(t, url);
  const { writer, store } = await serve(t, through, { onError: () => {} });
  const [sender] = pairs[0] as [UserRow, UserRow];
  const [conversation = ''] = conversations;
  const send = () => sendChange(sender, { conversation }, 'text');
  await writer.submit(send());
  const number = 'select (pg_snapshot_xmax(pg_current_snapshot())::text)::int as next';
  const next = async () => (await rowsOf<{ next: number }>(url, number))[0]?.next ?? 0;
  const before = await next();
  const lost = send();
  way.cut = 'never';
  way.isOpen = false;
  const refusal = refusalOf(writer.submit(lost));
  while (way.cuts === 0) await new Promise((resolve) => setImmediate(resolve));
  await postgres?.crash();
  const other = await serve(t, url);
  while ((await next()) <= before + 1) await other.writer.submit(send());
  way.isOpen = true;
  t.match(await refusal, { code: 'STORAGE_FULL', status: 507 });
  t.notOk((await said(url, conversation)).some(({ uuid }) => uuid === lost.id));
  await untilWell(store);
  await writer.submit(lost);
  t.ok((await said(url, conversation)).some(({ uuid }) => uuid === lost.id));
});

t.test('what PostgreSQL would not let stand beside another is done anew, and refused in the end', skip, async (t) => {
  const url = await newDatabase();
  const { enter, names, faults, batches } = await postgresPlace(t, url).open();
  await queried(url, async (client) => {
    await client.query('create sequence tries');
    await client.query(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.name like 'late%' and nextval('tries') < 4 then raise exception 'not now' using errcode = '40001'; end if;
      if new.name like 'never%' then raise exception 'not now' using errcode = '40P01'; end if;
      return new; end $$`);
    await client.query('create trigger refuse before insert on users for each row execute function refuse()');
  });
  await Promise.all([enter('early'), enter('late')]);
  t.same(batches, [2]);
  t.same(faults, []);
  t.match(await refusalOf(enter('never')), { code: 'OVERLOADED', retryMs: 1_000 });
  await enter('after');
  t.same(await names(), ['early', 'late', 'after']);
});

t.test('a server waits for its turn', skip, async (t) => {
  const url = await newDatabase();
  const [one, two] = [await postgresPlace(t, url).open(), await postgresPlace(t, url).open()];
  await one.enter('first');
  await queried(url, async (other) => {
    await other.query('begin');
    await other.query('select * from meta for update');
    const waiting = [one.enter('a'), two.enter('b')];
    const waits = `select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await rowsOf<{ count: number }>(url, waits))[0]?.count !== 2);
    t.same(await one.names(), ['first']);
    await other.query('commit');
    await Promise.all(waiting);
  });
  t.same((await one.names()).sort(), ['a', 'b', 'first']);
  t.same([...one.faults, ...two.faults], []);
});

t.test('a database that takes nothing is told of, and written to again when it does', skip, async (t) => {
  const url = await newDatabase();
  const { enter, names, writer } = await postgresPlace(t, url).open();
  await enter('before');
  const name = new URL(url).pathname.slice(1);
  const renew = async (readOnly: boolean) =>
    queried(url.replace(name, 'postgres'), async (client) => {
      await client.query(`alter database ${name} set default_transaction_read_only = ${readOnly}`);
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    });
  await renew(true);
  const refusals: unknown[] = [];
  while (refusals.length === 0) {
    const refusal = await refusalOf(enter('meanwhile'));
    if (refusal !== null) refusals.push(refusal);
  }
  t.match(refusals, [{ code: 'STORAGE_FULL', message: 'The server cannot store anything at the moment.' }]);
  t.match(await refusalOf(enter('meanwhile')), { code: 'STORAGE_FULL' });
  await renew(false);
  while ((await refusalOf(enter('after'))) !== null) await new Promise((resolve) => setImmediate(resolve));
  t.match(await names(), ['before', 'after']);
  t.equal(writer.waiting, 0);
});

t.test('a crash of PostgreSQL under load loses nothing that was acknowledged', skip, async (t) => {
  const url = await newDatabase();
  const { enter, names } = await postgresPlace(t, url).open({ batchSize: 10 });
  const taken: string[] = [];
  const sending = Array.from({ length: 100 }, async (_, index) => {
    if ((await refusalOf(enter(`name ${index}`))) === null) taken.push(`name ${index}`);
  });
  await sending[20];
  await postgres?.crash();
  await Promise.all(sending);
  const kept = new Set(await names());
  t.same(kept, new Set(taken));
  t.ok(taken.length > 20);
});
