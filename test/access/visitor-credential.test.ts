/** A visitor's token is all that they have, and nothing else is it: strong, kept as a hash, told once, never in a URL. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import WebSocket from 'ws';
import { buildApp } from '../../src/app.ts';
import { createLog } from '../../src/cli/log.ts';
import { configFor } from '../../src/config.ts';
import { type Actor, callers, startApp, type TestApp } from '../helper.ts';
import { openLine } from '../line.ts';
import { openStream } from '../ws/stream.ts';
import { must } from './cast.ts';
import { PASSWORD } from './losses.ts';

const ADMIN = { adminEmail: 'admin@example.com', adminPassword: PASSWORD };
const VISITORS = 256;

/** The ways in which a secret may stand somewhere. */
function formsOf(token: string): Buffer[] {
  const secret = token.slice(3);
  const bytes = Buffer.from(secret, 'base64url');
  return [Buffer.from(secret), bytes, Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('base64'))];
}

/** Talks to the team, and gives everything that they and the team are answered and told. */
async function conversationOf(t: Test, app: Pick<TestApp, 'url'>, visitor: Actor, agent: Actor): Promise<string[]> {
  const told: string[] = [];
  const ask = async (who: Actor, method: string, path: string, body?: unknown) => {
    const answer = must(await who.request(method, path, body));
    told.push(JSON.stringify(answer));
    return answer;
  };
  const [line, team] = [await visitor.connect(), await agent.connect({ inbox: true })];
  const stream = await openStream(t, app.url, visitor);
  const { conversationId } = await ask(visitor, 'POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  await ask(agent, 'POST', `conversations/${conversationId}/messages`, { content: 'Hello' });
  await Promise.all([line.event('message.created'), team.event('message.created'), stream.event('message.created')]);
  for (const who of [visitor, agent]) {
    for (const path of [
      'me',
      'me/sessions',
      'conversations',
      'changes',
      'unread',
      `presence?users=${visitor.user.id}`,
    ]) {
      await ask(who, 'GET', path);
    }
    for (const path of ['', '/messages', '/sync', '/participants'])
      await ask(who, 'GET', `conversations/${conversationId}${path}`);
  }
  for (const path of ['users', `users/${visitor.user.id}`]) await ask(agent, 'GET', path);
  return [...told, ...[line, team].map(({ frames }) => JSON.stringify(frames)), JSON.stringify(stream.blocks)];
}

/** The status of an upgrade that is refused; 101 when it is not. */
function upgradeAnswered(t: Test, url: string): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'parley.v1');
  socket.on('error', () => {});
  t.teardown(() => socket.terminate());
  return new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
  });
}

t.test('it is 256 random bits', async (t) => {
  const app = await startApp(t);
  const visitors = await Promise.all(Array.from({ length: VISITORS }, () => app.visitor()));
  const tokens = visitors.map(({ token }) => token);
  const secrets = tokens.map((token) => Buffer.from(token.slice(3), 'base64url'));
  t.equal(new Set(tokens).size, VISITORS);
  t.same(
    tokens.filter((token) => !/^pv_[A-Za-z0-9_-]{43}$/.test(token)),
    [],
  );
  // Each bit is set in half of them: off by seven standard deviations it would not be chance.
  const often = Array.from(
    { length: 256 },
    (_, bit) => secrets.filter((bytes) => ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1).length,
  );
  t.same(
    often.filter((count) => Math.abs(count - VISITORS / 2) > 56),
    [],
  );
  const ids = visitors.map(({ user }) => user.id.replaceAll('-', ''));
  t.notOk(
    secrets.some((bytes) => ids.some((id) => bytes.includes(Buffer.from(id, 'hex')))),
    'no id is in one',
  );
});

t.test('it stands in no file, no log and no answer but the one that made it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = configFor({ port: 0, data: folder, logLevel: 'trace', ...ADMIN });
  let log = '';
  const app = await buildApp(config, { log: createLog(config, { write: (line) => (log += line) }) });
  t.teardown(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { visitor: newVisitor, member, request } = callers(t, url);
  const [visitor, agent] = [await newVisitor(), await member('agent', 'ann')];
  const told = await conversationOf(t, { url }, visitor, agent);
  const [secret = Buffer.alloc(0), ...others] = formsOf(visitor.token);
  t.notOk(
    told.some((text) => text.includes(secret.toString())),
    'in nothing that anybody was told',
  );
  t.equal((await visitor.request('POST', 'visitors')).body.token, visitor.token, 'but to who brought it');

  const wrong = [
    request('GET', `me?token=${visitor.token}`),
    request('GET', `events?access_token=${visitor.token}`),
    request('POST', 'auth/refresh', { refreshToken: visitor.token }),
    request('POST', 'visitors', `{"name": "${visitor.token}`, visitor.token),
    request('GET', 'me', undefined, `${visitor.token}x`),
  ];
  for (const { status } of await Promise.all(wrong)) t.ok(status === 400 || status === 401);
  t.equal(await upgradeAnswered(t, `${url}/v1/ws?token=${visitor.token}`), 400);
  t.ok(log.includes('/v1/visitors'), 'the log tells of requests');
  t.notOk(log.includes(secret.toString()), 'and never of this');

  const inFiles = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const stands = (what: Buffer) => inFiles().some((bytes) => bytes.includes(what));
  t.ok(stands(Buffer.from(createHash('sha256').update(visitor.token).digest('hex'))), 'its hash is kept');
  for (const form of [secret, ...others]) t.notOk(stands(form), 'and nothing that it could be told from');
});

t.test('nothing else is it', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'ann')];
  const { conversationId, id: message } = must(
    await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } }),
  );
  const { team } = must(await agent.request('GET', `conversations/${conversationId}`));
  const { items } = must(await visitor.request('GET', 'me/sessions'));
  const { value: ticket } = must(await visitor.request('GET', 'me/ticket'));
  const { cursor } = must(await visitor.request('GET', 'changes'));
  const login = must(await app.request('POST', 'auth/login', { email: 'ann@example.com', password: PASSWORD }));
  const hash = createHash('sha256').update(visitor.token).digest();
  const known = {
    "the visitor's id": visitor.user.id,
    "the conversation's id": conversationId,
    "the side conversation's id": team.id,
    "the message's id": message,
    "the session's id": items[0].id,
    'a ticket': ticket,
    'a cursor': cursor,
    'a refresh token': login.refreshToken,
    'its hash': hash.toString('hex'),
    'its hash in its form': hash.toString('base64url'),
    'its letters alone': visitor.token.slice(3),
    'a part of it': visitor.token.slice(0, -1),
    'more than it': `${visitor.token}A`,
    'it in capitals': visitor.token.toUpperCase(),
  };
  const line = await openLine(t, app.url);
  for (const [what, credential] of Object.entries(known)) {
    for (const token of [credential, `pv_${credential}`, `pk_${credential}`]) {
      if (token === visitor.token) continue;
      const me = await app.request('GET', 'me', undefined, token);
      t.match(me, { status: 401, body: { code: 'UNAUTHENTICATED' } }, what);
      t.match(await line.call({ type: 'hello', token }), { code: 'UNAUTHENTICATED' }, `${what}, by hello`);
    }
  }
  const elsewhere: [what: string, body: object, path: string][] = [
    ['a refresh token', { refreshToken: visitor.token }, 'auth/refresh'],
    ['the access token for a refresh token', { refreshToken: login.token }, 'auth/refresh'],
    ['a link', { link: visitor.token, password: PASSWORD }, 'auth/link'],
    ['a password', { email: 'ann@example.com', password: visitor.token }, 'auth/login'],
  ];
  for (const [what, body, path] of elsewhere)
    t.equal((await app.request('POST', path, body)).status, 401, `nor is it ${what}`);
});

t.test('it is read in one place only', async (t) => {
  const app = await startApp(t);
  const { token } = await app.visitor();
  const basic = Buffer.from(`visitor:${token}`).toString('base64');
  const elsewhere: Record<string, string>[] = [
    { authorization: token },
    { authorization: `Token ${token}` },
    { authorization: `Basic ${basic}` },
    { authorization: `Bearer ${token} ${token}` },
    { cookie: `token=${token}; Authorization=Bearer ${token}` },
    { 'x-access-token': token },
    { 'x-api-key': token },
    { 'sec-websocket-protocol': token },
  ];
  for (const headers of elsewhere) t.equal((await app.request('GET', 'me', undefined, undefined, headers)).status, 401);
  t.equal((await app.request('GET', `me?token=${token}`)).status, 401);
  t.equal((await app.request('GET', `events?token=${token}`)).status, 400);
  t.equal(await upgradeAnswered(t, `${app.url}/v1/ws?token=${token}`), 400, 'no line takes it by its URL');
});

t.test('who has one sees nothing of who has another', async (t) => {
  const app = await startApp(t);
  const [visitor, other] = [await app.visitor(), await app.visitor()];
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'for the team alone' } });
  const paths = [
    'conversations',
    `conversations?customer=${visitor.user.id}`,
    'conversations?kind=support&status=open&unread=true',
    'conversations?queue=agent&assignee=none',
    'changes',
    'unread',
    `presence?users=${visitor.user.id}`,
  ];
  for (const path of paths) {
    const { status, body } = await other.request('GET', path);
    t.equal(status, 200, path);
    t.notMatch(JSON.stringify(body), /for the team alone/, path);
    const { items = [], conversations = [], users = [], total = 0 } = body;
    t.same([items, conversations, users, total], [[], [], [], 0], path);
  }
});
