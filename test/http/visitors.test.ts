import t from 'tap';
import { startApp } from '../helper.ts';

t.test('a visitor is made with a token, and is known by it', async (t) => {
  const { request } = await startApp(t);
  const made = await request('POST', 'visitors', { name: 'Vic', email: 'V@Example.com', fields: { plan: 'free' } });
  t.equal(made.status, 201);
  const { user, token } = made.body;
  t.match(user, { name: 'Vic', email: 'v@example.com', fields: { plan: 'free' }, role: 'user', anonymous: true });
  t.same(Object.keys(made.body).toSorted(), ['token', 'user']);
  t.same((await request('GET', 'me', undefined, token)).body, user);
});

t.test('without a body, and with an empty one', async (t) => {
  const { request } = await startApp(t);
  t.equal((await request('POST', 'visitors')).status, 201);
  t.equal((await request('POST', 'visitors', '')).status, 201);
  t.equal((await request('POST', 'visitors', {})).status, 201);
});

t.test('a living token is answered with its own visitor, and makes none', async (t) => {
  const { request, visitor, admin } = await startApp(t);
  const vic = await visitor();
  const again = await request('POST', 'visitors', { context: { page: 'https://example.com/' } }, vic.token);
  t.same([again.status, again.body], [200, { user: vic.user, token: vic.token }]);
  const { items } = (await (await admin()).request('GET', 'users?role=user')).body;
  t.equal(items.length, 1);
});

t.test('a token that is no good is said to be so, and makes no visitor', async (t) => {
  const { request, key } = await startApp(t);
  t.match(await request('POST', 'visitors', {}, `pv_${'A'.repeat(43)}`), {
    status: 401,
    body: { code: 'UNAUTHENTICATED' },
  });
  t.match(await (await key('*')).request('POST', 'visitors', {}), { status: 403, body: { code: 'FORBIDDEN' } });
});

t.test('what only the server may say is refused', async (t) => {
  const { request } = await startApp(t);
  for (const more of [{ role: 'admin' }, { id: 'x' }, { anonymous: false }, { externalId: 'u-1' }, { token: 'x' }]) {
    const [path] = Object.keys(more);
    t.match(await request('POST', 'visitors', { name: 'Vic', ...more }), {
      status: 400,
      body: { code: 'VALIDATION', details: { path } },
    });
  }
});

t.test('new visitors are limited by address, once a trusted proxy tells it; known ones are not', async (t) => {
  const { request } = await startApp(t, { visitorsPerMinute: 2, trustProxy: ['127.0.0.1'] });
  const from = (address: string, token?: string) =>
    request('POST', 'visitors', {}, token, { 'x-forwarded-for': address });
  const first = await from('198.51.100.1');
  t.same([first.status, (await from('198.51.100.1')).status], [201, 201]);
  const third = await from('198.51.100.1');
  t.match(third, { status: 429, body: { statusCode: 429, code: 'RATE_LIMITED', error: 'Too Many Requests' } });
  t.ok(third.body.retryMs > 0 && third.body.retryMs <= 60_000);
  t.ok(Number(third.headers.get('retry-after')) >= 1);
  t.equal((await from('198.51.100.1', first.body.token)).status, 200, 'a known one makes no new visitor');
  t.equal((await from('198.51.100.2')).status, 201, 'another address');
  t.equal((await from('2001:db8:1:2::1')).status, 201);
  t.equal((await from('2001:db8:1:2:ffff::9')).status, 201);
  t.equal((await from('2001:db8:1:2:aaaa::7')).status, 429, 'the third of one /64');
  t.equal((await from('2001:db8:1:3::1')).status, 201, 'another /64');
  t.equal((await from('::ffff:198.51.100.1')).status, 429, 'the same address in another dress');
});

t.test('a forwarded address that nobody vouches for counts for nothing', async (t) => {
  const { request } = await startApp(t, { visitorsPerMinute: 1 });
  for (let made = 0; made < 3; made += 1) {
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    t.equal((await request('POST', 'visitors', {}, undefined, headers)).status, 201, 'a near peer is not limited');
  }
});
