/** A server on a network of its own, whose link to PostgreSQL is cut: packets are lost, and no connection is told. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { callers, startApp } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';
import { startServer } from '../life/server-process.ts';
import { makeNetwork, noNetwork } from './network.ts';

t.setTimeout(300_000);

t.test('it refuses what it cannot store, and comes back', { skip: noPostgres || noNetwork() }, async (t) => {
  const network = makeNetwork(t);
  const postgres = await startPostgres(t, network.settings);
  const database = await postgres.database();
  const way = new URL(database);
  way.searchParams.delete('host');
  way.hostname = network.postgres;
  const beside = await startApp(t, { database }, { folder: tempFolder(t) });
  const settings = { PARLEY_DATABASE: way.href, PARLEY_HOST: network.host, PARLEY_LOG_LEVEL: 'fatal' };
  const server = await startServer(t, tempFolder(t), settings, network.through);
  const app = callers(t, server.url);
  const [ada, vera] = [await beside.member('agent', 'Ada'), await app.visitor()];
  const { body: begun } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  const id: string = begun.conversationId;
  const client = new RawClient(server.url, vera);
  await client.connect();
  await client.open(id);
  await client.settle();
  const say = (message: object) => client.call({ type: 'message.send', conversationId: id, message });
  const isReady = async () => (await fetch(`${server.url}/readyz`)).status === 200;

  network.cut();
  const lost = { id: randomUUIDv7(), content: 'Is anybody there?' };
  t.match(await say(lost), { type: 'error', code: 'STORAGE_FULL' });
  t.notOk(await isReady());
  const answered = async (content: string) => ada.request('POST', `conversations/${id}/messages`, { content });
  t.match(await answered('A green one.'), { status: 201 }, 'the other goes on');
  while ((await ada.request('GET', `presence?users=${vera.user.id}`)).body.users[0].state !== 'offline');
  t.match(await answered('Or a blue one.'), { status: 201 });

  network.mend();
  await client.until(({ type }) => type === 'bye');
  while (!(await isReady()));
  await client.connect();
  await client.settle();
  t.match(await say(lost), { type: 'ok', message: { seq: 4 } });
  const contents = [...client.thread(id).messages.values()].map(({ content }) => content);
  t.same(contents, ['A lamp?', 'A green one.', 'Or a blue one.', 'Is anybody there?']);
  t.same(client.faults, []);
  t.same(await server.end('SIGTERM'), [0, null]);
});
