import t from 'tap';
import { startApp } from '../helper.ts';
import { upgrade } from './raw-socket.ts';

t.test('a client that does not drain is cut at the bound, and told to come back', async (t) => {
  const app = await startApp(t, { maxLength: 10_000, socketBufferBytes: 256 * 1024 });
  const visitor = await app.visitor();
  const [slow, quick] = [await visitor.connect(), await visitor.connect()];
  const { message } = await quick.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
  await slow.event('message.created');
  slow.socket.pause();
  const content = 'x'.repeat(10_000);
  const held = () => [...app.app.websocketServer.clients].map(({ bufferedAmount }) => bufferedAmount);
  let most = 0;
  // What the network takes by itself comes first; then the server's own queue grows to its bound.
  for (let sent = 0; app.app.websocketServer.clients.size === 2 && sent < 5_000; sent += 1) {
    await quick.call({ type: 'message.send', conversationId: message.conversationId, message: { content } });
    most = Math.max(most, ...held());
    if (most > 256 * 1024) break;
  }
  t.ok(most > 256 * 1024 && most < 512 * 1024, `${most} bytes waited at most`);
  await quick.call({ type: 'message.send', conversationId: message.conversationId, message: { content } });
  slow.socket.resume();
  t.same(await slow.closed, { code: 4000, reason: '' });
  t.match(slow.frames.at(-1), { type: 'bye', code: 4000 });
  t.match(await quick.call({ type: 'ping' }), { type: 'ok' });
  const cursor = slow.frames.find(({ type }) => type === 'welcome').cursor;
  const again = await visitor.connect({ cursor });
  t.equal(again.frames[0].conversations[0].id, message.conversationId, 'what was missed is brought by the cursor');
});

t.test('a client that reads nothing and closes nothing is cut all the same', async (t) => {
  const app = await startApp(t, { socketBufferBytes: 64 * 1024 });
  const visitor = await app.visitor();
  const raw = await upgrade(t, app.url, [`Authorization: Bearer ${visitor.token}`]);
  raw.socket.pause();
  t.equal(app.app.websocketServer.clients.size, 1);
  const [client] = app.app.websocketServer.clients;
  const gone = new Promise((resolve) => client?.once('close', resolve));
  // Every ping is answered, and no answer is read.
  const ping = maskedText('{"id":1,"type":"hello"}');
  raw.socket.write(ping);
  const more = maskedText(`{"id":2,"type":"presence.watch","userIds":[]}`);
  const flood = setInterval(() => raw.socket.destroyed || raw.socket.write(Buffer.concat(Array(2_000).fill(more))), 5);
  t.teardown(() => clearInterval(flood));
  await gone;
  t.equal(app.app.websocketServer.clients.size, 0);
});

/** With a mask of zeros, which is one. */
function maskedText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
