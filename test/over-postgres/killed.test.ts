/** Servers on one PostgreSQL that are killed under load, and PostgreSQL itself: nothing acknowledged is lost or doubled. */
import { randomUUIDv7 } from 'node:crypto';
import t, { type Test } from 'tap';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, callers } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';
import { type ServerProcess, startServer } from '../life/server-process.ts';
import { answeringAgent, Book, type Writer, writingVisitor } from '../life/writers.ts';
import { compare } from './stored.ts';

const KILLS = 2;
/** Acknowledged before the next one. */
const LIFE = 150;

t.setTimeout(500_000);
const skip = { skip: noPostgres };
const postgres = noPostgres ? null : await startPostgres(t);

/** Somebody of the team at one server, who hears everything. */
async function listening(url: string, actor: Actor) {
  const client = new RawClient(url, actor, { inbox: true });
  await client.connect();
  return client;
}

async function twoServers(t: Test) {
  const database = (await postgres?.database()) ?? '';
  const folder = tempFolder(t);
  const start = () => startServer(t, folder, { PARLEY_DATABASE: database, PARLEY_LOG_LEVEL: 'fatal' });
  const servers: [ServerProcess, ServerProcess] = [await start(), await start()];
  const book = new Book();
  const people = callers(t, servers[0].url);
  const agent = await people.member('agent', 'Ada');
  const visitors: Writer[] = [];
  for (let index = 0; index < 4; index += 1) visitors.push(await writingVisitor(book, people));
  const writers = [...visitors, await answeringAgent(book, people, visitors[0] as Writer)];
  return { database, start, servers, book, agent, writers };
}

t.test('a server that is killed takes nothing with it, and who is at the other hears all', skip, async (t) => {
  const { database, start, servers, book, agent, writers } = await twoServers(t);
  const ear = await listening(servers[1].url, agent);
  const at = (place: number) => writers.filter((_, index) => index % 2 === place);
  const others = at(1).map((writer) => writer.writeUntilCut(servers[1].url));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const doomed = book.grownBy(LIFE);
    const cut = at(0).map((writer) => writer.writeUntilCut(servers[0].url));
    await doomed;
    await servers[0].end('SIGKILL');
    await Promise.all(cut);
    await book.grownBy(LIFE);
    await compare(t, database, book, `after kill ${kill}`);
    servers[0] = await start();
  }
  t.equal(ear.connected, true, 'the other noticed nothing');
  const cut = at(0).map((writer) => writer.writeUntilCut(servers[0].url));
  await book.grownBy(LIFE);
  for (const server of servers) t.same(await server.end('SIGTERM'), [0, null]);
  await Promise.all([...cut, ...others]);
  await compare(t, database, book, 'in the end');
  t.same(ear.faults, [], 'no rev was missing, and none came twice');
  t.ok(book.retried > 0, `${book.retried} that were under way were sent again`);
});

/** Says it under one id until it is taken. */
async function insist(book: Book, url: string, actor: Actor, conversation: string, content: string): Promise<void> {
  const id = randomUUIDv7();
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`${url}/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${actor.token}` },
      body: JSON.stringify({ id, content }),
    });
    const body = await response.json();
    if (response.ok) return book.note(body, tries > 1);
  }
}

t.test('PostgreSQL is killed under load, and both servers go on', skip, async (t) => {
  const { database, servers, book, agent, writers } = await twoServers(t);
  const ears = [await listening(servers[0].url, agent), await listening(servers[1].url, agent)];
  for (let crash = 1; crash <= 2; crash += 1) {
    const doomed = book.grownBy(LIFE / 3);
    const saying = writers.map(async ({ conversation }, index) => {
      for (let count = 0; count < LIFE / 3; count += 1) {
        await insist(book, servers[index % 2]?.url ?? '', agent, conversation, `${crash} ${index} ${count}`);
      }
    });
    await doomed;
    await postgres?.crash();
    await Promise.all(saying);
    await compare(t, database, book, `after crash ${crash}`);
  }
  t.ok(book.retried > 0, `${book.retried} were sent again`);
  for (const ear of ears) {
    if (!ear.connected) await ear.connect();
    await ear.settle();
    t.same(ear.faults, [], 'no rev was missing, and none came twice');
  }
  for (const server of servers) {
    t.equal(server.child.exitCode, null, 'it is the same process');
    t.same(await server.end('SIGTERM'), [0, null]);
  }
});
