/** Somebody who can administer stays, whoever asks and by whatever door. */
import { SignJWT } from 'jose';
import t from 'tap';
import { startApp } from '../helper.ts';
import { SECRET } from './host.ts';

t.test('the last admin is demoted, disabled, blocked and erased by nobody', async (t) => {
  const app = await startApp(t, { jwtSecret: SECRET, jwtRoles: true });
  const [admin, key] = [await app.admin(), await app.key('*')];
  const path = `users/${admin.user.id}`;
  t.equal((await key.request('PATCH', path, { externalId: 'chief' })).status, 200);

  for (const who of [admin, key]) {
    for (const change of [{ role: 'agent' }, { role: 'user' }, { disabled: true }, { role: 'peer', name: 'Nobody' }]) {
      t.match(await who.request('PATCH', path, change), { status: 403, body: { message: /last admin/ } });
    }
    t.match(await who.request('DELETE', path), { status: 403, body: { message: /last admin/ } });
  }
  t.match(await key.request('POST', `${path}/block`), { status: 403, body: { message: /last admin/ } });

  for (const role of ['agent', 'user']) {
    const token = await new SignJWT({ sub: 'chief', role, name: 'Chief' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET));
    t.match(await app.request('GET', 'me', undefined, token), { status: 200, body: { role: 'admin' } }, role);
    const named = await app.request('POST', 'visitors', { identity: { token } });
    t.match(named.body.user, { id: admin.user.id, role: 'admin' }, 'named by it');
  }
  t.match(await key.request('POST', 'tokens', { externalId: 'chief' }), {
    status: 201,
    body: { user: { role: 'admin' } },
  });
  t.match(await admin.request('GET', path), {
    status: 200,
    body: { role: 'admin', blockedAt: null, disabledAt: null },
  });
});

t.test('of two who take each other down at once one stays', async (t) => {
  for (const [method, below, body] of [
    ['PATCH', '', { role: 'agent' }],
    ['PATCH', '', { disabled: true }],
    ['POST', '/block', undefined],
    ['DELETE', '', undefined],
  ] as const) {
    const app = await startApp(t);
    const [one, two] = [await app.admin(), await app.member('admin', 'Zoe')];
    const answers = await Promise.all([
      one.request(method, `users/${two.user.id}${below}`, body),
      two.request(method, `users/${one.user.id}${below}`, body),
    ]);
    const done = answers.filter(({ status }) => status < 300);
    t.equal(done.length, 1, `${method} ${below} ${JSON.stringify(body)}`);
    const left = answers[0]?.status === 403 || answers[0]?.status === 401 ? two : one;
    t.equal((await left.request('GET', 'api-keys')).status, 200, 'and administers');
    await app.stop();
  }
});
