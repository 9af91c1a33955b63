/** Every route and every command there is stands in one of the tables; and nobody comes in by any of them unknown. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { commands } from '../../src/protocol/commands.ts';
import { openLine } from '../line.ts';
import { askHttp, askLine } from './ask.ts';
import { callerOperations } from './caller-operations.ts';
import { castFor } from './cast.ts';
import { operations } from './operations.ts';
import { samplesOf } from './samples.ts';

/** For anybody: what is answered without a credential, to a request without a body. */
const FOR_ANYBODY: Record<string, number> = {
  'GET /healthz': 200,
  'HEAD /healthz': 200,
  'GET /readyz': 200,
  'HEAD /readyz': 200,
  'GET /openapi.json': 200,
  'HEAD /openapi.json': 200,
  'GET /docs': 200,
  'HEAD /docs': 200,
  'GET /docs/': 200,
  'HEAD /docs/': 200,
  'GET /docs/json': 200,
  'HEAD /docs/json': 200,
  'GET /docs/yaml': 200,
  'HEAD /docs/yaml': 200,
  'GET /docs/static/:name': 404,
  'HEAD /docs/static/:name': 404,
  // To the console.
  'GET /': 200,
  'HEAD /': 200,
  'GET /widget.js': 200,
  'HEAD /widget.js': 200,
  'GET /widget/*': 404,
  'HEAD /widget/*': 404,
  'GET /demo': 200,
  'HEAD /demo': 200,
  'GET /demo/*': 404,
  'HEAD /demo/*': 404,
  'GET /console': 200,
  'HEAD /console': 200,
  // A page for every view of it: who looks is asked by what it calls.
  'GET /console/*': 200,
  'HEAD /console/*': 200,
  'GET /v1/avatars/:hash': 400,
  'HEAD /v1/avatars/:hash': 400,
  'GET /v1/widget/config': 200,
  'HEAD /v1/widget/config': 200,
  // Which pages may call is asked before anything else: `test/http` and `test/ws` have its table.
  'OPTIONS *': 400,
  // A WebSocket, without an upgrade; who comes in by it says hello first.
  'GET /v1/ws': 404,
  'POST /v1/visitors': 201,
  'POST /v1/auth/login': 400,
  // Its path is the credential.
  'POST /v1/bots/replies/:token': 404,
  'POST /v1/auth/totp': 400,
  'GET /v1/auth': 200,
  'HEAD /v1/auth': 200,
  'POST /v1/auth/openid': 400,
  'GET /v1/auth/openid/callback': 404,
  'HEAD /v1/auth/openid/callback': 404,
  'POST /v1/auth/openid/session': 400,
  'POST /v1/auth/passkey/begin': 404,
  'POST /v1/auth/passkey': 400,
  'POST /v1/auth/refresh': 401,
  'POST /v1/auth/link': 400,
  'POST /v1/auth/forgot': 400,
  // By the token of a mail.
  'GET /unsubscribe': 400,
  'HEAD /unsubscribe': 400,
  'POST /unsubscribe': 400,
};

/** What any page may load, and the one answer of which any page may read that it may not have it. */
const FOR_ANY_PAGE = ['/widget.js', '/widget/*'];
const TELLS_WHY = '/v1/widget/config';

const doorsOf = (some: readonly { http?: object; line?: object }[], side: 'http' | 'line') =>
  new Set(some.flatMap((operation) => Object.keys(operation[side] ?? {})));

t.test('doors', async (t) => {
  const { app, routes, people, nobodies, kept } = await castFor(t);
  const all = [...Object.values(operations), ...Object.values(callerOperations)];
  const judged = doorsOf(all, 'http');
  const known = routes.filter(({ name }) => !(name in FOR_ANYBODY));

  t.test('every route has a row, and every row a route', async (t) => {
    const there = routes.map(({ name }) => name);
    t.ok(there.length > 60, 'there are routes to be judged');
    t.same([...new Set([...judged, ...Object.keys(FOR_ANYBODY)])].toSorted(), [...new Set(there)].toSorted());
    const documented = Object.keys(
      ((await (await fetch(`${app.url}/openapi.json`)).json()) as { paths: object }).paths,
    );
    const urls = routes.map(({ url }) => url.replaceAll(/:(\w+)/g, '{$1}'));
    t.same(
      documented.filter((path) => !urls.includes(path)),
      [],
      'the document tells of no other',
    );
  });

  t.test('every command has a row, and every row a command', async (t) => {
    t.same([...doorsOf(all, 'line'), 'hello'].toSorted(), Object.keys(commands).toSorted());
  });

  t.test('what is for anybody is so', async (t) => {
    for (const [name, status] of Object.entries(FOR_ANYBODY)) {
      const [method = '', url = ''] = name.split(' ');
      const headers = method === 'OPTIONS' ? { origin: app.url } : {};
      const path = url === '*' ? '/v1/me' : url.replace('*', 'nothing');
      const answer = await fetch(`${app.url}${path}`, { method, headers });
      await answer.arrayBuffer();
      t.equal(answer.status, status, name);
    }
  });

  t.test('all else is for those who are known, and tells others nothing but that', async (t) => {
    const before = await kept();
    for (const { name, method, url } of known) {
      const path = url.replaceAll(/:\w+/g, () => randomUUIDv7());
      const answers = await Promise.all(nobodies.map(([, token]) => askHttp(app.url, token, method, path)));
      const head = method === 'HEAD';
      t.same(
        answers.map(({ status, code }) => [status, head ? null : code]),
        nobodies.map(([, , code]) => [401, head ? null : code]),
        name,
      );
    }
    t.equal(await kept(), before);
  });

  t.test('a page of another origin comes in by none of them', async (t) => {
    for (const { name, method, url } of routes) {
      const path = url === '*' ? '/v1/me' : url.replaceAll(/:\w+/g, () => randomUUIDv7());
      const headers = { origin: 'https://evil.example', authorization: `Bearer ${people.admin.token}` };
      const answer = await fetch(`${app.url}${path}`, { method, headers });
      const text = await answer.text();
      if (FOR_ANY_PAGE.includes(url)) {
        t.equal(answer.headers.get('access-control-allow-origin'), '*', name);
        continue;
      }
      t.equal(answer.status, 403, name);
      if (method !== 'HEAD') t.match(JSON.parse(text), { code: 'FORBIDDEN' }, name);
      t.equal(answer.headers.get('access-control-allow-origin'), url === TELLS_WHY ? '*' : null, name);
    }
  });

  t.test('who is unknown is not told what is wrong with what they sent, nor what is there', async (t) => {
    const { body } = await people.customer.request('POST', 'conversations', { kind: 'support' });
    const there = await askHttp(app.url, undefined, 'GET', `/v1/conversations/${body.id}`);
    t.same(await askHttp(app.url, undefined, 'GET', `/v1/conversations/${randomUUIDv7()}`), there);
    t.same(await askHttp(app.url, undefined, 'GET', '/v1/conversations/none'), there);
    t.same(
      await askHttp(app.url, undefined, 'POST', `/v1/conversations/${body.id}/messages`, { role: 'admin' }),
      there,
    );
  });

  t.test('before hello no command is taken', async (t) => {
    const line = await openLine(t, app.url);
    for (const [type, schema] of Object.entries(commands)) {
      if (type === 'hello') continue;
      for (const sample of samplesOf(schema)) {
        const { id: _, ...frame } = sample as { id: number };
        t.equal((await askLine(line, frame)).code, 'UNAUTHENTICATED', type);
      }
    }
  });
});
