/** HEAD: what GET would answer, without the body, and without doing what only the body is worth. */
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import t from 'tap';
import { createLog } from '../../src/cli/log.ts';
import { head, headByGet } from '../../src/http/head.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { upload } from './form.ts';

const TOKEN = 'a-token-for-prometheus-that-nobody-guesses';
/** They are of the moment, or of how the body is sent. */
const OF_THE_ANSWER = ['date', 'connection', 'keep-alive', 'transfer-encoding'];

async function asked(app: TestApp, method: string, path: string, who?: Actor, more: Record<string, string> = {}) {
  const headers = { ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }), ...more };
  const answer = await fetch(app.url + path, { method, headers, redirect: 'manual' });
  const told = Object.fromEntries([...answer.headers].filter(([name]) => !OF_THE_ANSWER.includes(name)));
  return { status: answer.status, headers: told, text: await answer.text() };
}

t.test('HEAD tells what GET tells', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const file = await upload(app, visitor, 'x'.repeat(300_000), 'long.txt');
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const conversation = `/v1/conversations/${body.conversationId}`;
  const paths: [string, (Actor | undefined)?, Record<string, string>?][] = [
    ['/healthz'],
    ['/'],
    ['/widget.js'],
    ['/console', undefined, { 'accept-encoding': 'br' }],
    ['/console/no.such', undefined],
    ['/docs'],
    ['/docs/static/swagger-ui.css'],
    ['/openapi.json'],
    ['/nowhere'],
    ['/%zz'],
    ['/v1/visitors'],
    ['/v1/me'],
    ['/v1/me', visitor],
    [conversation, visitor],
    [`/v1/conversations/${randomUUIDv7()}`, visitor],
    [`${conversation}/messages?limit=none`, visitor],
    [`${conversation}/transcript?format=text`, visitor],
    [`/v1/attachments/${file.id}`, visitor],
    [`/v1/attachments/${file.id}`, visitor, { range: 'bytes=5-9' }],
    [`/v1/attachments/${file.id}`, visitor, { range: 'bytes=900000-' }],
    ['/healthz', undefined, { origin: 'https://evil.example' }],
  ];
  for (const [path, who, headers] of paths) {
    const whole = await asked(app, 'GET', path, who, headers);
    const begun = await asked(app, 'HEAD', path, who, headers);
    t.same(begun, { ...whole, text: '' }, `${path} ${JSON.stringify(headers ?? {})}`);
  }
  const { etag = '' } = (await asked(app, 'HEAD', '/console')).headers;
  t.equal((await asked(app, 'HEAD', '/console', undefined, { 'if-none-match': etag })).status, 304);
});

t.test('what only a whole answer is worth is not there for it', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const paths = ['/v1/events', `/v1/users/${admin.user.id}/export`, '/v1/ws'];
  const taken = async () => (await admin.request('GET', 'audit')).body.items.length;
  const before = await taken();
  for (const path of paths) t.equal((await asked(app, 'HEAD', path, admin)).status, 404, path);
  t.equal(await taken(), before, 'nothing is noted to have been taken');
  t.equal((await admin.request('GET', 'server')).body.connections.lines, 0, 'and no line is open');
});

t.test('a HEAD ends with its headers, and the next on its line is answered', async (t) => {
  const app = await startApp(t);
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  const ask = (method: string, more = '') => `${method} /healthz HTTP/1.1\r\nHost: here\r\n${more}\r\n`;
  socket.write(ask('HEAD') + ask('HEAD') + ask('GET', 'Connection: close\r\n'));
  let text = '';
  socket.on('data', (piece) => (text += piece));
  await once(socket, 'end');
  t.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
  t.equal(text.split('{"status":"ok"}').length, 2, 'one body');
});

t.test('log and figures have it as it was asked', async (t) => {
  const lines: Body[] = [];
  const write = (line: string) => lines.push(JSON.parse(line));
  const bare = fastify({
    ...headByGet(),
    loggerInstance: createLog({ logLevel: 'info', keepAddress: false }, { write }),
  });
  t.teardown(() => bare.close());
  await bare.register(head);
  bare.get('/here', async () => 'here');
  for (const url of ['/here', '/nowhere']) await bare.inject({ method: 'HEAD', url });
  const methods = lines.filter(({ msg }) => msg === 'incoming request').map(({ req }) => req.method);
  t.same(methods, ['HEAD', 'HEAD']);

  const app = await startApp(t, { metricsToken: TOKEN });
  await asked(app, 'HEAD', '/healthz');
  const { text } = await asked(app, 'GET', '/metrics', undefined, { authorization: `Bearer ${TOKEN}` });
  t.match(text, 'parley_http_requests_total{method="HEAD",status="2xx"} 1');
});
