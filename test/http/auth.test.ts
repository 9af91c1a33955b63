import t from 'tap';
import { startApp } from '../helper.ts';

const PASSWORD = 'correct horse battery';

t.test('login, and the token of it', async (t) => {
  const { request } = await startApp(t);
  const answer = await request('POST', 'auth/login', { email: 'ADMIN@example.com', password: PASSWORD });
  t.equal(answer.status, 200);
  t.same(Object.keys(answer.body).toSorted(), ['refreshToken', 'token', 'user']);
  t.match(answer.body.user, { role: 'admin', email: 'admin@example.com' });
  t.match(await request('GET', 'me', undefined, answer.body.token), { status: 200, body: { id: answer.body.user.id } });
  t.match(await request('GET', 'me', undefined, answer.body.refreshToken), { status: 401 }, 'for refreshing alone');
});

t.test('a wrong password and somebody who is not there: the same answer', async (t) => {
  const { request } = await startApp(t);
  const wrong = await request('POST', 'auth/login', { email: 'admin@example.com', password: 'wrong' });
  const absent = await request('POST', 'auth/login', { email: 'nobody@example.com', password: PASSWORD });
  t.match(wrong, { status: 401, body: { code: 'UNAUTHENTICATED' } });
  t.same(absent.body, wrong.body);
});

t.test('shapes that a login must refuse', async (t) => {
  const { request } = await startApp(t);
  const email = 'admin@example.com';
  const rows: [object, string][] = [
    [{ email }, 'password'],
    [{ password: PASSWORD }, 'email'],
    [{ email, password: { $ne: '' } }, 'password'],
    [{ email: [email], password: PASSWORD }, 'email'],
    [{ email, password: true }, 'password'],
    [{ email, password: 'x'.repeat(201) }, 'password'],
    [{ email, password: PASSWORD, role: 'admin' }, 'role'],
  ];
  for (const [body, path] of rows) {
    const answer = await request('POST', 'auth/login', body);
    t.match(
      answer,
      { status: 400, body: { code: 'VALIDATION', details: { path } } },
      JSON.stringify(body).slice(0, 60),
    );
  }
});

t.test('logins are limited by address', async (t) => {
  const { request } = await startApp(t, { loginsPerMinute: 2, trustProxy: ['127.0.0.1'] });
  const attempt = (address: string) =>
    request('POST', 'auth/login', { email: 'admin@example.com', password: 'x' }, undefined, {
      'x-forwarded-for': address,
    });
  t.same([(await attempt('198.51.100.1')).status, (await attempt('198.51.100.1')).status], [401, 401]);
  const third = await attempt('198.51.100.1');
  t.match(third, { status: 429, body: { code: 'RATE_LIMITED' } });
  t.ok(third.headers.get('retry-after'));
  t.equal((await attempt('198.51.100.2')).status, 401);
});

t.test('refreshing, logging out, and what is dead afterwards', async (t) => {
  const { request } = await startApp(t);
  const { body: signedIn } = await request('POST', 'auth/login', { email: 'admin@example.com', password: PASSWORD });
  const refreshed = await request('POST', 'auth/refresh', { refreshToken: signedIn.refreshToken });
  t.match(refreshed, { status: 200, body: { user: { id: signedIn.user.id } } });
  t.match(await request('POST', 'auth/refresh', {}), { status: 401 });
  t.match(await request('POST', 'auth/refresh', { refreshToken: signedIn.token }), { status: 401 });
  const out = await request('POST', 'auth/logout', undefined, refreshed.body.token);
  t.same([out.status, out.body], [204, '']);
  t.match(await request('GET', 'me', undefined, signedIn.token), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  t.match(await request('POST', 'auth/refresh', { refreshToken: refreshed.body.refreshToken }), { status: 401 });
  t.match(await request('POST', 'auth/logout', undefined, refreshed.body.token), { status: 401 });
});

t.test('sessions are listed and ended by their owner; another’s are not there', async (t) => {
  const { admin, request, visitor } = await startApp(t);
  const ada = await admin();
  const { body: other } = await request('POST', 'auth/login', { email: 'admin@example.com', password: PASSWORD });
  const { body } = await ada.request('GET', 'me/sessions');
  t.match(body, {
    items: [
      { kind: 'login', current: false },
      { current: true, address: '127.0.0.1' },
    ],
    next: null,
  });
  const path = `me/sessions/${body.items[0].id}`;
  const hidden = await (await visitor()).request('DELETE', path);
  const absent = await (await visitor()).request('DELETE', 'me/sessions/00000000-0000-7000-8000-000000000000');
  t.equal(hidden.status, 404);
  t.same(hidden.body, absent.body);
  t.equal((await ada.request('DELETE', path)).status, 204);
  t.match(await request('GET', 'me', undefined, other.token), { status: 401 });
  t.equal((await ada.request('GET', 'me')).status, 200);
});

t.test('the first admin by the link of the first start', async (t) => {
  const { app, request } = await startApp(t, { adminEmail: undefined, adminPassword: undefined } as object);
  const link = String(app.firstAdminLink).replace('/#link=', '');
  t.match(link, /^pl_/);
  t.match(await request('POST', 'auth/link', { link }), { status: 400, body: { details: { path: 'password' } } });
  t.match(await request('POST', 'auth/link', { link: `${link}x`, password: PASSWORD }), { status: 401 });
  const made = await request('POST', 'auth/link', { link, password: PASSWORD, name: 'Ada' });
  t.match(made, { status: 200, body: { user: { role: 'admin', name: 'Ada' } } });
  t.match(await request('POST', 'auth/link', { link, password: PASSWORD }), { status: 401 });
  const named = await request('PATCH', 'me', { email: 'ada@example.com', currentPassword: PASSWORD }, made.body.token);
  t.match(named, { status: 200, body: { email: 'ada@example.com' } });
  t.equal((await request('POST', 'auth/login', { email: 'ada@example.com', password: PASSWORD })).status, 200);
});

t.test('no route of the API answers without a credential but those that must', async (t) => {
  const { request } = await startApp(t);
  const { paths } = (await request('GET', '/openapi.json')).body;
  const open = new Set([
    '/v1/auth',
    '/v1/auth/totp',
    '/v1/auth/openid',
    '/v1/auth/openid/session',
    '/v1/auth/passkey/begin',
    '/v1/auth/passkey',
    ...['login', 'refresh', 'link', 'forgot'].map((name) => `/v1/auth/${name}`),
    ...['/v1/visitors', '/v1/widget/config', '/v1/avatars/{hash}'],
    // Its path is the credential.
    '/v1/bots/replies/{token}',
  ]);
  const id = '00000000-0000-7000-8000-000000000000';
  let asked = 0;
  for (const [path, methods] of Object.entries(paths as Record<string, object>)) {
    if (!path.startsWith('/v1/') || open.has(path)) continue;
    for (const method of Object.keys(methods)) {
      const url = path.replace(/\{[^}]+\}/g, id);
      for (const token of [undefined, 'nonsense', `pv_${'A'.repeat(43)}`, `pk_${'A'.repeat(43)}`]) {
        const answer = await request(method.toUpperCase(), url, undefined, token);
        t.match(answer, { status: 401, body: { code: 'UNAUTHENTICATED' } }, `${method} ${url} ${token}`);
        asked += 1;
      }
    }
  }
  t.ok(asked > 40, `${asked} asked`);
});

t.test('only a header carries a token', async (t) => {
  const { request, visitor } = await startApp(t);
  const { token } = await visitor();
  const headers = ['Bearer', `Basic ${token}`, token, `Bearer ${token} ${token}`, `Token ${token}`];
  for (const authorization of headers) {
    t.match(
      await request('GET', 'me', undefined, undefined, { authorization }),
      { status: 401 },
      authorization.slice(0, 8),
    );
  }
  t.equal((await request('GET', 'me', undefined, undefined, { authorization: `bearer  ${token}` })).status, 200);
  t.equal((await request('GET', `me?token=${token}`)).status, 401);
  t.equal((await request('GET', 'me')).headers.get('www-authenticate'), 'Bearer');
});

t.test('whoever has no password has none looked at, so that many of them keep nobody from logging in', async (t) => {
  const app = await startApp(t);
  const vic = await app.visitor();
  const asks = [
    ['PATCH', 'me', { password: 'another password', currentPassword: 'a guess' }],
    ['POST', 'me/totp', { password: 'a guess' }],
  ] as const;
  for (const [method, path, body] of asks) {
    const came = await Promise.all(Array.from({ length: 60 }, () => vic.request(method, path, body)));
    t.same([...new Set(came.map(({ status }) => status))], [403], path);
  }
});

t.test(
  'one’s own password is tried as seldom as a login; what needs none is changed as often as one likes',
  async (t) => {
    const app = await startApp(t, { loginsPerMinute: 2, trustProxy: ['127.0.0.1'] });
    const amy = await app.member('agent', 'amy');
    const patch = async (body: object) =>
      (await amy.request('PATCH', 'me', body, { 'x-forwarded-for': '198.51.100.1' })).status;
    const guess = { email: 'thief@example.com', currentPassword: 'a guess' };
    t.same([await patch(guess), await patch(guess), await patch(guess)], [403, 403, 429]);
    for (let time = 0; time < 3; time++) t.equal(await patch({ name: `Amy ${time}` }), 200);
  },
);
