/** People and keys by the command line, before and between the server's runs. */
import { join } from 'node:path';
import t from 'tap';
import { startApp } from '../helper.ts';
import { runParley } from './parley.ts';

t.setTimeout(300_000);

const PASSWORD = 'a long enough password';

t.test('who is added logs in by the link, and who is disabled does not', async (t) => {
  const folder = join(t.testdir(), 'data');
  const user = async (...args: string[]) => runParley(['user', ...args], { PARLEY_DATA: folder });
  const added = await user('add', 'Ann@Example.com', '--role', 'admin', '--name', 'Ann', '--json');
  t.equal(added.code, 0, added.err);
  const { link, email } = JSON.parse(added.out);
  t.equal(email, 'ann@example.com');
  t.match(await user('add', 'ben@example.com', '--role', 'agent'), { code: 0, out: /#link=pl_/ });
  t.match(await user('add', 'ben@example.com', '--role', 'agent'), { code: 2, err: /^parley: .+\n$/ }, 'taken');
  t.match((await user('list')).out, /^admin {2}ann@example\.com {2}Ann\nagent {2}ben@example\.com {2}ben\n$/);
  t.match(await user('disable', 'ann@example.com'), { code: 2, err: /last admin/ });
  t.match(await user('disable', 'ben@example.com'), { code: 0 });
  t.match((await user('list')).out, /ben {2}disabled/);

  const app = await startApp(t, {}, { folder });
  const secret = link.split('#link=')[1];
  t.equal((await app.request('POST', 'auth/link', { link: secret, password: PASSWORD })).status, 200);
  const login = await app.request('POST', 'auth/login', { email, password: PASSWORD });
  t.match(login, { status: 200, body: { user: { name: 'Ann', role: 'admin' } } });
  const audit = await app.request('GET', 'audit', undefined, login.body.token);
  t.match(
    audit.body.items.filter(({ action }: { action: string }) => action === 'user.patch'),
    [{ by: null }],
    'in nobody’s name',
  );
});

t.test('a server that works does it itself, and everybody hears of it', async (t) => {
  const app = await startApp(t);
  const run = async (...args: string[]) => runParley(args, { PARLEY_DATA: app.folder });
  const added = await run('user', 'add', 'ben@example.com', '--role', 'agent', '--json');
  t.equal(added.code, 0, added.err);
  const [, secret] = JSON.parse(added.out).link.split('#link=');
  const { status, body } = await app.request('POST', 'auth/link', { link: secret, password: PASSWORD });
  t.equal(status, 200);
  const line = await app.actor(body.token, body.user).connect({ inbox: true });
  t.match((await run('user', 'list')).out, /^admin .+\nagent {2}ben@example\.com {2}ben\n$/);
  t.match(await run('user', 'disable', 'ben@example.com'), { code: 0, err: '' });
  t.ok((await line.closed).code >= 4000, 'his line is closed at once');
  t.equal((await app.request('GET', 'me', undefined, body.token)).status, 401);
  t.match(await run('user', 'disable', 'admin@example.com'), { code: 2, err: /last admin/ });
  t.match(await run('user', 'password', 'cas@example.com'), { code: 2, err: /Nobody logs in with cas@example\.com/ });

  const made = JSON.parse((await run('key', 'create', 'shop', '--scope', 'users', '--json')).out);
  t.equal((await app.request('GET', 'users', undefined, made.key)).status, 200);
  t.match(await run('key', 'revoke', made.id), { code: 0 });
  t.equal((await app.request('GET', 'users', undefined, made.key)).status, 401);
});

t.test('a key is good until it is revoked', async (t) => {
  const folder = join(t.testdir(), 'data');
  const first = await startApp(t, {}, { folder });
  await first.stop();
  const key = async (...args: string[]) => runParley(['key', ...args], { PARLEY_DATA: folder });
  const { code, out, err } = await key('create', 'shop', '--scope', 'users,messages', '--json');
  t.equal(code, 0, err);
  const made = JSON.parse(out);
  t.match(made, { name: 'shop', scopes: ['users', 'messages'], key: /^pk_/ });
  const again = await startApp(t, {}, { folder });
  t.equal((await again.request('GET', 'users', undefined, made.key)).status, 200);
  await again.stop();
  const listed = await key('list');
  t.match(listed.out, `${made.id}  shop  users,messages`);
  t.notMatch(listed.out, made.key);
  t.match(await key('revoke', made.id), { code: 0 });
  t.match(await key('revoke', made.id), { code: 2, err: /There is no key/ });
  const last = await startApp(t, {}, { folder });
  t.equal((await last.request('GET', 'users', undefined, made.key)).status, 401);
});

t.test('what is asked wrongly is told', async (t) => {
  const folder = join(t.testdir(), 'data');
  const run = (...args: string[]) => runParley(args, { PARLEY_DATA: folder });
  t.match(await run('user', 'add', 'ann@example.com'), { code: 2, err: /--role must be one of/ });
  t.match(await run('user', 'add', 'ann', '--role', 'agent'), { code: 2, err: /needs an e-mail address/ });
  t.match(await run('user', 'list'), { code: 4, err: /There is no database/ });
  t.match(await run('key'), { code: 2, err: /key needs one of/ });
  t.match(await run('key', 'create'), { code: 2 });
  t.match(await run('key', '--help'), { code: 0, out: /^Usage: parley key/ });
});
