import t from 'tap';
import { startApp } from '../helper.ts';

const PASSWORD = 'correct horse battery';
const NOBODY = '00000000-0000-7000-8000-000000000000';

t.test('who may see and make users', async (t) => {
  const { admin, member, visitor, hostUser, key } = await startApp(t);
  const vic = await visitor({ name: 'Vic' });
  const rows: [string, { request: typeof vic.request }, number, number, number][] = [
    ['admin', await admin(), 200, 200, 201],
    ['agent', await member('agent', 'amy'), 200, 200, 403],
    ['peer', await member('peer', 'pete'), 403, 404, 403],
    ['named user', await hostUser('u-1'), 403, 404, 403],
    ['visitor, of themselves', vic, 403, 404, 403],
    ['key for users', await key('users'), 200, 200, 201],
    ['key for messages', await key('messages'), 403, 403, 403],
  ];
  for (const [who, { request }, list, get, post] of rows) {
    t.equal((await request('GET', 'users')).status, list, `${who}: list`);
    t.equal((await request('GET', `users/${vic.user.id}`)).status, get, `${who}: get`);
    t.equal((await request('POST', 'users', { name: who })).status, post, `${who}: make`);
  }
});

t.test('a user is shown to the team with what only the team may know, and no more', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  const made = await ada.request('POST', 'users', { name: 'Ann', email: 'ann@example.com', externalId: 'u-1' });
  t.equal(made.status, 201);
  const { createdAt, ...shown } = made.body;
  t.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.same(shown, {
    id: shown.id,
    name: 'Ann',
    role: 'user',
    anonymous: false,
    externalId: 'u-1',
    email: 'ann@example.com',
    fields: {},
    lastSeenAt: null,
    blockedAt: null,
    disabledAt: null,
  });
  t.same((await ada.request('GET', `users/${shown.id.toUpperCase()}`)).body, made.body, 'in any case');
});

t.test('a list in pages holds everybody once, newest first', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  for (let made = 0; made < 5; made += 1) await ada.request('POST', 'users', { name: `n${made}` });
  const names: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page: { items: { name: string }[]; next: string | null } = (
      await ada.request('GET', `users?role=user&limit=2${next === '' ? '' : `&cursor=${next}`}`)
    ).body;
    t.ok(page.items.length <= 2);
    names.push(...page.items.map(({ name }) => name));
    next = page.next;
  }
  t.same(names, ['n4', 'n3', 'n2', 'n1', 'n0']);
  t.match(await ada.request('GET', 'users?cursor=nonsense'), { status: 400, body: { details: { path: 'cursor' } } });
});

t.test('users are found by role, host id and the address that they log in with', async (t) => {
  const { admin, member } = await startApp(t);
  const ada = await admin();
  const amy = await member('agent', 'amy');
  await ada.request('POST', 'users', { name: 'Ann', externalId: 'u-1' });
  const found = async (query: string) =>
    (await ada.request('GET', `users?${query}`)).body.items.map(({ name }: { name: string }) => name);
  t.same(await found('role=agent'), ['amy']);
  t.same(await found('externalId=u-1'), ['Ann']);
  t.same(await found('externalId=u-2'), []);
  t.same(await found('email=AMY@example.com'), ['amy']);
  t.same(await found('email=amy@example.com&role=admin'), []);
  t.equal(amy.user.role, 'agent');
});

t.test('queries are read strictly', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  const rows: [string, string][] = [
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=', 'limit'],
    ['limit=2&limit=3', 'limit'],
    ['limit[]=2', 'limit[]'],
    ['role=root', 'role'],
    ['role=user&role=admin', 'role'],
    ['page=2', 'page'],
    ['__proto__=1', '__proto__'],
  ];
  for (const [query, path] of rows) {
    t.match(
      await ada.request('GET', `users?${query}`),
      { status: 400, body: { code: 'VALIDATION', details: { path } } },
      query,
    );
  }
  t.match(await ada.request('GET', 'me?x=1'), { status: 400 }, 'also where there is none');
});

t.test('what is another’s is in use, and what must not be given is refused', async (t) => {
  const { admin, member } = await startApp(t);
  const ada = await admin();
  await member('agent', 'amy');
  await ada.request('POST', 'users', { externalId: 'u-1' });
  const rows: [object, number, string, string][] = [
    [{ email: 'Amy@example.com', role: 'agent' }, 409, 'IN_USE', 'email'],
    [{ email: 'amy@example.com', password: 'long enough' }, 409, 'IN_USE', 'email'],
    [{ externalId: 'u-1' }, 409, 'IN_USE', 'externalId'],
    [{ role: 'bot' }, 400, 'VALIDATION', 'role'],
    [{ password: 'short' }, 400, 'VALIDATION', 'password'],
    [{ password: 12_345_678 }, 400, 'VALIDATION', 'password'],
    [{ id: NOBODY }, 400, 'VALIDATION', 'id'],
    [{ anonymous: true }, 400, 'VALIDATION', 'anonymous'],
    [{ blockedAt: null }, 400, 'VALIDATION', 'blockedAt'],
    [{ externalId: '' }, 400, 'VALIDATION', 'externalId'],
  ];
  for (const [body, status, code, path] of rows) {
    const answer = await ada.request('POST', 'users', body);
    t.match(answer, { status, body: { code, details: { path } } }, JSON.stringify(body));
  }
});

t.test('two who ask for the same address or host id at once: one gets it', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  for (const traits of [{ email: 'twin@example.com', role: 'agent' }, { externalId: 'twin' }]) {
    const came = await Promise.all([1, 2, 3].map(() => ada.request('POST', 'users', traits)));
    t.same(came.map(({ status }) => status).toSorted(), [201, 409, 409]);
  }
});

t.test('a disabled user is out at once and in again when enabled', async (t) => {
  const { admin, member, request } = await startApp(t);
  const ada = await admin();
  const amy = await member('agent', 'amy');
  t.match(await ada.request('PATCH', `users/${amy.user.id}`, { disabled: true }), {
    status: 200,
    body: { disabledAt: String },
  });
  t.match(await amy.request('GET', 'me'), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  const login = { email: 'amy@example.com', password: 'correct horse battery' };
  t.equal((await request('POST', 'auth/login', login)).status, 401);
  await ada.request('PATCH', `users/${amy.user.id}`, { disabled: false });
  t.equal((await request('POST', 'auth/login', login)).status, 200);
  t.match(await amy.request('GET', 'me'), { status: 401 }, 'the old session stays ended');
});

t.test('another role counts from the next request on, with the same token', async (t) => {
  const { admin, member } = await startApp(t);
  const amy = await member('agent', 'amy');
  t.equal((await amy.request('GET', 'users')).status, 200);
  await (await admin()).request('PATCH', `users/${amy.user.id}`, { role: 'peer' });
  t.equal((await amy.request('GET', 'users')).status, 403);
  t.match(await amy.request('GET', 'me'), { status: 200, body: { role: 'peer' } });
});

t.test('who sets their own password stays signed in here, and nowhere else', async (t) => {
  const { admin, request } = await startApp(t);
  const ada = await admin();
  const login = { email: 'admin@example.com', password: 'correct horse battery' };
  const { body: other } = await request('POST', 'auth/login', login);
  await ada.request('PATCH', `users/${ada.user.id}`, { password: 'another password' });
  t.equal((await ada.request('GET', 'me')).status, 200);
  t.equal((await request('GET', 'me', undefined, other.token)).status, 401);
  t.equal((await request('POST', 'auth/login', login)).status, 401);
});

t.test('an address that one logs in by is changed with the password', async (t) => {
  const { member, request } = await startApp(t);
  const amy = await member('agent', 'amy');
  const move = (more: object) => amy.request('PATCH', 'me', { email: 'thief@example.com', ...more });
  for (const more of [{}, { currentPassword: 'a guess' }]) {
    t.match(await move(more), { status: 403, body: { details: { path: 'currentPassword' } } });
  }
  t.match((await amy.request('GET', 'me')).body, { email: 'amy@example.com' });
  const same = { name: 'Amy', email: 'AMY@example.com' };
  t.match(await amy.request('PATCH', 'me', same), { status: 200, body: { name: 'Amy' } }, 'the one that they have');
  t.equal((await move({ currentPassword: PASSWORD })).status, 200);
  t.equal((await request('POST', 'auth/login', { email: 'thief@example.com', password: PASSWORD })).status, 200);
});

t.test('of the team without a password, an admin changes the address', async (t) => {
  const { admin, hostUser } = await startApp(t);
  const ada = await admin();
  const { body } = await ada.request('POST', 'users', { email: 'pia@example.com', role: 'agent', externalId: 'pia' });
  const pia = await hostUser('pia');
  t.match(await pia.request('PATCH', 'me', { name: 'Pia' }), { status: 200 });
  t.match(await pia.request('PATCH', 'me', { email: 'thief@example.com' }), { status: 403 });
  const moved = await ada.request('PATCH', `users/${body.id}`, { email: 'p@example.com' });
  t.match(moved, { status: 200, body: { email: 'p@example.com' } });
});

t.test('the last admin stays', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  for (const change of [{ role: 'agent' }, { disabled: true }]) {
    t.match(await ada.request('PATCH', `users/${ada.user.id}`, change), { status: 403, body: { code: 'FORBIDDEN' } });
  }
  t.equal((await ada.request('GET', 'users')).status, 200);
});

t.test('blocking by the team: the blocked may read and do nothing else', async (t) => {
  const { member, visitor } = await startApp(t);
  const amy = await member('agent', 'amy');
  const vic = await visitor();
  t.match(await amy.request('POST', `users/${vic.user.id}/block`), { status: 200, body: { blockedAt: String } });
  t.equal((await vic.request('GET', 'me')).status, 200);
  t.match(await vic.request('PATCH', 'me', { name: 'V' }), { status: 403, body: { code: 'BLOCKED' } });
  t.match(await amy.request('POST', `users/${vic.user.id}/unblock`), { status: 200, body: { blockedAt: null } });
  t.equal((await vic.request('PATCH', 'me', { name: 'V' })).status, 200);
});

t.test('somebody who is not there and somebody who may not be known: the same answer', async (t) => {
  const { visitor, member, admin } = await startApp(t);
  const vic = await visitor();
  const amy = await member('agent', 'amy');
  for (const [method, below, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { name: 'x' }],
    ['POST', '/block', undefined],
    ['POST', '/unblock', undefined],
  ] as const) {
    const hidden = await vic.request(method, `users/${amy.user.id}${below}`, body);
    const absent = await vic.request(method, `users/${NOBODY}${below}`, body);
    t.equal(hidden.status, 404, `${method} ${below}`);
    t.same(hidden.body, absent.body);
    const ada = await (await admin()).request(method, `users/${NOBODY}${below}`, body);
    t.same([ada.status, ada.body], [404, absent.body]);
  }
  t.match(await amy.request('GET', 'users/not-an-id'), { status: 400, body: { details: { path: 'id' } } });
});

t.test('oneself: what may be changed, and the ticket', async (t) => {
  const { visitor, key } = await startApp(t);
  const vic = await visitor();
  const patched = await vic.request('PATCH', 'me', { name: 'Vic', email: 'V@example.com', fields: { plan: 'pro' } });
  t.match(patched, { status: 200, body: { name: 'Vic', email: 'v@example.com', fields: { plan: 'pro' } } });
  for (const body of [{ role: 'admin' }, { anonymous: false }, { externalId: 'x' }, { password: 'long enough' }]) {
    t.equal((await vic.request('PATCH', 'me', body)).status, 400, JSON.stringify(body));
  }
  const fields = JSON.parse('{"fields": {"__proto__": "x"}}');
  t.equal((await vic.request('PATCH', 'me', fields)).status, 400);
  t.match(await vic.request('GET', 'me/ticket'), { status: 200, body: { value: String, expiresAt: /Z$/ } });
  for (const path of ['me', 'me/ticket', 'me/sessions']) {
    t.match(
      await (await key('*')).request('GET', path),
      { status: 403, body: { code: 'FORBIDDEN' } },
      `a key: ${path}`,
    );
  }
});
