/** Whether a server should be sent requests, asked as whatever stands before it does. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { ofTheFile } from '../database.ts';
import { smallDisk } from '../db/small-disk.ts';
import { startApp } from '../helper.ts';
import { upload } from './form.ts';

/** Of a message that does not fit into the room that is left, and that may be as long. */
const LONG = 'x'.repeat(900);
/** What the system does not take from a server whose client does not read. */
const MORE_THAN_IS_UNDER_WAY = 16 * 1024 * 1024;

t.test('a full disk: not ready, and ready again as soon as there is room', { skip: ofTheFile }, async (t) => {
  const disk = smallDisk(t, 8);
  if (typeof disk === 'string') return void t.pass('needs a small disk', { skip: disk });
  const app = await startApp(t, {}, { folder: disk.folder });
  const visitor = await app.visitor();
  const send = () => visitor.request('POST', 'messages', { to: 'support', message: { content: LONG } });
  t.match(await send(), { status: 201 });
  const ask = async (path: string) => {
    const answer = await fetch(app.url + path);
    return [answer.status, await answer.json()];
  };
  t.same(await ask('/readyz'), [200, { status: 'ok' }]);
  disk.fill(0);
  let sent = await send();
  while (sent.status === 201) sent = await send();
  t.equal(sent.status, 507);
  t.same(await ask('/readyz'), [503, { status: 'unavailable', reason: 'the disk is full' }]);
  t.same(await ask('/healthz'), [200, { status: 'ok' }], 'it lives all the same');
  disk.empty();
  let [status] = await ask('/readyz');
  while (status !== 200) [status] = await ask('/readyz');
  t.equal((await send()).status, 201);
});

t.test('a server that stops: not ready, and it says so to whoever has a connection still', async (t) => {
  const app = await startApp(t);
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  // The second request is half there when the first is answered: its connection is not idle.
  socket.write('GET /readyz HTTP/1.1\r\nHost: parley\r\n\r\nGET /readyz HTTP/1.1\r\nHost: parley\r\n');
  await once(socket, 'data');
  t.match(chunks.splice(0).join(''), /^HTTP\/1\.1 200 [\s\S]+"status":"ok"/);
  const stopped = app.stop();
  socket.write('\r\n');
  await once(socket, 'end');
  t.match(chunks.join(''), /^HTTP\/1\.1 503 [\s\S]+"reason":"the server is stopping"/);
  await stopped;
});

t.test('a server that stops does not wait for who does not get on with asking', async (t) => {
  const app = await startApp(t);
  const { hostname, port } = new URL(app.url);
  const [head, body] = [connect(Number(port), hostname), connect(Number(port), hostname)];
  const closed = [head, body].map((socket) =>
    once(
      socket.on('error', () => {}),
      'close',
    ),
  );
  head.write('GET /readyz HTTP/1.1\r\nHost: parley\r\n');
  // Told to go on, it has been heard by then.
  body.write(
    'POST /v1/auth/login HTTP/1.1\r\nHost: parley\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n',
  );
  await once(body, 'data');
  body.write('{');
  await app.stop();
  await Promise.all(closed);
});

t.test('a server that stops gives a download to its end, and then no more waits for its connection', async (t) => {
  const app = await startApp(t, { maxFile: MORE_THAN_IS_UNDER_WAY });
  const visitor = await app.visitor();
  const { id } = await upload(app, visitor, Buffer.alloc(MORE_THAN_IS_UNDER_WAY, 'x'));
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /v1/attachments/${id} HTTP/1.1\r\nHost: parley\r\nAuthorization: Bearer ${visitor.token}\r\n\r\n`);
  await once(socket, 'readable');
  const stopped = app.stop();
  while (app.app.server.listening) await new Promise((resolve) => setImmediate(resolve));
  const { length } = await buffer(socket);
  t.ok(length > MORE_THAN_IS_UNDER_WAY, 'all of it came');
  await stopped;
});
