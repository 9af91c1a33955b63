/** The second factor of a login: switched on, asked for, recovered from, switched off, and every way around it shut. */
import { Secret, TOTP } from 'otpauth';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { countBeside, rowsBeside } from '../database.ts';
import { type Body, startApp, type TestApp } from '../helper.ts';
import { startPostOffice } from '../outbound/notices/post-office.ts';

const PASSWORD = 'correct horse battery';
const STEP = 30_000;
const MINUTE = 60_000;

/** An app on a phone. */
function phone(secret: string) {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return (timestamp: number): string => totp.generate({ timestamp });
}

/** A server with a clock of its own, on which somebody logs in with a code; the codes so far are used. */
async function withTotp(t: Test, settings: Partial<Config> = {}) {
  const clock = { now: Date.UTC(2026, 10, 29, 12) };
  const app = await startApp(t, settings, { now: () => clock.now });
  const ann = await app.member('agent', 'ann');
  const { body } = await ann.request('POST', 'me/totp', { password: PASSWORD });
  const code = phone(body.secret);
  const confirmed = await ann.request('POST', 'me/totp/confirm', { code: code(clock.now) });
  t.equal(confirmed.status, 200);
  clock.now += STEP;
  const login = (password = PASSWORD) => app.request('POST', 'auth/login', { email: 'ann@example.com', password });
  const challenge = async (): Promise<string> => (await login()).body.challenge;
  const second = (challenge: string, code: string, more = {}) =>
    app.request('POST', 'auth/totp', { challenge, code, ...more });
  return { app, ann, clock, code, login, challenge, second, recovery: confirmed.body.recoveryCodes as string[] };
}

async function audited(app: TestApp, action: string): Promise<Body[]> {
  const { body } = await (await app.admin()).request('GET', 'audit');
  return body.items.filter((line: Body) => line.action === action);
}

t.test('it is begun with the password, and on with the first code', async (t) => {
  const now = Date.UTC(2026, 10, 29, 12);
  const app = await startApp(t, { publicUrl: 'https://chat.example.com' }, { now: () => now });
  const ann = await app.member('agent', 'ann');
  const there = await app.request('POST', 'auth/login', { email: 'ann@example.com', password: PASSWORD });
  t.same((await ann.request('GET', 'me/totp')).body, { since: null, recoveryCodes: 0 });
  t.match(await ann.request('POST', 'me/totp', { password: 'guess' }), {
    status: 403,
    body: { code: 'FORBIDDEN', details: { path: 'password' } },
  });
  t.equal((await ann.request('POST', 'me/totp/confirm', { code: '123456' })).status, 403, 'nothing was begun');
  const first = await ann.request('POST', 'me/totp', { password: PASSWORD });
  const begun = await ann.request('POST', 'me/totp', { password: PASSWORD });
  t.match(begun, { status: 201, body: { secret: /^[A-Z2-7]{32}$/ } });
  const uri = new URL(begun.body.uri);
  t.equal(uri.protocol, 'otpauth:');
  t.match(decodeURIComponent(uri.pathname), /Parley chat\.example\.com:ann@example\.com$/);
  t.equal(uri.searchParams.get('secret'), begun.body.secret);
  t.match(await app.request('POST', 'auth/login', { email: 'ann@example.com', password: PASSWORD }), { status: 200 });

  const confirm = (secret: string, at: number) => ann.request('POST', 'me/totp/confirm', { code: phone(secret)(at) });
  t.equal((await confirm(first.body.secret, now)).status, 403, 'only the newest secret counts');
  t.match(await confirm(begun.body.secret, now - 2 * STEP), { status: 403, body: { details: { path: 'code' } } });
  const on = await confirm(begun.body.secret, now - STEP);
  t.equal(on.status, 200);
  t.equal(new Set(on.body.recoveryCodes).size, 10);
  t.same((await ann.request('GET', 'me/totp')).body, { since: new Date(now).toISOString(), recoveryCodes: 10 });
  t.match(await ann.request('POST', 'me/totp', { password: PASSWORD }), { status: 409, body: { code: 'IN_USE' } });
  t.equal((await confirm(begun.body.secret, now)).status, 409, 'it is confirmed once');
  t.equal((await app.request('GET', 'me', undefined, there.body.token)).status, 401, 'the other sessions end');
  t.equal((await ann.request('GET', 'me')).status, 200);
  t.match(await audited(app, 'totp.confirm'), [{ by: { id: ann.user.id }, target: { id: ann.user.id } }]);
});

t.test('a right password is answered with a challenge, and that is no session', async (t) => {
  const { app, clock, code, login, second } = await withTotp(t);
  const asked = await login();
  t.equal(asked.status, 202);
  t.same(Object.keys(asked.body).toSorted(), ['challenge', 'expiresAt']);
  t.equal(asked.headers.get('set-cookie'), null);
  const { challenge } = asked.body;
  for (const path of ['me', 'conversations', 'me/totp']) {
    t.equal((await app.request('GET', path, undefined, challenge)).status, 401, path);
  }
  t.equal((await app.request('POST', 'auth/refresh', { refreshToken: challenge })).status, 401);
  t.equal((await app.request('POST', 'auth/link', { link: challenge, password: PASSWORD })).status, 401);
  t.equal((await login('wrong')).status, 401, 'a wrong password is told nothing of it');
  const signedIn = await second(challenge, code(clock.now));
  t.match(signedIn, { status: 200, body: { user: { email: 'ann@example.com' }, token: String, refreshToken: String } });
  t.equal((await app.request('GET', 'me', undefined, signedIn.body.token)).status, 200);
  t.equal((await second(challenge, code(clock.now + STEP))).status, 401, 'a challenge is used once');
  const next = await app.request('POST', 'auth/refresh', { refreshToken: signedIn.body.refreshToken });
  t.equal(next.status, 200, 'a refresh asks for no code');
});

t.test('the session comes in a cookie where that is asked for', async (t) => {
  const { clock, code, challenge, second } = await withTotp(t);
  const signedIn = await second(await challenge(), code(clock.now), { cookie: true });
  t.match(signedIn.headers.get('set-cookie'), /^parley=pr_.*HttpOnly; SameSite=Strict/);
  t.same(Object.keys(signedIn.body).toSorted(), ['token', 'user']);
});

t.test('no code is taken twice, and none of a clock that is more than a step off', async (t) => {
  const { clock, code, challenge, second } = await withTotp(t);
  const one = await challenge();
  const other = await challenge();
  const now = code(clock.now);
  t.equal((await second(one, code(clock.now - 2 * STEP))).status, 401, 'two steps old');
  t.equal((await second(one, code(clock.now - STEP))).status, 401, 'the one that it was confirmed with');
  t.equal((await second(one, code(clock.now + 2 * STEP))).status, 401, 'two steps ahead');
  const both = await Promise.all([second(one, now), second(other, now)]);
  t.same(both.map(({ status }) => status).toSorted(), [200, 401], 'by two at once');
  t.equal((await second(await challenge(), now)).status, 401, 'once more');
  clock.now += MINUTE;
  t.equal((await second(await challenge(), code(clock.now + STEP))).status, 200, 'a clock a step ahead');
  t.equal((await second(await challenge(), code(clock.now))).status, 401, 'and then the one before it');
});

t.test('a challenge is good for five minutes', async (t) => {
  const { clock, code, challenge, second } = await withTotp(t);
  const old = await challenge();
  clock.now += 5 * MINUTE;
  t.match(await second(old, code(clock.now)), { status: 401, body: { details: { path: 'challenge' } } });
});

t.test('a new password in between is worth more than a challenge', async (t) => {
  const { app, ann, clock, code, challenge, second } = await withTotp(t);
  const old = await challenge();
  const admin = await app.admin();
  await admin.request('PATCH', `users/${ann.user.id}`, { password: 'another password' });
  t.equal((await second(old, code(clock.now))).status, 401);
});

t.test('a recovery code signs in once, however it is written', async (t) => {
  const { app, clock, code, challenge, second, recovery } = await withTotp(t);
  const [first = '', another = ''] = recovery;
  t.match(first, /^[a-z2-9]{5}-[a-z2-9]{5}$/);
  const signedIn = await second(await challenge(), ` ${first.replace('-', '').toUpperCase()} `);
  t.equal(signedIn.status, 200);
  t.equal((await app.request('GET', 'me/totp', undefined, signedIn.body.token)).body.recoveryCodes, 9);
  t.equal((await second(await challenge(), first)).status, 401);
  const mine = app.actor(signedIn.body.token, signedIn.body.user);
  const renewed = await mine.request('POST', 'me/totp/recovery-codes', { password: PASSWORD, code: code(clock.now) });
  t.equal(renewed.body.recoveryCodes.length, 10);
  t.equal((await second(await challenge(), another)).status, 401, 'those before are worth nothing any more');
  t.equal((await second(await challenge(), renewed.body.recoveryCodes[3])).status, 200);
});

t.test('too many wrong codes: none is taken for a while, from wherever it comes', async (t) => {
  const { ann, clock, code, challenge, second } = await withTotp(t);
  for (let tries = 0; tries < 5; tries++) t.equal((await second(await challenge(), '000000')).status, 401);
  const late = await second(await challenge(), code(clock.now));
  t.match(late, { status: 429, body: { code: 'RATE_LIMITED' } });
  t.ok(late.body.retryMs > 14 * MINUTE);
  const end = await ann.request('DELETE', 'me/totp', { password: PASSWORD, code: code(clock.now) });
  t.equal(end.status, 429, 'nor where it is switched off');
  clock.now += 15 * MINUTE;
  t.equal((await second(await challenge(), code(clock.now))).status, 200);
});

t.test('codes are limited by address, as logins are', async (t) => {
  const app = await startApp(t, { loginsPerMinute: 2, trustProxy: ['127.0.0.1'] });
  const attempt = async (path: string, body: object) =>
    (await app.request('POST', path, body, undefined, { 'x-forwarded-for': '198.51.100.1' })).status;
  const body = { challenge: 'pc_nothing', code: '123456' };
  t.same([await attempt('auth/totp', body), await attempt('auth/totp', body)], [401, 401]);
  t.equal(await attempt('auth/totp', body), 429);
});

t.test('shapes that are refused', async (t) => {
  const { ann, app } = await withTotp(t);
  const rows: [string, string, object, string][] = [
    ['POST', 'auth/totp', { code: '123456' }, 'challenge'],
    ['POST', 'auth/totp', { challenge: 'pc_x' }, 'code'],
    ['POST', 'auth/totp', { challenge: 'pc_x', code: 123456 }, 'code'],
    ['POST', 'auth/totp', { challenge: 'pc_x', code: '1'.repeat(33) }, 'code'],
    ['POST', 'me/totp', {}, 'password'],
    ['POST', 'me/totp', { password: PASSWORD, secret: 'MINE' }, 'secret'],
    ['POST', 'me/totp/confirm', {}, 'code'],
    ['DELETE', 'me/totp', { password: PASSWORD }, 'code'],
    ['DELETE', 'me/totp', { code: '123456' }, 'password'],
  ];
  for (const [method, path, body, field] of rows) {
    const answer = await app.request(method, path, body, ann.token);
    t.match(answer, { status: 400, body: { code: 'VALIDATION', details: { path: field } } }, `${method} ${path}`);
  }
});

t.test('it is switched off with password and code', async (t) => {
  const { app, ann, clock, code, login } = await withTotp(t);
  const end = (body: object) => ann.request('DELETE', 'me/totp', body);
  t.match(await end({ password: 'guess', code: code(clock.now) }), {
    status: 403,
    body: { details: { path: 'password' } },
  });
  t.match(await end({ password: PASSWORD, code: '000000' }), { status: 403, body: { details: { path: 'code' } } });
  t.equal((await end({ password: PASSWORD, code: code(clock.now) })).status, 204);
  t.equal((await login()).status, 200);
  t.equal((await end({ password: PASSWORD, code: code(clock.now) })).status, 404, 'there is none any more');
  t.equal((await audited(app, 'totp.end')).length, 1);
});

t.test('an admin resets a teammate’s, who is signed out everywhere', async (t) => {
  const { app, ann, clock, code, login, challenge, second } = await withTotp(t);
  const admin = await app.admin();
  const half = await challenge();
  const colleague = await app.member('agent', 'bob');
  const path = `users/${ann.user.id}/totp`;
  t.equal((await colleague.request('DELETE', path)).status, 403);
  t.equal((await ann.request('DELETE', path)).status, 403, 'nor their own without password and code');
  const line = await ann.connect();
  t.equal((await admin.request('DELETE', path)).status, 204);
  t.equal((await line.closed).code, 4201);
  t.equal((await ann.request('GET', 'me')).status, 401);
  t.match(await audited(app, 'totp.reset'), [{ by: { id: admin.user.id }, target: { id: ann.user.id } }]);
  t.equal((await second(half, code(clock.now))).status, 401, 'what was begun with it goes nowhere');
  t.equal((await login()).status, 200);
  t.equal((await admin.request('DELETE', path)).status, 204, 'none is on: nothing to do');
  t.equal((await audited(app, 'totp.reset')).length, 1, 'and nothing to note');
});

t.test('whether somebody has one is told to who can reset it', async (t) => {
  const { app, ann } = await withTotp(t);
  const [admin, agent, key] = [await app.admin(), await app.member('agent', 'bob'), await app.key('users')];
  const told = async (who: Pick<typeof ann, 'request'>) => {
    const { items } = (await who.request('GET', 'users?role=agent')).body;
    return items.map(({ name, secondFactor }: Body) => [name, secondFactor]);
  };
  t.same(await told(admin), [
    ['bob', false],
    ['ann', true],
  ]);
  t.same(await told(key), await told(admin));
  t.same(await told(agent), [
    ['bob', undefined],
    ['ann', undefined],
  ]);
  t.equal((await admin.request('GET', `users/${ann.user.id}`)).body.secondFactor, true);
  await admin.request('DELETE', `users/${ann.user.id}/totp`);
  t.equal((await admin.request('GET', `users/${ann.user.id}`)).body.secondFactor, false);
});

t.test('a link of a mail changes the password and does not stand in for the code', async (t) => {
  const office = await startPostOffice(t);
  const { app, clock, code, second } = await withTotp(t, {
    publicUrl: 'https://chat.example.com',
    smtpUrl: office.url,
  });
  await app.request('POST', 'auth/forgot', { email: 'ann@example.com' });
  const [mail] = await office.mails.until(1);
  const [link] = /pl_[\w-]+/.exec(mail?.text ?? '') ?? [];
  const used = await app.request('POST', 'auth/link', { link, password: 'another password' });
  t.equal(used.status, 202);
  t.equal((await second(used.body.challenge, code(clock.now))).status, 200);
});

t.test('an erasure takes it along', async (t) => {
  const { app, ann } = await withTotp(t);
  t.equal(await countBeside(app.folder, 'totp'), 1);
  t.equal((await (await app.admin()).request('DELETE', `users/${ann.user.id}`)).status, 202);
  t.equal(await countBeside(app.folder, 'totp'), 0);
});

t.test('neither the secret nor a code can be read in the database', async (t) => {
  const { app, recovery } = await withTotp(t);
  const [row] = await rowsBeside(app.folder, 'select secret, recovery from totp');
  t.notMatch(row?.secret, /^[A-Z2-7]{32}$/);
  for (const code of recovery) t.notOk(String(row?.recovery).includes(code.replace('-', '')));
});
