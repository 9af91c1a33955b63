/** Everything that a proxy can spoil, through a real one with the configuration that we tell people to use. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Test } from 'tap';
import { DEFAULT_FILE_BYTES } from '../../src/protocol/limits.ts';
import { type Actor, type Body, callers, startApp, type TestApp } from '../helper.ts';
import { download, formWith, post, upload } from '../http/form.ts';
import { selfSigned } from '../outbound/self-signed.ts';
import { openStream } from '../ws/stream.ts';
import { freePort, type StartProxy } from './proxy.ts';

setDefaultCACertificates([...getCACertificates(), selfSigned.cert]);

/** A server behind it, and how to call it from outside. */
async function behind(t: Test, start: StartProxy): Promise<TestApp> {
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const app = await startApp(t, { publicUrl: url, trustProxy: ['127.0.0.1'] });
  await start(t, { port, before: Number(new URL(app.url).port) });
  return { ...app, ...callers(t, url) };
}

/** From another address of this machine, with more headers. */
async function sendFrom(
  localAddress: string,
  url: string,
  { token }: Pick<Actor, 'token'>,
  body: object,
  headers: Record<string, string>,
): Promise<Body> {
  const asked = request(`${url}/v1/messages`, {
    method: 'POST',
    localAddress,
    family: 4,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
  asked.end(JSON.stringify(body));
  const [response] = await once(asked, 'response');
  return json(response);
}

/** What people do, through a proxy that `start` starts. */
export async function tryThrough(t: Test, start: StartProxy): Promise<void> {
  const app = await behind(t, start);
  const admin = await app.admin();
  const visitor = await app.visitor({ name: 'Vi' });

  await t.test('a WebSocket is upgraded, and both ways are open', async (t) => {
    const team = await admin.connect({ inbox: true });
    const line = await visitor.connect();
    const sent = await line.call({ type: 'message.send', to: 'support', message: { content: 'through the proxy' } });
    t.equal((await team.event('message.created')).message.id, sent.message?.id ?? sent.id);
    t.equal((await line.call({ type: 'ping' })).type, 'ok');
    line.socket.close();
    await line.closed;
  });

  await t.test('a stream of events comes as it happens', async (t) => {
    const stream = await openStream(t, app.url, visitor);
    t.match(stream.response.headers.get('content-type'), /^text\/event-stream/);
    await stream.next(() => true);
    for (const content of ['one', 'two']) {
      await visitor.request('POST', 'messages', { to: 'support', message: { content } });
      t.equal((await stream.event('message.created')).message.content, content, 'and is not kept back');
    }
    stream.close();
  });

  await t.test('a request waits for what comes', async (t) => {
    const { body } = await visitor.request('GET', 'changes');
    const waiting = visitor.request('GET', `changes?wait=20&cursor=${encodeURIComponent(body.cursor)}`);
    await visitor.request('POST', 'messages', { to: 'support', message: { content: 'at last' } });
    const { status, body: changes } = await waiting;
    t.equal(status, 200);
    t.match(JSON.stringify(changes), 'at last');
  });

  await t.test('a large file goes up and comes down as it was; one that is too large is refused', async (t) => {
    const bytes = Buffer.from(randomBytes(DEFAULT_FILE_BYTES / 2).toString('hex')).subarray(0, DEFAULT_FILE_BYTES - 10);
    const { id } = await upload(app, visitor, bytes);
    const whole = await download(app, visitor.token, id);
    const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    t.equal(sum(whole.bytes), sum(bytes));
    const part = await download(app, visitor.token, id, { range: 'bytes=5-14' });
    t.same([part.status, part.bytes], [206, bytes.subarray(5, 15)]);
    const more = await post(app, visitor.token, formWith(Buffer.alloc(DEFAULT_FILE_BYTES + 100, 'x')));
    t.match(more, { status: 413, body: { statusCode: 413, code: String } }, 'in the words of the server');
  });

  await t.test('the address of whoever asks is known, and not the one they claim', async (t) => {
    const message = { to: 'support', message: { content: 'from where?' } };
    for (const [from, claimed] of [
      ['127.0.0.2', '203.0.113.9'],
      ['127.0.0.3', '203.0.113.9, 127.0.0.1'],
    ] as const) {
      const somebody = await app.visitor();
      const { conversationId } = await sendFrom(from, app.url, somebody, message, { 'x-forwarded-for': claimed });
      const { body } = await admin.request('GET', `conversations/${conversationId}`);
      t.equal(body.team.ip, from);
    }
  });

  await t.test('when the server stops, lines are told so', async (t) => {
    const line = await visitor.connect();
    const ended = app.stop();
    t.equal((await line.event('bye')).type, 'bye');
    t.equal((await line.closed).code, 4100);
    await ended;
  });
}
