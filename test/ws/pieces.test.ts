/** Frames that come as the standard allows and hardly anybody sends them: byte by byte, in fragments, in floods. */
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { startApp, type TestApp } from '../helper.ts';
import type { TestLine } from '../line.ts';
import { ask, frame, type RawSocket, upgrade } from './raw-socket.ts';

const TEXT = 0x81;

/** A customer with a raw line that has said hello, and one that hears what comes of it. */
async function scene(t: Test, app: TestApp) {
  const visitor = await app.visitor();
  const line = await visitor.connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'first' } });
  const raw = await upgrade(t, app.url, [`Authorization: Bearer ${visitor.token}`]);
  raw.socket.setNoDelay(true);
  const welcomed = once(raw.socket, 'data');
  raw.socket.write(frame(TEXT, '{"id":1,"type":"hello"}'));
  await welcomed;
  const send = (content: string) =>
    JSON.stringify({
      id: 2,
      type: 'message.send',
      conversationId: message.conversationId,
      message: { content },
    });
  return { line, raw, send };
}

async function arrives(t: Test, line: TestLine, raw: RawSocket, content: string) {
  t.match(await line.event('message.created'), { message: { content } });
  t.notOk(raw.socket.destroyed, 'and the line stays');
}

t.test('a frame that comes a byte at a time is a frame', async (t) => {
  const app = await startApp(t);
  const { line, raw, send } = await scene(t, app);
  for (const byte of frame(TEXT, send('letter by letter'))) {
    raw.socket.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await arrives(t, line, raw, 'letter by letter');
});

t.test('a frame in fragments, with pings between them, is one message', async (t) => {
  const app = await startApp(t);
  const { line, raw, send } = await scene(t, app);
  const bytes = Buffer.from(send('in pieces: 𝒳'));
  // Each fragment is three bytes: some end in the middle of a letter.
  for (let from = 0; from < bytes.length; from += 3) {
    const last = from + 3 >= bytes.length ? 0x80 : 0;
    raw.socket.write(frame(last | (from === 0 ? 0x01 : 0x00), bytes.subarray(from, from + 3)));
    if (from % 30 === 0) raw.socket.write(frame(0x89, 'still there?'));
  }
  await arrives(t, line, raw, 'in pieces: 𝒳');
});

t.test('a frame of 64 KiB and one byte, whose length takes eight bytes, comes through', async (t) => {
  const app = await startApp(t);
  const { line, raw, send } = await scene(t, app);
  const text = send('long way');
  raw.socket.write(frame(TEXT, text.padEnd(64 * 1024 + 1)));
  await arrives(t, line, raw, 'long way');
});

t.test('compression that is offered is declined, and a compressed frame ends the line', async (t) => {
  const app = await startApp(t);
  const offer = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'];
  const socket = await ask(t, app.url, '/v1/ws', offer);
  const [head] = await once(socket, 'data');
  t.match(String(head), /^HTTP\/1\.1 101 /);
  t.notMatch(String(head), /permessage-deflate/i);
  const raw = await upgrade(t, app.url, offer);
  // A megabyte of blanks in a thousand bytes.
  raw.socket.write(frame(0xc1, deflateRawSync(Buffer.alloc(1024 * 1024, ' '))));
  t.equal(await raw.closed, 1002);
  t.equal((await app.request('GET', '/healthz')).status, 200);
});

for (const [name, first] of Object.entries({ pings: 0x89, pongs: 0x8a, 'empty texts': TEXT })) {
  t.test(`a flood of ${name} makes its own line wait, and nobody else`, async (t) => {
    const app = await startApp(t, { sendRate: 1, sendBurst: 1 });
    const visitor = await app.visitor();
    const raw = await upgrade(t, app.url, [`Authorization: Bearer ${visitor.token}`]);
    raw.socket.on('data', () => {});
    raw.socket.write(Buffer.concat(Array(5_000).fill(frame(first, ''))));
    const [flooding] = app.app.websocketServer.clients;
    const line = await (await app.visitor()).connect();
    const isHeldBack = () => flooding?.isPaused === true || flooding?.readyState !== flooding?.OPEN;
    while (!isHeldBack()) t.match(await line.call({ type: 'ping' }), { type: 'ok' });
    for (let asked = 0; asked < 20; asked += 1) t.match(await line.call({ type: 'ping' }), { type: 'ok' });
    t.ok(isHeldBack(), 'it is not read, or closed');
    raw.socket.destroy();
  });
}
