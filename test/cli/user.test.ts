/** The operator lets somebody in again who has lost the password, or the app. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import t, { type Test } from 'tap';
import { startApp } from '../helper.ts';
import { runParley } from './parley.ts';

const PASSWORD = 'correct horse battery';
const EMAIL = 'admin@example.com';

function newFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-user-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

t.test('parley user password prints a link that works once the server is back', async (t) => {
  const folder = newFolder(t);
  const run = (...args: string[]) => runParley(['user', ...args], { PARLEY_DATA: folder });
  t.match(await run('password', EMAIL), { code: 4, err: /no database/ });
  const before = await startApp(t, {}, { folder });
  await before.stop();
  t.match(await run('password', 'nobody@example.com'), { code: 2, err: /Nobody logs in with nobody@example\.com/ });
  const { out: earlier } = await run('password', EMAIL);
  const { code, out, err } = await run('password', 'Admin@example.com', '--public-url', 'https://chat.example.com');
  t.same([code, err], [0, '']);
  const [, link] = /^https:\/\/chat\.example\.com\/console#link=(pl_[\w-]{43})\n/.exec(out) ?? [];
  const after = await startApp(t, {}, { folder });
  const use = (one = link) => after.request('POST', 'auth/link', { link: one, password: 'another password' });
  const [replaced] = /pl_[\w-]{43}/.exec(earlier) ?? [];
  t.ok(replaced);
  t.equal((await use(replaced)).status, 401, 'the newest alone');
  t.match(await use(), { status: 200, body: { user: { role: 'admin' } } });
  t.equal((await use()).status, 401);
  t.equal((await after.request('POST', 'auth/login', { email: EMAIL, password: 'another password' })).status, 200);
});

t.test('parley user second-factor lets the only admin in by the password', async (t) => {
  const folder = newFolder(t);
  const before = await startApp(t, {}, { folder });
  const admin = await before.admin();
  const { secret } = (await admin.request('POST', 'me/totp', { password: PASSWORD })).body;
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  t.equal((await admin.request('POST', 'me/totp/confirm', { code })).status, 200);
  await before.stop();
  const done = await runParley(['user', 'second-factor', EMAIL, '--data', folder]);
  t.match(done, { code: 0, out: /admin@example\.com logs in by the password alone again/ });
  const after = await startApp(t, {}, { folder });
  t.equal((await after.request('GET', 'me', undefined, admin.token)).status, 401, 'their sessions have ended');
  const login = await after.request('POST', 'auth/login', { email: EMAIL, password: PASSWORD });
  t.equal(login.status, 200);
  const { body } = await after.request('GET', 'audit', undefined, login.body.token);
  t.match(body.items[0], { action: 'totp.reset', by: null, target: { id: admin.user.id } });
});

t.test('what parley user does not understand', async (t) => {
  t.match(await runParley(['user', '--help']), { code: 0, out: /Usage: parley user/ });
  t.match(await runParley(['user', 'passwort', EMAIL]), { code: 2, err: /not "passwort"/ });
  t.match(await runParley(['user', 'password']), { code: 2, err: /needs an e-mail address/ });
});
