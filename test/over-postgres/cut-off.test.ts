/** A server that is cut off from PostgreSQL, beside one that is not: it refuses, acknowledges nothing, and comes back. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { openWay } from '../db/postgres/way.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, startApp } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';

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
  t.match(await app.request('GET', 'conversations', undefined, vera.token), { status: 200 });
});
