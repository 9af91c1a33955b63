import { connect } from 'node:net';
import t from 'tap';
import { startApp } from '../helper.ts';

t.test('what is not there has one body, whatever it is', async (t) => {
  const { request, visitor } = await startApp(t);
  const vic = await visitor();
  const expected = {
    statusCode: 404,
    code: 'NOT_FOUND',
    error: 'Not Found',
    message: 'There is nothing here, or nothing for you.',
  };
  const id = '00000000-0000-7000-8000-000000000000';
  for (const [method, path] of [
    ['GET', '/nowhere'],
    ['GET', '/v1'],
    ['GET', '/v1/nowhere'],
    ['PUT', '/v1/visitors'],
    ['GET', '/v1/me/'],
  ] as const) {
    t.same((await request(method, path)).body, expected, `${method} ${path}`);
  }
  t.same((await vic.request('GET', `users/${id}`)).body, expected);
  t.same((await vic.request('GET', `conversations/${id}`)).body, expected);
});

t.test('bodies that cannot be read', async (t) => {
  const { request } = await startApp(t);
  const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
    request('POST', 'visitors', body as string, undefined, { 'content-type': type });
  const bad = { status: 400, body: { code: 'BAD_JSON', details: { path: '', rule: 'must be JSON' } } };
  for (const text of ['{', 'nul', '{"name":}', '{} {}', "{'a':1}", '{"a":NaN}', '\u0000']) {
    t.match(await post(text), bad, text);
  }
  t.match(await post('{"__proto__":{"role":"admin"}}'), { status: 400 });
  t.match(await post('{"constructor":{"prototype":{"x":1}}}'), { status: 400 });
  t.match(await post('[]'), { status: 400, body: { code: 'VALIDATION', details: { path: '' } } });
  t.match(await post('null'), { status: 400, body: { code: 'VALIDATION' } });
  t.match(await post('"text"'), { status: 400, body: { code: 'VALIDATION' } });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json', 'a/b']) {
    t.match(await post('{}', type), { status: 415, body: { code: 'UNSUPPORTED_TYPE' } }, type);
  }
  t.equal((await post('{}', 'application/json; charset=utf-8')).status, 201);
});

t.test('bytes that are not UTF-8 are refused, not kept as something else', async (t) => {
  const { url } = await startApp(t);
  const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  const response = await fetch(`${url}/v1/visitors`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  t.match(await response.json(), { code: 'BAD_JSON', details: { rule: 'must be JSON in UTF-8' } });
});

t.test('bodies that are too large or too deep', async (t) => {
  const { request } = await startApp(t);
  const large = await request('POST', 'visitors', JSON.stringify({ name: 'x'.repeat(256 * 1024) }));
  t.match(large, { status: 413, body: { statusCode: 413, code: 'TOO_LARGE', error: 'Content Too Large' } });
  const fits = await request('POST', 'visitors', JSON.stringify({ name: 'x'.repeat(256 * 1024 - 11) }));
  t.match(fits, { status: 400, body: { code: 'VALIDATION' } }, 'at the bound it is read');
  const deep = await request('POST', 'visitors', `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  t.match(deep, { status: 400, body: { code: 'VALIDATION', details: { rule: 'must nest at most 32 deep' } } });
  const wide = `{"fields":{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":"v"`).join(',')}}}`;
  t.match(await request('POST', 'visitors', wide), { status: 400, body: { details: { path: 'fields' } } });
});

t.test('a path that cannot be decoded', async (t) => {
  const { request } = await startApp(t);
  t.match(await request('GET', '/v1/%'), { status: 400, body: { code: 'VALIDATION', details: { path: 'url' } } });
  t.match(await request('GET', '/v1/users/%E0%A4%A'), { status: 400, body: { code: 'VALIDATION' } });
});

t.test('no answer tells of the inside', async (t) => {
  const { request } = await startApp(t);
  const answers = [
    await request('POST', 'visitors', '{'),
    await request('GET', '/v1/%'),
    await request('POST', 'auth/login', { email: "'", password: '"' }),
    await request('GET', 'me', undefined, 'a.b.c'),
  ];
  for (const { body, headers } of answers) {
    t.notMatch(JSON.stringify(body), /at .*\(|node_modules|SQLITE|src\//);
    t.notOk(headers.get('x-powered-by') || headers.get('server'));
  }
});

t.test('browsers are told how little pages from here may do', async (t) => {
  const { request } = await startApp(t);
  for (const path of ['/healthz', '/docs', '/v1/nowhere']) {
    const { headers } = await request('GET', path);
    t.match(headers.get('content-security-policy'), /default-src 'none';script-src 'self';style-src 'self'/);
    t.notMatch(headers.get('content-security-policy'), /unsafe|\*|https?:/);
    t.equal(headers.get('x-content-type-options'), 'nosniff');
    t.equal(headers.get('referrer-policy'), 'no-referrer');
    t.equal(headers.get('x-frame-options'), 'DENY');
    t.equal(headers.get('strict-transport-security'), null);
  }
  t.equal((await request('POST', 'visitors')).headers.get('cache-control'), 'no-store');
  const secure = await startApp(t, { publicUrl: 'https://chat.example.com' });
  const { headers } = await secure.request('GET', '/healthz');
  t.equal(headers.get('strict-transport-security'), 'max-age=31536000');
});

t.test('pages of other origins are refused, those of the settings and our own are let in', async (t) => {
  const { request, url } = await startApp(t, { origins: ['https://example.com'] });
  const from = (origin: string, method = 'GET', more = {}) =>
    request(method, '/healthz', undefined, undefined, { origin, ...more });
  const evil = [
    'https://evil.example',
    'https://example.com.evil.example',
    'https://sub.example.com',
    'http://example.com',
    'https://example.com:8443',
    'https://EXAMPLE.com',
    'null',
    '*',
  ];
  for (const origin of evil) {
    const answer = await from(origin);
    t.match(answer, { status: 403, body: { code: 'FORBIDDEN', message: /PARLEY_ORIGINS/ } }, origin);
    t.equal(answer.headers.get('access-control-allow-origin'), null);
    const preflight = await from(origin, 'OPTIONS', { 'access-control-request-method': 'POST' });
    t.equal(preflight.status, 403, `${origin}: preflight`);
  }
  const allowed = await from('https://example.com');
  t.equal(allowed.headers.get('access-control-allow-origin'), 'https://example.com');
  t.equal(allowed.headers.get('access-control-allow-credentials'), null);
  t.match(allowed.headers.get('vary'), /Origin/i);
  t.equal((await from(url)).status, 200, 'our own');
  const preflight = await from('https://example.com', 'OPTIONS', { 'access-control-request-method': 'DELETE' });
  t.equal(preflight.status, 204);
  t.match(preflight.headers.get('access-control-allow-methods'), /DELETE/);
  t.match(preflight.headers.get('access-control-allow-headers'), /authorization/);
});

t.test('with a public URL only that is our own origin', async (t) => {
  const { request, url } = await startApp(t, { publicUrl: 'https://chat.example.com' });
  const from = (origin: string) => request('GET', '/healthz', undefined, undefined, { origin });
  t.equal((await from('https://chat.example.com')).status, 200);
  t.equal((await from(url)).status, 403);
});

t.test('the document is whole: every reference leads somewhere, every route says what it answers', async (t) => {
  const { request } = await startApp(t);
  const { status, body } = await request('GET', '/openapi.json');
  t.equal(status, 200);
  const text = JSON.stringify(body);
  for (const [, name = ''] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
    t.ok(body.components.schemas[name.replace('#/components/schemas/', '')], name);
  }
  t.notMatch(text, /~refine|~kind/);
  for (const [path, methods] of Object.entries(body.paths as Record<string, Record<string, { responses: object }>>)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      const codes = Object.keys(responses);
      t.ok(
        codes.some((code) => code.startsWith('2')),
        `${method} ${path}: ${codes}`,
      );
    }
  }
});

t.test('what is not HTTP is closed, and the server goes on', async (t) => {
  const { url, request } = await startApp(t);
  const { hostname, port } = new URL(url);
  for (const bytes of ['\u0000\u0001\u0002\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n']) {
    const socket = connect(Number(port), hostname);
    socket.end(bytes);
    const answer: Buffer[] = [];
    for await (const chunk of socket) answer.push(chunk as Buffer);
    t.match(Buffer.concat(answer).toString(), /^HTTP\/1\.1 400/);
  }
  t.equal((await request('GET', '/healthz')).status, 200);
});
