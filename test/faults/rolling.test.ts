/**
 * Three servers on one PostgreSQL are started anew, one after another, while people write: whose server goes away goes to the
 * next one. Nothing acknowledged is lost, nothing is doubled, and everybody has what the servers have.
 */
import t from 'tap';
import { seedPairsAlone } from '../../bench/seed/pairs.ts';
import { runParley } from '../cli/parley.ts';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import type { Stored } from '../life/ledger.ts';
import { startServer } from '../life/server-process.ts';
import { Book } from '../life/writers.ts';
import { compare } from '../over-postgres/stored.ts';
import { countOf } from './counts.ts';
import { tempFolder } from './talk.ts';
import { Wanderer } from './wanderer.ts';

const SERVERS = 3;
const CLIENTS = countOf('CLIENTS', 60, 2_000);
/** Who write at the same moment, each as soon as the one before is acknowledged. */
const LANES = countOf('LANES', 6, 16);
/** Acknowledged between two restarts. */
const BETWEEN = 2 * CLIENTS;

t.setTimeout(300_000 + CLIENTS * 1_000);

/** Everybody of a share writes in turn while it goes on. */
async function write(share: readonly Wanderer[], book: Book, going: () => boolean): Promise<void> {
  for (let round = 1; going(); round += 1) {
    for (const client of share) if (going()) await client.say(`${round}`, book);
  }
}

/** What a client has that is not so in the database, and the other way round. */
function differences({ home, conversations, threads, faults }: Wanderer, kept: Map<string, Stored>): string[] {
  const found = [...faults];
  const held = [...(threads.get(home)?.messages.values() ?? [])];
  for (const { id, seq, rev, content } of held) {
    const stored = kept.get(`${home} ${id}`);
    if (JSON.stringify(stored) !== JSON.stringify({ seq, rev, content }))
      found.push(`${id} is ${JSON.stringify(stored)}`);
  }
  const { seq, rev } = conversations.get(home) ?? {};
  // That many are there, as it was told with the conversation, and is compared with the database by numbers without holes.
  if (seq !== held.length) found.push(`${held.length} messages, and seq is ${seq}`);
  if (rev !== threads.get(home)?.held) found.push(`rev ${rev}`);
  return found;
}

const median = (values: readonly number[]) => Math.round([...values].sort((a, b) => a - b)[values.length >> 1] ?? 0);

t.test(`${CLIENTS} clients while each server starts anew`, { skip: noPostgres }, async (t) => {
  const postgres = await startPostgres(t);
  const [database, folder] = [await postgres.database(), tempFolder(t)];
  const { tokens, conversations } = await seedPairsAlone(folder, CLIENTS);
  t.match(await runParley(['migrate', '--from', `sqlite:${folder}`, '--to', database]), { code: 0 });
  const start = (port = '0') => startServer(t, folder, { PARLEY_DATABASE: database, PARLEY_PORT: port });
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => start()));
  const addresses = servers.map(({ url }) => url);
  const clients = tokens.map((token, place) => new Wanderer(addresses, place, token, conversations[place] ?? ''));
  for (let from = 0; from < CLIENTS; from += 100)
    await Promise.all(clients.slice(from, from + 100).map((client) => client.comeIn()));

  const book = new Book();
  let going = true;
  const shares = Array.from({ length: LANES }, (_, lane) => clients.filter((_, place) => place % LANES === lane));
  const writing = Promise.all(shares.map((share) => write(share, book, () => going)));
  for (const [place, server] of servers.entries()) {
    await book.grownBy(BETWEEN);
    const [began, before] = [performance.now(), book.acknowledged.size];
    t.same(await server.end('SIGTERM'), [0, null], 'told to stop, it stops in order');
    const ended = performance.now();
    servers[place] = await start(new URL(server.url).port);
    const started = performance.now();
    await Promise.all(clients.map((client) => client.whenHere()));
    const [all, away] = [performance.now(), clients.flatMap((client) => client.away.splice(0))];
    t.comment(
      `server ${place + 1}: ${away.length} lines; it ended after ${Math.round(ended - began)} ms and listened again ` +
        `${Math.round(started - ended)} ms later; a line was away for ${median(away)} ms (median), ` +
        `${Math.round(Math.max(...away))} at most; all were back ${Math.round(all - began)} ms after the signal; ` +
        `${book.acknowledged.size - before} messages were acknowledged meanwhile`,
    );
  }
  await book.grownBy(BETWEEN);
  going = false;
  await writing;
  t.comment(
    `${book.acknowledged.size} messages, ${book.retried} of them sent more than once; ` +
      `${clients.reduce((sum, { refused }) => sum + refused, 0)} tries to come in in vain`,
  );

  const kept = await compare(t, database, book, 'in the end');
  t.equal(kept.size, book.acknowledged.size, 'and no others');
  await Promise.all(clients.map((client) => client.settle()));
  t.same(
    clients.flatMap((client) => differences(client, kept)).slice(0, 20),
    [],
    'everybody has what the servers have',
  );
  for (const client of clients) client.leave();
  for (const server of servers) t.same(await server.end('SIGTERM'), [0, null]);
});
