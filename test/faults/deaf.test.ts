/** Many who never read, beside many who do: these are told everything, and the server's memory stays what it was. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t from 'tap';
import WebSocket from 'ws';
import { Seed } from '../../bench/seed/seed.ts';
import { fromFile } from '../life/as-file.ts';
import { startServer } from '../life/server-process.ts';
import { lineTo } from '../servers.ts';
import { countOf } from './counts.ts';
import { tempFolder } from './talk.ts';

/** Of those who read, and of those who do not. */
const RECEIVERS = countOf('RECEIVERS', 40, 500);
const MESSAGES = 800;
const CONTENT = 'x'.repeat(9_900);
const BUFFER_BYTES = 64 * 1024;
const MIB = 1024 ** 2;

t.setTimeout(200_000 + RECEIVERS * 1_000);

const resident = (pid: number | undefined) => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
};

async function enter(url: string, token: string | null): Promise<WebSocket> {
  const socket = new WebSocket(`${lineTo(url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1', {
    perMessageDeflate: false,
  });
  socket.on('error', () => {});
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, type: 'hello', token }));
  await once(socket, 'message');
  return socket;
}

/** Counts the messages that come, each of which must be the one after the last; resolves with the last. */
function readAll(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    let seq = 0;
    socket.on('message', (data: Buffer) => {
      const head = data.toString('latin1', 0, 400);
      if (!head.startsWith('{"type":"message.created"')) return;
      seq += 1;
      if (!head.includes(`"seq":${seq},`)) reject(new Error(`not ${seq}: ${head}`));
      else if (seq === MESSAGES) resolve();
    });
    socket.on('close', (code) => reject(new Error(`a reader was closed after ${seq}: ${code}`)));
  });
}

t.test(`${RECEIVERS} who never read beside ${RECEIVERS} who do`, { skip: process.platform !== 'linux' }, async (t) => {
  const folder = tempFolder(t);
  const seed = await Seed.in(folder);
  const people = Array.from({ length: 2 * RECEIVERS + 1 }, (_, place) => seed.person('user', `Member ${place}`, true));
  const room = seed.room('hall', people);
  seed.end();
  await fromFile(folder);
  const server = await startServer(t, folder, {
    PARLEY_SOCKET_BUFFER_BYTES: String(BUFFER_BYTES),
    PARLEY_MAX_LENGTH: '10000',
  });
  const sockets: WebSocket[] = [];
  for (const { token } of people) sockets.push(await enter(server.url, token));
  const [sender, ...receivers] = sockets as [WebSocket, ...WebSocket[]];
  const deaf = receivers.slice(0, RECEIVERS);
  for (const socket of deaf) socket.pause();
  const readers = receivers.slice(RECEIVERS).map(readAll);
  const all = Promise.all(readers);
  const before = resident(server.child.pid);
  let most = 0;
  for (let id = 2; id < MESSAGES + 2; id += 1) {
    const message = { content: CONTENT };
    sender.send(JSON.stringify({ id, type: 'message.send', conversationId: room.uuid, message }));
    const [data] = (await once(sender, 'message')) as [Buffer];
    if (!data.includes('"type":"ok"')) t.fail(data.toString('latin1', 0, 300));
    if (id % 20 === 0) most = Math.max(most, resident(server.child.pid) - before);
  }
  await t.resolves(all, 'who reads is told everything, in its order');
  const allowed = 160 * MIB + RECEIVERS * 4 * BUFFER_BYTES;
  t.ok(most < allowed, `${Math.round(most / MIB)} MiB more at most, of ${Math.round(allowed / MIB)}`);

  const ends = deaf.map(async (socket) => {
    const closed = once(socket, 'close');
    socket.resume();
    return (await closed)[0];
  });
  // Who goes on not reading does not read the close either, and is cut after it.
  for (const code of await Promise.all(ends)) t.ok([4000, 1006].includes(code), 'who does not read is let go of');
  for (const socket of receivers) socket.removeAllListeners('close').terminate();
  sender.terminate();
  t.same(await server.end('SIGTERM'), [0, null]);
});
