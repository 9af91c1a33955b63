/** Clients that would rather speak another protocol, and ask for it beside what they want: HTTP lets a server not hear it. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startApp } from '../helper.ts';

/** As `curl --http2` and Java's HttpClient ask over plain HTTP. */
const H2C = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' };

async function ask(url: string, headers: Record<string, string>, method = 'GET', body = '') {
  const asked = request(url, { method, headers, agent: false }).end(body);
  const [answer]: [IncomingMessage] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: JSON.parse(await text(answer)) };
}

t.test('who asks for HTTP/2 beside what they want is answered in HTTP/1.1', async (t) => {
  const app = await startApp(t);
  t.equal((await ask(`${app.url}/healthz`, H2C)).status, 200);
  const headers = { ...H2C, 'content-type': 'application/json' };
  const made = await ask(`${app.url}/v1/visitors`, headers, 'POST', '{"name":"Ada"}');
  t.match(made, { status: 201, body: { user: { name: 'Ada' } } }, 'with what the body says');
  const me = await ask(`${app.url}/v1/me`, { ...H2C, authorization: `Bearer ${made.body.token}` });
  t.match(me, { status: 200, body: { id: made.body.user.id } });
  const chunked = { ...headers, 'transfer-encoding': 'chunked' };
  t.match(await ask(`${app.url}/v1/visitors`, chunked, 'POST', '{"name":"Bo"}'), { body: { user: { name: 'Bo' } } });
});

t.test('nothing but a WebSocket opens the line, and that nowhere else', async (t) => {
  const app = await startApp(t);
  t.match(await ask(`${app.url}/v1/ws`, H2C), { status: 404, body: { code: 'NOT_FOUND' } });
  const webSocket = { connection: 'Upgrade', upgrade: 'WebSocket', 'sec-websocket-version': '13' };
  const key = { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  t.match(await ask(`${app.url}/healthz`, { ...webSocket, ...key }), { status: 404, body: { code: 'NOT_FOUND' } });
});
