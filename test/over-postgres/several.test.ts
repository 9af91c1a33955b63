/** Several servers on one PostgreSQL: whoever is at one hears what is done at another, as if there were one. */
import t, { type Test } from 'tap';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';
import { makeTeam, playedOut } from '../life/scene.ts';
import { manySteps } from '../life/steps.ts';
import type { TestLine } from '../line.ts';
import { NEAR, register, startHook } from '../outbound/webhooks/hook.ts';
import fc from '../property.ts';
import { seed } from '../seed.ts';

const RUNS = Number(process.env.RUNS ?? 4);

t.setTimeout(500_000);
const skip = { skip: noPostgres };
const postgres = noPostgres ? null : await startPostgres(t);

async function startSeveral(t: Test, count: number, overrides: Parameters<typeof startApp>[1] = {}) {
  const [database, folder] = [(await postgres?.database()) ?? '', tempFolder(t)];
  const apps: TestApp[] = [];
  for (let index = 0; index < count; index += 1) {
    apps.push(await startApp(t, { database, ...overrides }, { folder }));
  }
  return { database, apps: apps as [TestApp, TestApp, ...TestApp[]] };
}

/** The same person, who calls another server. */
const at = (app: TestApp, { token, user }: Actor) => app.actor(token, user);

/** Resolves when each server has published what all had written by now: batches have one order. */
async function meeting(apps: readonly TestApp[]): Promise<() => Promise<void>> {
  const [first] = apps as [TestApp];
  const people = [await first.hostUser('before', {}), await first.hostUser('behind', {})] as const;
  const key = await first.key('*');
  const participants = people.map(({ user }) => ({ userId: user.id }));
  const { id } = (await key.request('POST', 'conversations', { kind: 'room', participants })).body;
  const lines = await Promise.all(apps.map((app) => at(app, people[0]).connect()));
  let count = 0;
  return async () => {
    count += 1;
    const contents = apps.map((_, index) => `${count} ${index}`);
    const heard = lines.flatMap((line) =>
      contents.map((content) => line.event(({ message }: Body) => message?.content === content)),
    );
    await Promise.all(
      apps.map((app, index) =>
        at(app, people[1]).request('POST', `conversations/${id}/messages`, { content: contents[index] }),
      ),
    );
    await Promise.all(heard);
  };
}

/** What is written at one server meanwhile: its rows are gone before another has read them, which is not told of it either. */
async function unheard(database: string, work: () => Promise<unknown>): Promise<void> {
  await queried(database, async (owner) => {
    await owner.query(`create function forget() returns trigger language plpgsql as $$ begin return null; end $$`);
    await owner.query('create trigger forget before insert on publications for each row execute function forget()');
    await work();
    await owner.query('drop trigger forget on publications');
  });
}

t.test('what is done at either server is heard at both, in the same frames and order', skip, async (t) => {
  const { apps } = await startSeveral(t, 2);
  const [a, b] = apps;
  const allHeard = await meeting(apps);
  const [ada, vera, admin] = [await a.member('agent', 'Ada'), await a.visitor({ name: 'Vera' }), await a.admin()];
  const inbox: [TestLine, TestLine] = [
    await at(a, ada).connect({ inbox: true }),
    await at(b, ada).connect({ inbox: true }),
  ];
  const hers = await at(b, vera).connect();
  const { body: begun } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  const path = `conversations/${begun.conversationId}`;
  await hers.event('message.created');
  const sending = apps.flatMap((app) =>
    Array.from({ length: 40 }, (_, index) =>
      at(app, index % 2 === 0 ? ada : vera).request('POST', `${path}/messages`, { content: `${app.url} ${index}` }),
    ),
  );
  const sent = await Promise.all(sending);
  const id = sent[3]?.body.id;
  const author = sent[3]?.body.author.id === vera.user.id ? vera : ada;
  await at(b, author).request('PATCH', `${path}/messages/${id}`, { content: 'edited' });
  await at(a, author).request('DELETE', `${path}/messages/${id}`);
  await at(b, ada).request('POST', `${path}/claim`);
  await at(b, ada).request('POST', `${path}/read`, { seq: 20 });
  await at(b, ada).request('PATCH', path, { status: 'closed' });
  await allHeard();
  const durable = (frames: Body[]) =>
    frames.filter(({ re, conversationId }) => !re && conversationId === begun.conversationId);
  const [one, other] = [durable(inbox[0].frames), durable(inbox[1].frames)];
  t.same(other, one);
  t.ok(one.length > 84);
  const revs = one.filter(({ rev }) => rev !== undefined).map(({ rev }) => rev);
  t.same(
    revs,
    revs.map((_, index) => (revs[0] ?? 0) + index),
    'no hole, and nothing twice',
  );
  t.match(durable(hers.frames).at(-1), { type: 'conversation.updated', conversation: { status: 'closed' } });

  const offered = await at(b, admin).request('PATCH', 'settings', { away: 'Back on Monday' });
  t.equal(offered.status, 200);
  await allHeard();
  t.match((await a.request('GET', 'widget/config')).body, { away: 'Back on Monday' }, 'what is kept at hand is new');

  const blocked = await at(a, admin).request('POST', `users/${vera.user.id}/block`);
  t.equal(blocked.status, 200);
  t.equal((await hers.closed).code, 4202, 'whose access ends at one is cut off at the other');
});

t.test('who missed something is cut off, comes back, and has all of it', skip, async (t) => {
  const { apps, database } = await startSeveral(t, 2);
  const [a, b] = apps;
  const vera = await a.visitor({ name: 'Vera' });
  const { body: begun } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  const client = new RawClient(b.url, vera);
  await client.connect();
  await client.open(begun.conversationId);
  await client.settle();
  const stream = await at(b, vera).connect();
  await unheard(database, () =>
    vera.request('POST', `conversations/${begun.conversationId}/messages`, { content: 'A green one?' }),
  );
  t.equal((await stream.closed).code, 4000);
  t.equal((await b.request('GET', '/readyz')).status, 200);
  await client.connect();
  await client.settle();
  const texts = () =>
    [...(client.threads.get(begun.conversationId)?.messages.values() ?? [])].map(({ content }) => content);
  t.same(texts().sort(), ['A green one?', 'A lamp?']);
  t.same(client.faults, []);
  const back = await at(b, vera).connect();
  await vera.request('POST', `conversations/${begun.conversationId}/messages`, { content: 'Or blue?' });
  t.match(await back.event('message.created'), { message: { content: 'Or blue?', seq: 3 } });
  client.cut();
});

t.test('whose line is about to be closed for what it missed is told no cursor beyond that', skip, async (t) => {
  const { apps, database } = await startSeveral(t, 2);
  const [a, b] = apps;
  const vera = await a.visitor({ name: 'Vera' });
  const { body: begun } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  const lines = [];
  for (let index = 0; index < 8; index += 1) lines.push(await at(b, vera).connect());
  const [first, last] = [lines.at(0), lines.at(-1)] as [TestLine, TestLine];
  let { cursor } = await last.call({ type: 'ping' });
  await unheard(database, () =>
    vera.request('POST', `conversations/${begun.conversationId}/messages`, { content: 'A green one?' }),
  );
  await first.closed;
  // They are closed one after another: this one hears nothing more, and is still answered.
  for (;;) {
    const answer = await last.call({ type: 'ping' }).catch(() => null);
    if (answer?.type !== 'ok') break;
    cursor = answer.cursor;
  }
  t.equal((await last.closed).code, 4000);
  const { body: changes } = await at(b, vera).request('GET', `changes?cursor=${cursor}`);
  t.match(changes, { reset: false, conversations: [{ id: begun.conversationId, seq: 2 }] });
});

t.test('what was missed and cannot be read just then is read a moment later', skip, async (t) => {
  const { apps, database } = await startSeveral(t, 1, NEAR);
  const [app] = apps;
  const [admin, hook] = [await app.admin(), await startHook(t)];
  t.equal((await register(admin, hook, { enabled: false })).enabled, false);
  await admin.request('PATCH', 'settings', { away: 'Back on Monday' });
  const waiting = `from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await queried(database, async (holder) => {
    await queried(database, async (other) => {
      await other.query('begin');
      await other.query(`update settings set value = replace(value::text, 'Monday', 'Tuesday')::json`);
      await other.query('update webhooks set enabled = true');
      await other.query(
        `insert into jobs (id, uuid, kind, state, created_at) values (-1, 'one', 'removal', '{"uuid":"one","conversations":[]}', 0)`,
      );
      await other.query('update meta set position = position + 1000');
      await holder.query('begin');
      const held = holder.query('lock table settings');
      while ((await queried(database, (looker) => looker.query(`select ${waiting}`))).rowCount === 0);
      await other.query('commit');
      await held;
      // All is asked over one connection.
      while ((await other.query(`select pg_terminate_backend(pid) ${waiting}`)).rowCount === 0);
    });
    await holder.query('rollback');
  });
  const away = async () => (await app.request('GET', 'widget/config')).body.away;
  while ((await away()) !== 'Back on Tuesday') await new Promise((resolve) => setImmediate(resolve));
  const jobs = async () => (await queried(database, (client) => client.query('select from jobs'))).rowCount;
  while ((await jobs()) !== 0);
  const vera = await app.visitor({ name: 'Vera' });
  await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  await hook.until(1);
});

t.test('whatever people do at three servers at once ends in equal states for everybody', skip, async (t) => {
  const { apps } = await startSeveral(t, 3, { direct: 'everybody' });
  const [app] = apps;
  const team = await makeTeam(app);
  const servers = { urls: apps.map(({ url }) => url), allHeard: await meeting(apps) };
  const property = fc.asyncProperty(manySteps, (steps) => playedOut(app, team, steps, servers));
  const result = await fc.check(property, { numRuns: RUNS, endOnFailure: true });
  t.equal(result.failed, false, `seed ${seed} path ${result.counterexamplePath}: ${result.errorInstance}`);
});
