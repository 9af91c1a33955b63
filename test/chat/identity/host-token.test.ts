import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import t, { type Test } from 'tap';
import { readHostKeys } from '../../../src/chat/people/host-keys.ts';
import type { Config } from '../../../src/config.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';
import { type House, openHouse } from './house.ts';

const SECRET = 'a shared secret of more than thirty-two bytes';
const NOW = Date.UTC(2026, 10, 1, 12);
const S = NOW / 1000;
const DAY_S = 86_400;
const good: JWTPayload = { sub: 'u-1', exp: S + 60 };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ed = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

/** Signs properly whatever it is given. */
function sign(
  claims: JWTPayload,
  header: JWTHeaderParameters = { alg: 'HS256' },
  key: KeyObject | Uint8Array = bytes(),
) {
  return new SignJWT(claims).setProtectedHeader(header).sign(key, { crit: { 'x-own': true, b64: true } });
}

function bytes(text = SECRET): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Puts together what jose refuses to sign. */
function forge(header: object, claims: object, secret: string = SECRET): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

async function refusal(house: House, token: string): Promise<Refusal | null> {
  try {
    await house.identity.fromToken(token);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const open = (t: Test, overrides: Partial<Config>) => openHouse(t, overrides, () => NOW);

t.test('every token of the host that must not be believed, and that nothing is written for it', async (t) => {
  const house = await open(t, { jwtSecret: SECRET, jwtIssuer: 'https://host', jwtAudience: 'parley', jwtRoles: true });
  const base = { ...good, iss: 'https://host', aud: 'parley' };
  const without = (name: string) => Object.fromEntries(Object.entries(base).filter(([key]) => key !== name));
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(base)).toString('base64url')}.`;
  const whole = await sign(base);
  const rows: [string, string, string?][] = [
    ['unsigned', none],
    ['unsigned, with the name of an algorithm', `${whole.split('.').slice(0, 2).join('.')}.`],
    ['another secret', await sign(base, { alg: 'HS256' }, bytes(`${SECRET}!`))],
    ['another algorithm of the same secret', await sign(base, { alg: 'HS512' })],
    [
      'a changed payload',
      whole.replace(/\.[^.]*\./, `.${Buffer.from(JSON.stringify({ ...base, sub: 'u-2' })).toString('base64url')}.`),
    ],
    ['crit', await sign(base, { alg: 'HS256', crit: ['x-own'], 'x-own': 1 } as JWTHeaderParameters)],
    ['an empty crit', forge({ alg: 'HS256', crit: [] }, base)],
    ['b64', forge({ alg: 'HS256', b64: false }, base)],
    ['no exp', await sign(without('exp'))],
    ['an exp that is text', forge({ alg: 'HS256' }, { ...base, exp: String(S + 60) })],
    ['an exp of null', forge({ alg: 'HS256' }, { ...base, exp: null })],
    ['an exp too far ahead', await sign({ ...base, exp: S + 400 * DAY_S + 1 })],
    ['an exp beyond all time', await sign({ ...base, exp: 1e300 })],
    ['an exp that is over', await sign({ ...base, exp: S - 1 }), 'TOKEN_EXPIRED'],
    ['an exp that is now', await sign({ ...base, exp: S }), 'TOKEN_EXPIRED'],
    ['an nbf that lies ahead', await sign({ ...base, nbf: S + 30 })],
    ['an iat that lies ahead', await sign({ ...base, iat: S + 60 })],
    ['an iat that is text', forge({ alg: 'HS256' }, { ...base, iat: 'now' })],
    ['no sub', await sign(without('sub'))],
    ['an empty sub', await sign({ ...base, sub: '' })],
    ['a sub that is a number', forge({ alg: 'HS256' }, { ...base, sub: 7 })],
    ['a sub that is a list', forge({ alg: 'HS256' }, { ...base, sub: ['u-1'] })],
    ['a sub too long', await sign({ ...base, sub: 'x'.repeat(201) })],
    ['a sub of two lines', await sign({ ...base, sub: 'a\nb' })],
    ['no iss', await sign(without('iss'))],
    ['another iss', await sign({ ...base, iss: 'https://evil' })],
    ['an iss that begins alike', await sign({ ...base, iss: 'https://host.evil' })],
    ['no aud', await sign(without('aud'))],
    ['another aud', await sign({ ...base, aud: 'shop' })],
    ['an unknown role', await sign({ ...base, role: 'root' })],
    ['the role of a bot', await sign({ ...base, role: 'bot' })],
    ['a name that is a number', await sign({ ...base, name: 7 })],
    ['a name of two lines', await sign({ ...base, name: 'a\nb' })],
    ['an e-mail address that is none', await sign({ ...base, email: 'nobody' })],
    ['a payload that is a list', forge({ alg: 'HS256' }, [base])],
    ['a token with a blank in it', `${whole} `],
    ['a token of four parts', `${whole}.x`],
    ['no token at all', 'token'],
    ['a token too long', await sign({ ...base, padding: 'x'.repeat(9_000) })],
  ];
  for (const [what, token, code = 'UNAUTHENTICATED'] of rows) t.equal((await refusal(house, token))?.code, code, what);
  const { items } = await house.users.list({ kind: 'key', key: 0, scopes: ['users'] }, {});
  t.same(items, []);
  t.equal(await refusal(house, whole), null, 'and the good one is good');
  t.equal(await refusal(house, await sign({ ...base, aud: ['shop', 'parley'], iat: S, nbf: S })), null);
});

t.test('the algorithm is the key’s: a public key is no secret, and no other key’s algorithm helps', async (t) => {
  const cases: [string, { publicKey: KeyObject; privateKey: KeyObject }, string][] = [
    ['RS256', rsa, 'PS256'],
    ['ES256', ec, 'ES384'],
    ['EdDSA', ed, 'RS256'],
  ];
  for (const [alg, { publicKey, privateKey }, wrong] of cases) {
    const house = await open(t, { jwtPublicKey: pem(publicKey) });
    t.equal(await refusal(house, await sign(good, { alg }, privateKey)), null, alg);
    const confused = forge({ alg: 'HS256' }, good, pem(publicKey));
    t.equal((await refusal(house, confused))?.code, 'UNAUTHENTICATED', `${alg}: its PEM as a secret`);
    const trimmed = forge({ alg: 'HS256' }, good, pem(publicKey).trim());
    t.equal((await refusal(house, trimmed))?.code, 'UNAUTHENTICATED');
    const renamed = (await sign(good, { alg }, privateKey)).replace(
      /^[^.]*/,
      Buffer.from(JSON.stringify({ alg: wrong })).toString('base64url'),
    );
    t.equal((await refusal(house, renamed))?.code, 'UNAUTHENTICATED', `${alg}: said to be ${wrong}`);
    t.equal((await refusal(house, await sign(good)))?.code, 'UNAUTHENTICATED', 'a secret that nobody set');
  }
  const house = await open(t, { jwtPublicKey: pem(ec.publicKey) });
  t.equal((await refusal(house, await sign(good, { alg: 'ES256' }, other.privateKey)))?.code, 'UNAUTHENTICATED');
  const ps = await open(t, { jwtPublicKey: pem(rsa.publicKey) });
  t.equal((await refusal(ps, await sign(good, { alg: 'PS256' }, rsa.privateKey)))?.code, 'UNAUTHENTICATED');
});

t.test('a key set’s keys are taken by their kid', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-jwks-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'jwks.json');
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: 'r', alg: 'RS256', use: 'sig' },
    { ...(await exportJWK(ec.publicKey)), kid: 'e' },
    { ...(await exportJWK(other.publicKey)), kid: 'enc', use: 'enc' },
  ];
  writeFileSync(file, JSON.stringify({ keys }));
  const house = await open(t, { jwtJwks: file });
  t.equal(await refusal(house, await sign(good, { alg: 'RS256', kid: 'r' }, rsa.privateKey)), null);
  t.equal(await refusal(house, await sign(good, { alg: 'ES256', kid: 'e' }, ec.privateKey)), null);
  const rows: [string, string][] = [
    ['another key under the name', await sign(good, { alg: 'ES256', kid: 'e' }, other.privateKey)],
    ['the name of the other key', await sign(good, { alg: 'RS256', kid: 'e' }, rsa.privateKey)],
    ['a key that is not for signatures', await sign(good, { alg: 'ES256', kid: 'enc' }, other.privateKey)],
    ['no name', await sign(good, { alg: 'ES256' }, ec.privateKey)],
    ['a name of nobody', await sign(good, { alg: 'ES256', kid: '../../etc/passwd' }, ec.privateKey)],
    [
      'a key that the token brings itself',
      await sign(good, { alg: 'ES256', kid: 'e', jwk: await exportJWK(other.publicKey) }, other.privateKey),
    ],
  ];
  for (const [what, token] of rows) t.equal((await refusal(house, token))?.code, 'UNAUTHENTICATED', what);
});

t.test('keys that a server must not start with, and what is said of them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-keys-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, name);
  };
  const jwk = await exportJWK(ec.publicKey);
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const rows: [object, RegExp][] = [
    [{ jwtSecret: 'short' }, /PARLEY_JWT_SECRET must be at least 32 bytes/],
    [{ jwtPublicKey: join(folder, 'absent.pem') }, /PARLEY_JWT_PUBLIC_KEY names .* cannot be read/],
    [{ jwtPublicKey: file('empty.pem', '') }, /PARLEY_JWT_PUBLIC_KEY holds no public key/],
    [{ jwtPublicKey: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }, /BEGIN PUBLIC KEY/],
    [{ jwtPublicKey: pem(small.publicKey) }, /at least 2048 bits/],
    [{ jwtPublicKey: pem(curve.publicKey) }, /P-256/],
    [{ jwtJwks: file('text.json', 'no json') }, /PARLEY_JWT_JWKS .* a list "keys"/],
    [{ jwtJwks: file('none.json', { keys: [] }) }, /holds no key/],
    [{ jwtJwks: file('secret.json', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }) }, /public keys only/],
    [{ jwtJwks: file('private.json', { keys: [await exportJWK(ec.privateKey)] }) }, /public keys only/],
    [{ jwtJwks: file('twins.json', { keys: [jwk, jwk] }) }, /a "kid" of its own/],
    [{ jwtJwks: file('alg.json', { keys: [{ ...jwk, alg: 'RS256' }] }) }, /has a key for RS256/],
  ];
  for (const [settings, message] of rows) t.throws(() => readHostKeys(settings), { name: 'StartError', message });
});

t.test('the host’s user is made on first sight, kept, and described anew', async (t) => {
  const house = await open(t, { jwtSecret: SECRET });
  const first = await house.identity.signIn(await sign({ ...good, name: 'Ann', email: 'Ann@Example.com' }));
  t.match(first, { caller: { kind: 'user', role: 'user', anonymous: false, session: null, expiresAt: NOW + 60_000 } });
  t.match(await house.users.me(first.caller), { name: 'Ann', email: 'ann@example.com', externalId: 'u-1' });
  const again = await house.identity.fromToken(await sign({ ...good, name: 'Anna' }), 7);
  t.match(again, { uuid: (first.caller as { uuid: string }).uuid, line: 7 });
  t.match(await house.users.me(again), { name: 'Anna', email: 'ann@example.com' });
});

t.test('many first sights at once make one user', async (t) => {
  const house = await open(t, { jwtSecret: SECRET });
  const token = await sign(good);
  const callers = await Promise.all(Array.from({ length: 20 }, () => house.identity.fromToken(token)));
  t.equal(new Set(callers.map((caller) => (caller as { uuid: string }).uuid)).size, 1);
});

t.test('role and rooms count only where the settings say so', async (t) => {
  const token = await sign({ ...good, role: 'agent', rooms: ['call-1', 'call-2'] });
  const strict = await open(t, { jwtSecret: SECRET });
  t.match(await strict.identity.signIn(token), { caller: { role: 'user' }, rooms: [] });
  const trusting = await open(t, { jwtSecret: SECRET, jwtRoles: true, jwtRooms: true });
  t.match(await trusting.identity.signIn(token), { caller: { role: 'agent' }, rooms: ['call-1', 'call-2'] });
  t.match(await trusting.identity.signIn(await sign(good)), { caller: { role: 'agent' } }, 'unsaid, it stays');
  for (const rooms of ['call-1', [7], [''], Array(101).fill('r')]) {
    t.equal((await refusal(trusting, await sign({ ...good, rooms })))?.code, 'UNAUTHENTICATED');
  }
});

t.test('without the host’s key no JWT is good', async (t) => {
  const house = await open(t, {});
  t.equal((await refusal(house, await sign(good)))?.code, 'UNAUTHENTICATED');
});
