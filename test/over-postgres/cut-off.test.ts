/** A server that is cut off from PostgreSQL, beside one that is not: it refuses, acknowledges nothing, and comes back. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { openWay } from '../db/postgres/way.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, startApp } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';
import { Book, writingVisitor } from '../life/writers.ts';
import { compare } from './stored.ts';

/** Acknowledged before it goes on. */
const ENOUGH = 100;

t.setTimeout(300_000);
const postgres = noPostgres ? null : await startPostgres(t);

async function readiness(url: string) {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, await answer.json()];
}

async function untilReady(url: string): Promise<void> {
  while ((await readiness(url))[0] !== 200);
}

/** Whose last server is gone is offline to the others: what is said from then on they keep for nobody. */
async function until(state: 'online' | 'offline', actor: Actor, { user }: Actor): Promise<void> {
  while ((await actor.request('GET', `presence?users=${user.id}`)).body.users[0].state !== state);
}

t.test('cut off without a word, it refuses what it cannot store, and comes back', { skip: noPostgres }, async (t) => {
  const database = (await postgres?.database()) ?? '';
  const way = await openWay(t, database);
  const [folder, other] = [tempFolder(t), tempFolder(t)];
  const app = await startApp(t, { database: way.url, presenceGraceMs: 0 }, { folder });
  const beside = await startApp(t, { database, presenceGraceMs: 0 }, { folder: other });
  const [ada, vera] = [await beside.member('agent', 'Ada'), await app.visitor({ name: 'Vera' })];
  const { body: begun } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  const id: string = begun.conversationId;
  const client = new RawClient(app.url, vera);
  await client.connect();
  await client.open(id);
  await client.settle();
  await until('online', ada, vera);
  const say = (message: object) => client.call({ type: 'message.send', conversationId: id, message });
  const lists = () =>
    Promise.all(Array.from({ length: 20 }, () => app.request('GET', 'conversations', undefined, vera.token)));
  // All connections for readings are there.
  await lists();

  way.fallSilent();
  const lost = { id: randomUUIDv7(), content: 'Is anybody there?' };
  const first = say(lost);
  const list = app.request('GET', 'conversations', undefined, vera.token);
  const answered = await ada.request('POST', `conversations/${id}/messages`, { content: 'A green one.' });
  t.equal(answered.status, 201, 'the other goes on');
  t.match(await first, {
    type: 'error',
    code: 'STORAGE_FULL',
    message: 'The server cannot store anything at the moment.',
  });
  t.match(await list, { status: 503, body: { code: 'OVERLOADED' } });
  t.match(await readiness(app.url), [503, { status: 'unavailable', reason: /^PostgreSQL cannot be reached/ }]);
  t.match(await say(lost), { type: 'error', code: 'STORAGE_FULL' });
  t.match(await app.request('GET', 'conversations', undefined, vera.token), {
    status: 503,
    body: { code: 'OVERLOADED' },
  });
  await until('offline', ada, vera);
  t.equal((await ada.request('POST', `conversations/${id}/messages`, { content: 'Or a blue one.' })).status, 201);

  way.mend();
  await untilReady(app.url);
  await client.until(({ type }) => type === 'bye');
  const statuses = (await lists()).map(({ status }) => status);
  t.same(new Set(statuses), new Set([200]), 'nobody is given a connection that was cut');
  t.match(client.frames.at(-1), { type: 'bye', code: 4000 }, 'who may have missed something is told to come back');
  await client.connect();
  await client.settle();
  const contents = () => [...client.thread(id).messages.values()].map(({ seq, content }) => [seq, content]);
  t.same(contents(), [
    [1, 'A lamp?'],
    [2, 'A green one.'],
    [3, 'Or a blue one.'],
  ]);
  t.match(await say(lost), { type: 'ok', message: { seq: 4 } });
  t.same(client.faults, []);
  await queried(database, async (owner) => {
    const { rows } = await owner.query("select seq, content from messages where kind <> 'system' order by seq");
    t.same(
      rows.map(({ seq, content }) => [Number(seq), content]),
      contents(),
      'nothing is there that was refused',
    );
  });
});

t.test('cut off amid writing, it acknowledges what is stored, and that once', { skip: noPostgres }, async (t) => {
  const database = (await postgres?.database()) ?? '';
  const way = await openWay(t, database);
  const app = await startApp(t, { database: way.url, presenceGraceMs: 0 }, { folder: tempFolder(t) });
  const beside = await startApp(t, { database, presenceGraceMs: 0 }, { folder: tempFolder(t) });
  const [ada, vera] = [await beside.member('agent', 'Ada'), await beside.visitor({ name: 'Vera' })];
  const client = new RawClient(app.url, vera);
  const [own, theirs] = [new Book(), new Book()];
  let stopped = false;
  const write = async (book: Book, { url }: { url: string }) => {
    const writer = await writingVisitor(book, beside);
    return (async () => {
      while (!stopped) await writer.writeUntilCut(url);
    })();
  };
  const writing: Promise<void>[] = [];
  for (let people = 1; people <= 3; people += 1) writing.push(write(own, app), write(theirs, beside));
  const compareAll = async (when: string) => {
    await compare(t, database, own, `${when}, its own`);
    await compare(t, database, theirs, `${when}, the other's`);
  };
  await own.grownBy(ENOUGH);
  await client.connect();
  for (let round = 1; round <= 2; round += 1) {
    await until('online', ada, vera);
    await own.grownBy(ENOUGH);
    way.fallSilent();
    await theirs.grownBy(ENOUGH);
    await compareAll(`cut off for the ${round}. time`);
    await until('offline', ada, vera);
    await theirs.grownBy(ENOUGH);
    way.mend();
    await client.until(({ type }) => type === 'bye');
    await untilReady(app.url);
    t.match(await client.connect(), { type: 'welcome' }, 'whoever comes then gets in');
    await own.grownBy(ENOUGH);
    await client.settle();
    t.notOk(
      client.events.some(({ type }) => type === 'bye'),
      'and is not sent away again',
    );
  }
  stopped = true;
  await Promise.all([app.stop(), beside.stop(), ...writing]);
  t.ok(own.retried > 0, `${own.retried} were sent again`);
  t.same(client.faults, []);
  await compareAll('in the end');
});
