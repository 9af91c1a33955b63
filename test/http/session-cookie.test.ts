import t from 'tap';
import type { Config } from '../../src/config.ts';
import { startApp } from '../helper.ts';

const LOGIN = { email: 'admin@example.com', password: 'correct horse battery', cookie: true };

/** The pair of a cookie that was set, as a browser sends it back. */
const pairOf = (headers: Headers) => headers.getSetCookie()[0]?.split(';')[0] ?? '';

t.test('a page stays signed in by a cookie that no script reads', async (t) => {
  const { request } = await startApp(t);
  const login = await request('POST', 'auth/login', LOGIN);
  t.same(Object.keys(login.body).toSorted(), ['token', 'user'], 'the refresh token is in the cookie alone');
  t.match(login.headers.getSetCookie()[0], /^parley=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);

  const refreshed = await request('POST', 'auth/refresh', {}, undefined, { cookie: `a=b; ${pairOf(login.headers)}` });
  t.match(refreshed, { status: 200, body: { user: { id: login.body.user.id } } });
  t.equal(refreshed.body.refreshToken, undefined);
  t.not(pairOf(refreshed.headers), pairOf(login.headers), 'it is another one each time');
  t.match(await request('GET', 'me', undefined, refreshed.body.token), { status: 200 });

  const cookie = pairOf(refreshed.headers);
  const logout = await request('POST', 'auth/logout', undefined, refreshed.body.token, { cookie });
  t.match(logout.headers.getSetCookie()[0], /^parley=; Path=\/; Max-Age=0;/);
  const dead = await request('POST', 'auth/refresh', {}, undefined, { cookie });
  t.match(dead, { status: 401, body: { code: 'UNAUTHENTICATED' } });
  t.match(dead.headers.getSetCookie()[0], /Max-Age=0/, 'a dead one is taken away');
});

t.test('over TLS it is bound to the host and never sent in the clear', async (t) => {
  const { request } = await startApp(t, { publicUrl: 'https://chat.example.com' });
  const login = await request('POST', 'auth/login', LOGIN);
  t.match(login.headers.getSetCookie()[0], /^__Host-parley=[^;]+; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/);
  const plain = pairOf(login.headers).replace('__Host-', '');
  t.match(
    await request('POST', 'auth/refresh', {}, undefined, { cookie: plain }),
    { status: 401 },
    'no other name counts',
  );
});

t.test('a cookie signs nobody in to the API itself', async (t) => {
  const { request } = await startApp(t);
  const cookie = pairOf((await request('POST', 'auth/login', LOGIN)).headers);
  t.match(await request('GET', 'me', undefined, undefined, { cookie }), { status: 401 });
  t.match(await request('POST', 'auth/logout', undefined, undefined, { cookie }), { status: 401 });
});

/** Without the admin of the settings. */
const NOBODY_YET = { adminEmail: undefined, adminPassword: undefined } as unknown as Partial<Config>;

t.test('the first admin comes in by the link, into a cookie too', async (t) => {
  const { app, request } = await startApp(t, NOBODY_YET);
  const link = app.firstAdminLink?.split('link=')[1];
  const { password } = LOGIN;
  const used = await request('POST', 'auth/link', { link, password, name: 'Ada', email: LOGIN.email, cookie: true });
  t.match(used, { status: 200, body: { user: { name: 'Ada', role: 'admin' }, refreshToken: undefined } });
  const refreshed = await request('POST', 'auth/refresh', {}, undefined, { cookie: pairOf(used.headers) });
  t.match(refreshed, { status: 200, body: { user: { id: used.body.user.id } } });
});
