import t from 'tap';
import { startApp } from '../helper.ts';

t.test('a key is shown once, listed without itself, and good until it is taken away', async (t) => {
  const { admin, request } = await startApp(t);
  const ada = await admin();
  const made = await ada.request('POST', 'api-keys', { name: 'CRM', scopes: ['users'] });
  t.match(made, {
    status: 201,
    body: { name: 'CRM', scopes: ['users'], lastUsedAt: null, expiresAt: null, key: /^pk_/ },
  });
  const { key, ...shown } = made.body;
  t.same((await ada.request('GET', 'api-keys')).body, { items: [shown], next: null });
  t.same((await ada.request('GET', `api-keys/${shown.id}`)).body, shown);
  t.equal((await request('GET', 'users', undefined, key)).status, 200);
  await ada.request('POST', 'users', {});
  t.match((await ada.request('GET', `api-keys/${shown.id}`)).body.lastUsedAt, /Z$/);
  t.equal((await ada.request('DELETE', `api-keys/${shown.id}`)).status, 204);
  t.match(await request('GET', 'users', undefined, key), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  t.equal((await ada.request('GET', `api-keys/${shown.id}`)).status, 404);
});

t.test('scopes that are taken away are gone from the next request on', async (t) => {
  const { admin, request } = await startApp(t);
  const ada = await admin();
  const { key, id } = (await ada.request('POST', 'api-keys', { name: 'k', scopes: ['users', 'messages'] })).body;
  const patched = await ada.request('PATCH', `api-keys/${id}`, { scopes: ['messages'] });
  t.match(patched, { status: 200, body: { name: 'k', scopes: ['messages'] } });
  t.equal((await request('GET', 'users', undefined, key)).status, 403);
});

t.test('keys are for admins: to others there are none', async (t) => {
  const { admin, member, visitor, key } = await startApp(t);
  const { id } = (await (await admin()).request('POST', 'api-keys', { name: 'k', scopes: ['*'] })).body;
  for (const [who, actor] of [
    ['an agent', await member('agent', 'amy')],
    ['a visitor', await visitor()],
    ['a key for everything', await key('*')],
  ] as const) {
    t.equal((await actor.request('GET', 'api-keys')).status, 403, `${who}: list`);
    t.equal((await actor.request('POST', 'api-keys', { name: 'x', scopes: ['*'] })).status, 403, `${who}: make`);
    t.equal((await actor.request('GET', `api-keys/${id}`)).status, 404, `${who}: get`);
    t.equal((await actor.request('PATCH', `api-keys/${id}`, { name: 'x' })).status, 404, `${who}: change`);
    t.equal((await actor.request('DELETE', `api-keys/${id}`)).status, 404, `${who}: delete`);
  }
});

t.test('what a key must not be made of', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  const rows: [object, string][] = [
    [{ name: 'k' }, 'scopes'],
    [{ name: 'k', scopes: [] }, 'scopes'],
    [{ name: 'k', scopes: ['root'] }, 'scopes.0'],
    [{ name: '', scopes: ['*'] }, 'name'],
    [{ name: 'k', scopes: ['*'], key: 'pk_mine' }, 'key'],
    [{ name: 'k', scopes: ['*'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'k', scopes: ['*'], expiresAt: 'tomorrow' }, 'expiresAt'],
  ];
  for (const [body, path] of rows) {
    const answer = await ada.request('POST', 'api-keys', body);
    t.match(answer, { status: 400, body: { code: 'VALIDATION', details: { path } } }, JSON.stringify(body));
  }
});
