import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Change } from '../../../src/chat/change.ts';
import { keyFor } from '../../../src/chat/people/secret.ts';
import { readOrMakeSecret } from '../../../src/db/secret-file.ts';
import { newSession } from '../decide/people-set.ts';
import { admin, HERE, openHouse, PASSWORD, WITH_ADMIN } from './house.ts';

const HOUR = 3_600_000;

t.test('the settings make the first admin, and no other after it', async (t) => {
  const house = await openHouse(t, WITH_ADMIN);
  t.equal(await house.firstAdmin(), null);
  t.match((await admin(house)).user, { role: 'admin', email: 'ada@example.com' });
  t.equal(await house.firstAdmin(), null);
  const { items } = await house.users.list((await admin(house)).caller, {});
  t.equal(items.length, 1);
});

t.test('without settings a link makes the admin: once, for a day, and only the newest', async (t) => {
  let now = Date.now();
  const house = await openHouse(t, {}, () => now);
  const first = (await house.firstAdmin()) ?? '';
  const second = (await house.firstAdmin()) ?? '';
  t.match(second, /^pl_[A-Za-z0-9_-]{43}$/);
  const use = (link: string, password: string | undefined = PASSWORD) =>
    house.sessions.useLink({ link, ...(password === undefined ? {} : { password }), name: 'Ada' }, HERE);
  await t.rejects(use(first), { code: 'UNAUTHENTICATED' }, 'an earlier start’s');
  await t.rejects(house.sessions.useLink({ link: second }, HERE), {
    code: 'VALIDATION',
    details: { path: 'password' },
  });
  now += 24 * HOUR;
  await t.rejects(use(second), { code: 'TOKEN_EXPIRED' });
  const third = (await house.firstAdmin()) ?? '';
  const made = await use(third);
  t.match(made.user, { role: 'admin', name: 'Ada' });
  t.match(await house.identity.fromToken(made.token), { role: 'admin' });
  await t.rejects(use(third), { code: 'UNAUTHENTICATED' });
});

t.test('two who use the link at once make one admin', async (t) => {
  const house = await openHouse(t);
  const link = (await house.firstAdmin()) ?? '';
  const came = await Promise.allSettled(
    [1, 2, 3].map(() => house.sessions.useLink({ link, password: PASSWORD }, HERE)),
  );
  t.equal(came.filter(({ status }) => status === 'fulfilled').length, 1);
});

t.test('an admin who could never sign in again does not shut the operator out', async (t) => {
  const house = await openHouse(t);
  const link = (await house.firstAdmin()) ?? '';
  const { token } = await house.sessions.useLink({ link, password: PASSWORD }, HERE);
  t.ok(await house.firstAdmin(), 'no e-mail address yet: the next start gives a link again');
  await house.users.patchMe(await house.identity.fromToken(token), {
    email: 'ada@example.com',
    currentPassword: PASSWORD,
  });
  t.equal(await house.firstAdmin(), null);
  t.match((await house.sessions.login('ada@example.com', PASSWORD, HERE)).user, { role: 'admin' });
});

t.test('an admin who comes in by a provider or a passkey alone is one who can', async (t) => {
  const email = 'ada@example.com';
  const ways: Record<string, (user: number, session: number) => Change> = {
    provider: () => ({
      type: 'openid.signIn',
      issuer: 'https://accounts.example.com',
      subject: '1',
      email,
      name: null,
      unknown: null,
      session: newSession(),
    }),
    passkey: (user, session) => ({
      type: 'passkey.create',
      by: { user, session, line: null, key: null },
      credential: 'AAAA',
      publicKey: 'AAAA',
      counter: 0,
      transports: [],
      name: 'Key',
      password: null,
      second: null,
    }),
  };
  for (const [name, way] of Object.entries(ways)) {
    const house = await openHouse(t);
    await house.writer.submit({ type: 'user.create', by: null, traits: { email, role: 'admin' } });
    const user = (await house.readings.userByEmail.get({ email }))?.user.id ?? 0;
    // A login of before, by a provider that is no more.
    const login = newSession({ uuid: '00000000-0000-7000-b000-000000000002', hash: 'before' });
    await house.writer.submit({ type: 'session.put', user, password: null as never, second: null, session: login });
    const session = (await house.readings.sessionByUuid.get({ uuid: login.uuid }))?.session.id ?? 0;
    const link = (await house.firstAdmin()) ?? '';
    t.ok(link, 'she cannot yet');
    await house.writer.submit(way(user, session));
    t.equal(await house.firstAdmin(), null, name);
    await t.rejects(house.sessions.useLink({ link, password: PASSWORD }, HERE), { code: 'UNAUTHENTICATED' });
  }
});

t.test('the settings name an admin who has chosen no password yet: the server starts', async (t) => {
  const house = await openHouse(t, WITH_ADMIN);
  const traits = { email: 'ada@example.com', role: 'admin' as const };
  await house.writer.submit({ type: 'user.create', by: null, traits });
  t.equal(await house.firstAdmin(), null);
  const agents = await openHouse(t, WITH_ADMIN);
  await agents.writer.submit({ type: 'user.create', by: null, traits: { ...traits, role: 'agent' } });
  await t.rejects(agents.firstAdmin(), { name: 'StartError' }, 'but not over an agent');
});

t.test('the secret is made once, whole, and for its owner alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-secret-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  const secret = readOrMakeSecret(folder);
  t.equal(secret.length, 32);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.same(readOrMakeSecret(folder), secret);
  t.equal(readFileSync(file, 'utf8'), `${secret.toString('hex')}\n`);
  t.not(keyFor(secret, 'ticket').toString('hex'), keyFor(secret, 'refresh').toString('hex'));

  chmodSync(file, 0o640);
  t.throws(() => readOrMakeSecret(folder), { name: 'StartError', message: /can be read by other users/ });
  chmodSync(file, 0o600);
  for (const broken of ['', 'abc', 'x'.repeat(64), secret.toString('hex').slice(1)]) {
    writeFileSync(file, broken);
    t.throws(() => readOrMakeSecret(folder), { name: 'StartError', message: /too short or damaged/ }, broken);
  }
});
