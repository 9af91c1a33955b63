/** Everybody's line is lost at once, and everybody comes back at once: all are let in, and have what they missed. */
import t from 'tap';
import { seedPairsAlone } from '../../bench/seed/pairs.ts';
import { fromFile } from '../life/as-file.ts';
import { startServer } from '../life/server-process.ts';
import { countOf } from './counts.ts';
import { Returning } from './returning.ts';
import { tempFolder } from './talk.ts';

const CLIENTS = countOf('CLIENTS', 500, 10_000);

t.setTimeout(200_000 + CLIENTS * 40);

t.test(`${CLIENTS} clients come back at once after a kill`, async (t) => {
  const folder = tempFolder(t);
  const { tokens, conversations } = await seedPairsAlone(folder, CLIENTS);
  await fromFile(folder);
  const first = await startServer(t, folder);
  const clients = tokens.map((token, place) => new Returning(first.url, token, conversations[place] ?? ''));
  // Gently, the first time: a hundred at once.
  for (let from = 0; from < CLIENTS; from += 100)
    await Promise.all(clients.slice(from, from + 100).map((client) => client.comeIn()));
  const [here, away] = [clients.filter((_, place) => place % 2 === 0), clients.filter((_, place) => place % 2 === 1)];
  for (const client of away) client.cut();
  for (const answer of await Promise.all(here.map((client) => client.say('while you were away'))))
    if (answer.type !== 'ok') t.fail(JSON.stringify(answer));

  t.same(await first.end('SIGKILL'), [null, 'SIGKILL']);
  const back = Promise.all(clients.map((client) => client.comeIn()));
  const second = await startServer(t, folder, { PARLEY_PORT: new URL(first.url).port });
  const began = performance.now();
  await back;
  const ms = Math.round(performance.now() - began);
  const refused = clients.reduce((sum, client) => sum + client.refused, 0);
  t.comment(`all are back ${ms} ms after the server listens, ${refused} tries in vain`);

  const missing = away.filter(({ welcome, conversation }) => {
    const [one] = welcome.conversations;
    return welcome.reset || one?.id !== conversation || one.seq !== 1 || one.my.unread !== 1;
  });
  t.equal(missing.length, 0, 'who was away is told what was said');
  t.equal(here.filter(({ welcome }) => welcome.reset).length, 0, 'nobody has to begin anew');
  const heard = here.map((client) => client.next('message.created'));
  for (const answer of await Promise.all(away.map((client) => client.say('there I am'))))
    if (answer.type !== 'ok') t.fail(JSON.stringify(answer));
  t.equal((await Promise.all(heard)).filter(({ message }) => message.seq === 2).length, here.length, 'all hear it');
  for (const client of clients) client.cut();
  t.same(await second.end('SIGTERM'), [0, null]);
});
