import t from 'tap';
import { startApp } from '../helper.ts';

t.test('a host’s user is made on first sight, and is the same ever after', async (t) => {
  const { key, request } = await startApp(t);
  const host = await key('tokens');
  const traits = { externalId: 'u-1', name: 'Ann', email: 'Ann@Example.com', title: 'doctor' };
  const made = await host.request('POST', 'tokens', traits);
  t.equal(made.status, 201);
  t.match(made.body.user, {
    externalId: 'u-1',
    name: 'Ann',
    email: 'ann@example.com',
    title: 'doctor',
    anonymous: false,
  });
  t.same((await request('GET', 'me', undefined, made.body.token)).body, made.body.user);
  const again = await host.request('POST', 'tokens', { externalId: 'u-1' });
  t.equal(again.body.user.id, made.body.user.id);
  t.not(again.body.token, made.body.token);
  t.equal((await request('GET', 'me', undefined, made.body.token)).status, 200, 'both are good');
});

t.test('a hundred first sights at once make one user', async (t) => {
  const { key } = await startApp(t);
  const host = await key('tokens');
  const came = await Promise.all(
    Array.from({ length: 100 }, () => host.request('POST', 'tokens', { externalId: 'u-1' })),
  );
  t.equal(new Set(came.map(({ body }) => body.user.id)).size, 1);
});

t.test('who may not mint, and what', async (t) => {
  const { admin, member, visitor, key } = await startApp(t);
  const ada = await admin();
  const body = { externalId: 'u-1' };
  for (const [who, actor] of [
    ['an admin', ada],
    ['an agent', await member('agent', 'amy')],
    ['a visitor', await visitor()],
    ['a key for users', await key('users')],
  ] as const) {
    t.match(await actor.request('POST', 'tokens', body), { status: 403, body: { code: 'FORBIDDEN' } }, who);
  }
  await ada.request('PATCH', `users/${ada.user.id}`, { externalId: 'boss' });
  const narrow = await (await key('tokens')).request('POST', 'tokens', { externalId: 'boss' });
  t.match(narrow, { status: 403 }, 'an admin’s token from a narrow key');
  t.equal((await (await key('*')).request('POST', 'tokens', { externalId: 'boss' })).status, 201);
  const host = await key('tokens');
  for (const wrong of [
    {},
    { externalId: 5 },
    { ...body, expiresIn: 0 },
    { ...body, expiresIn: 34_560_001 },
    { ...body, role: 'admin' },
  ]) {
    t.equal((await host.request('POST', 'tokens', wrong)).status, 400, JSON.stringify(wrong));
  }
});

t.test('a minted token ends when it was said to', async (t) => {
  let now = Date.now();
  const { key, request } = await startApp(t, {}, { now: () => now });
  const { body } = await (await key('tokens')).request('POST', 'tokens', { externalId: 'u-1', expiresIn: 60 });
  now += 60_000;
  t.match(await request('GET', 'me', undefined, body.token), { status: 401, body: { code: 'TOKEN_EXPIRED' } });
});
