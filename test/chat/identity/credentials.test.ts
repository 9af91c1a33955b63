import { createHmac } from 'node:crypto';
import t from 'tap';
import { byOf } from '../../../src/chat/caller.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';
import { admin, HERE, type House, openHouse, PASSWORD, WITH_ADMIN } from './house.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1, 12);

async function refused(promise: PromiseLike<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** A token of the server's own shape, with other claims or another key. */
function forge(claims: object, key: string, header: object = { alg: 'HS256', kid: 'parley-own' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** Waits until what was handed over before is written. */
async function written(house: House): Promise<void> {
  await house.visitors.create(null, {}, HERE);
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function withAdmin(t: Parameters<typeof openHouse>[0]) {
  let now = START;
  const house = await openHouse(t, WITH_ADMIN, () => now);
  await house.firstAdmin();
  return { house, signedIn: await admin(house), pass: (ms: number) => (now += ms) };
}

t.test('a visitor’s token is their only credential: no id, no hash and nothing near it is one', async (t) => {
  const house = await openHouse(t);
  const { token, user } = await house.visitors.create(null, {}, HERE);
  t.match(token, /^pv_[A-Za-z0-9_-]{43}$/);
  t.match(await house.identity.fromToken(token), { uuid: user.id, anonymous: true, role: 'user' });
  const kept = house.store.reader.$client.prepare('select hash from sessions').get() as { hash: string };
  t.notOk(kept.hash.includes(token.slice(3)));
  const last = token.at(-1) === 'A' ? 'E' : 'A';
  const others = [
    user.id,
    kept.hash,
    `pv_${kept.hash}`,
    token.slice(3),
    token.slice(0, -1) + last,
    `${token}A`,
    'pv_',
    '',
  ];
  for (const other of others) t.equal(await refused(house.identity.fromToken(other)), 'UNAUTHENTICATED', other);
});

t.test('a visitor’s token slides while it is used, and ends when it is not', async (t) => {
  let now = START;
  const house = await openHouse(t, { visitorTokenDays: 10 }, () => now);
  const { token } = await house.visitors.create(null, {}, HERE);
  now += 9 * DAY;
  await house.identity.fromToken(token);
  await written(house);
  now += 9 * DAY;
  t.equal(await refused(house.identity.fromToken(token)), null, 'used nine days ago');
  now += 10 * DAY + 1;
  t.equal(await refused(house.identity.fromToken(token)), 'TOKEN_EXPIRED');
});

t.test('a use is written once a day', async (t) => {
  let now = START;
  const house = await openHouse(t, {}, () => now);
  const { token } = await house.visitors.create(null, {}, HERE);
  now += DAY;
  await Promise.all(Array.from({ length: 50 }, () => house.identity.fromToken(token)));
  t.equal(house.writer.waiting, 1);
  await written(house);
  const seen = house.store.reader.$client.prepare('select used_day from sessions limit 1').get();
  t.same(seen, { used_day: Math.floor(now / DAY) });
  await house.identity.fromToken(token);
  t.equal(house.writer.waiting, 0, 'nothing more to write today');
});

t.test('an access token is good for a quarter of an hour, and only in its own shape', async (t) => {
  const { house, signedIn, pass } = await withAdmin(t);
  const claims = claimsOf(signedIn.token);
  t.match(signedIn.caller, { role: 'admin', expiresAt: START + 15 * MINUTE });
  const rows: [string, string][] = [
    ['another key', forge(claims, 'x'.repeat(64))],
    ['no sid', forge({ ...claims, sid: undefined }, house.ownKey)],
    ['an unknown sid', forge({ ...claims, sid: claims.sub }, house.ownKey)],
    ['another’s sid', forge({ ...claims, sub: claims.sid }, house.ownKey)],
    ['no exp', forge({ ...claims, exp: undefined }, house.ownKey)],
    ['another iss', forge({ ...claims, iss: 'host' }, house.ownKey)],
    ['unsigned', forge(claims, house.ownKey, { alg: 'none', kid: 'parley-own' }).replace(/[^.]*$/, '')],
    ['not said to be ours', forge(claims, house.ownKey, { alg: 'HS256' })],
    ['the refresh token', signedIn.refreshToken],
  ];
  for (const [what, token] of rows) t.equal(await refused(house.identity.fromToken(token)), 'UNAUTHENTICATED', what);
  pass(15 * MINUTE);
  t.equal(await refused(house.identity.fromToken(signedIn.token)), 'TOKEN_EXPIRED');
});

t.test('an access token dies with its session, at once', async (t) => {
  const { house, signedIn } = await withAdmin(t);
  await house.sessions.logout(signedIn.caller);
  t.equal(await refused(house.identity.fromToken(signedIn.token)), 'UNAUTHENTICATED');
  t.equal(await refused(house.sessions.refresh(signedIn.refreshToken)), 'UNAUTHENTICATED');
  t.match(house.published.at(-1), { type: 'evict', code: 4201 });
});

t.test('refreshing tells a second tab the same, and a thief nothing', async (t) => {
  const { house, signedIn, pass } = await withAdmin(t);
  const first = await house.sessions.refresh(signedIn.refreshToken);
  t.not(first.refreshToken, signedIn.refreshToken);
  pass(29_000);
  const [tab, other] = await Promise.all([1, 2].map(() => house.sessions.refresh(signedIn.refreshToken)));
  t.same([tab?.refreshToken, other?.refreshToken], [first.refreshToken, first.refreshToken]);
  pass(MINUTE);
  const second = await house.sessions.refresh(first.refreshToken);
  t.equal(await refused(house.sessions.refresh(signedIn.refreshToken)), 'UNAUTHENTICATED', 'two generations old');
  t.equal(await refused(house.sessions.refresh(second.refreshToken)), 'UNAUTHENTICATED', 'so that nobody goes on');
  t.equal(await refused(house.identity.fromToken(second.token)), 'UNAUTHENTICATED');
});

t.test('what is no refresh token', async (t) => {
  const { house, signedIn } = await withAdmin(t);
  const { token: visitor } = await house.visitors.create(null, {}, HERE);
  for (const token of ['', 'pr_', visitor, signedIn.token, `pr_${'A'.repeat(65)}`, `${signedIn.refreshToken}A`]) {
    t.equal(await refused(house.sessions.refresh(token)), 'UNAUTHENTICATED', token);
  }
});

t.test('sessions are listed for their owner and ended one by one', async (t) => {
  const { house, signedIn } = await withAdmin(t);
  const there = await house.sessions.login('ADA@example.com', PASSWORD, { address: null, userAgent: 'x'.repeat(999) });
  const list = await house.sessions.list(signedIn.caller);
  t.match(list, [
    { current: false, userAgent: 'x'.repeat(300) },
    { current: true, address: '192.0.2.7', kind: 'login' },
  ]);
  const stranger = await house.identity.fromToken((await house.visitors.create(null, {}, HERE)).token);
  t.equal(await refused(house.sessions.revoke(stranger, list[0]?.id ?? '')), 'NOT_FOUND');
  await house.sessions.revoke(signedIn.caller, (list[0]?.id ?? '').toUpperCase());
  t.equal(await refused(house.identity.fromToken(there.token)), 'UNAUTHENTICATED');
  t.equal((await house.sessions.list(signedIn.caller)).length, 1);
});

t.test('addresses are not kept where the operator does not want it', async (t) => {
  const house = await openHouse(t, { keepAddress: false });
  const { token } = await house.visitors.create(null, {}, HERE);
  const caller = await house.identity.fromToken(token);
  t.match(await house.sessions.list(caller), [{ address: null, userAgent: null, kind: 'visitor' }]);
});

t.test('an API key is told once, kept as a hash, and dies when it is taken away', async (t) => {
  const { house, signedIn, pass } = await withAdmin(t);
  const { key, id } = await house.keys.create(signedIn.caller, { name: 'CRM', scopes: ['users', 'tokens'] });
  t.match(await house.identity.fromToken(key), { kind: 'key', scopes: ['users', 'tokens'] });
  t.notOk('key' in (await house.keys.get(signedIn.caller, id)));
  const kept = house.store.reader.$client.prepare('select hash from api_keys').get() as { hash: string };
  t.notOk(kept.hash.includes(key.slice(3)));
  pass(MINUTE);
  await house.identity.fromToken(key);
  await house.keys.patch(signedIn.caller, id, { name: 'Shop', expiresAt: new Date(START + 2 * MINUTE).toISOString() });
  t.match(await house.keys.get(signedIn.caller, id), {
    name: 'Shop',
    lastUsedAt: new Date(START + MINUTE).toISOString(),
  });
  pass(MINUTE);
  t.equal(await refused(house.identity.fromToken(key)), 'TOKEN_EXPIRED');
  await house.keys.patch(signedIn.caller, id, { expiresAt: null });
  t.equal(await refused(house.identity.fromToken(key)), null);
  await house.keys.delete(signedIn.caller, id);
  t.equal(await refused(house.identity.fromToken(key)), 'UNAUTHENTICATED');
});

t.test('keys refuse scopes that there are not, and an end that is past', async (t) => {
  const { house, signedIn } = await withAdmin(t);
  const scopes = house.keys.create(signedIn.caller, { name: 'k', scopes: ['users', 'root'] });
  await t.rejects(scopes, { code: 'VALIDATION', details: { path: 'scopes.1' } });
  const past = house.keys.create(signedIn.caller, { name: 'k', scopes: ['*'], expiresAt: '2020-01-01T00:00:00Z' });
  await t.rejects(past, { code: 'VALIDATION', details: { path: 'expiresAt' } });
});

t.test('disabled and blocked users: the one is out at once, the other may still read', async (t) => {
  const { house, signedIn } = await withAdmin(t);
  const { key } = await house.keys.create(signedIn.caller, { name: 'k', scopes: ['tokens'] });
  const caller = await house.identity.fromToken(key);
  const { token, user } = await house.users.mint(caller, { externalId: 'u-1', name: 'Ann', title: 'doctor' });
  t.match(user, { externalId: 'u-1', title: 'doctor' });
  await house.users.block(signedIn.caller, user.id, true);
  const blocked = await house.identity.fromToken(token);
  t.match(await house.users.me(blocked), { name: 'Ann' });
  t.equal(await refused(house.users.patchMe(blocked, { name: 'A' })), 'BLOCKED');
  await house.users.patch(signedIn.caller, user.id, { disabled: true });
  t.equal(await refused(house.identity.fromToken(token)), 'UNAUTHENTICATED');
  t.equal(await refused(house.users.mint(caller, { externalId: 'u-1' })), 'FORBIDDEN');
  t.ok(byOf(blocked));
});

t.test('a minted token lives as long as the host says', async (t) => {
  const { house, signedIn, pass } = await withAdmin(t);
  const { key } = await house.keys.create(signedIn.caller, { name: 'k', scopes: ['tokens'] });
  const host = await house.identity.fromToken(key);
  const { token } = await house.users.mint(host, { externalId: 'u-1', expiresIn: 60 });
  pass(59_999);
  t.equal(await refused(house.identity.fromToken(token)), null);
  pass(1);
  t.equal(await refused(house.identity.fromToken(token)), 'TOKEN_EXPIRED');
  t.equal(await refused(house.users.mint(signedIn.caller, { externalId: 'u-2' })), 'FORBIDDEN', 'an admin is no key');
});

t.test('tickets open for their user and their hour, and cannot be made by others', async (t) => {
  let now = START;
  const house: House = await openHouse(t, {}, () => now);
  const user = '00000000-0000-7000-8000-000000000001';
  const { value, expiresAt } = house.tickets.make(user);
  t.equal(expiresAt, new Date(START + 60 * MINUTE).toISOString());
  t.equal(house.tickets.read(value)?.user, user);
  const stolen = value.replace('000001', '000002');
  const longer = value.replace(String(START + 60 * MINUTE), String(START + 61 * MINUTE));
  for (const forged of [stolen, longer, `${value}A`, value.slice(0, -1), '', 'x.1.y']) {
    t.equal(house.tickets.read(forged), null, forged);
  }
  now += 60 * MINUTE;
  t.equal(house.tickets.read(value), null);
});
