/** More connections than a process may have files open: who is in goes on, files come and go, and then there is room. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import WebSocket from 'ws';
import { roomForConnections } from '../../src/cli/open-files.ts';
import { callers } from '../helper.ts';
import { download, formWith, post } from '../http/form.ts';
import { startServer } from '../life/server-process.ts';
import { tempFolder } from './talk.ts';

const OPEN_FILES = 160;
const COMERS = 400;

const limited = ['sh', '-c', `ulimit -n ${OPEN_FILES} && exec "$@"`, 'sh'];

/** Connections that say nothing; each is there or was turned away when it resolves. */
async function silentOnes(t: Test, url: string): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: COMERS }, () => connect(Number(port), hostname).on('error', () => {}));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const settled = (socket: Socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  await Promise.all(sockets.map(settled));
  return sockets;
}

t.test('what the limit of open files leaves for connections', (t) => {
  t.same(roomForConnections(65_536), { connections: 65_336, sockets: 58_802 });
  t.same(roomForConnections(1_024), { connections: 824, sockets: 741 });
  t.same(roomForConnections(160), { connections: 80, sockets: 72 }, 'of little, half');
  t.equal(roomForConnections(null), null, 'where nobody tells it');
  t.end();
});

t.test('four hundred who come at once to a process that may open 160 files', async (t) => {
  const server = await startServer(t, tempFolder(t), {}, limited);
  const people = callers(t, server.url);
  const visitor = await people.visitor();
  const line = await visitor.connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'before' } });
  const { hostname, port } = new URL(server.url);

  // Each asks for a WebSocket, whatever becomes of it, and stays as long as it may.
  const sockets = Array.from({ length: COMERS }, () => new WebSocket(`ws://${hostname}:${port}/v1/ws`, 'parley.v1'));
  const outcomes = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          socket.on('error', () => resolve('closed'));
          socket.on('open', () => resolve('open'));
          socket.on('unexpected-response', (request, response) => {
            resolve(String(response.statusCode));
            request.destroy();
          });
        }),
    ),
  );
  const many = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  t.ok(many('open') > 20, `${many('open')} were let in`);
  t.same(
    outcomes.filter((outcome) => !['open', '503', 'closed'].includes(outcome)),
    [],
    `${many('503')} were told to come back, ${many('closed')} not taken`,
  );
  // Those that the application refuses do not even come as far as this: the rest of the connections is filled too.
  const silent = await silentOnes(t, server.url);

  const sends = Array.from({ length: 50 }, (_, index) =>
    line.call({ type: 'message.send', conversationId: message.conversationId, message: { content: `${index}` } }),
  );
  for (const answer of await Promise.all(sends)) t.match(answer, { type: 'ok' });
  t.match(await line.call({ type: 'conversation.sync', conversationId: message.conversationId, since: 0 }), {
    type: 'ok',
    sync: { rev: message.rev + 50 },
  });

  for (const socket of sockets) socket.terminate();
  for (const socket of silent) socket.destroy();
  // When the server has seen them go, anybody comes in again.
  let stored = null;
  while (stored === null) stored = await post(server, visitor.token, formWith('a file')).catch(() => null);
  t.match(stored, { status: 201 });
  t.equal((await download(server, visitor.token, stored.body.id)).bytes.toString(), 'a file');
  t.same(await server.end('SIGTERM'), [0, null]);
});

t.test('files are stored and fetched while all places for connections are taken', async (t) => {
  const server = await startServer(t, tempFolder(t), {}, limited);
  const visitor = await callers(t, server.url).visitor();
  const { hostname, port } = new URL(server.url);
  // One connection, kept for requests one after another, is there before all others.
  const kept = connect(Number(port), hostname);
  t.teardown(() => kept.destroy());
  await once(kept, 'connect');
  await silentOnes(t, server.url);

  const body = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\na file\r\n--x--\r\n';
  kept.write(
    [
      'POST /v1/attachments HTTP/1.1',
      'Host: here',
      `Authorization: Bearer ${visitor.token}`,
      'Content-Type: multipart/form-data; boundary=x',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );
  const [answer] = await once(kept.setEncoding('utf8'), 'data');
  t.match(answer, /^HTTP\/1\.1 201 /);
});
