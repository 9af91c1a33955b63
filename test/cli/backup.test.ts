/** Backups while the server works, and the way back. */
import { randomUUIDv7 } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { makeBackup } from '../../src/cli/backup/make-backup.ts';
import { restoreBackup } from '../../src/cli/backup/restore-backup.ts';
import { type Actor, type Body, callers, startApp, type TestApp } from '../helper.ts';
import { startServer } from '../life/server-process.ts';
import { runParley } from './parley.ts';

async function upload({ url }: TestApp, { token }: Actor, text: string): Promise<Body> {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), 'note.txt');
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${url}/v1/attachments`, { method: 'POST', body: form, headers })).json();
}

/** A folder in which somebody has written something, with a file; its server has ended. */
async function writtenFolder(t: Test): Promise<{ folder: string; visitor: Actor; conversation: string; file: string }> {
  const folder = t.testdir();
  const app = await startApp(t, {}, { folder });
  const visitor = await app.visitor({ name: 'Vi' });
  const { id } = await upload(app, visitor, 'some bytes');
  const message = { content: 'before', attachments: [id] };
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message });
  await app.stop();
  return { folder, visitor, conversation: body.conversationId, file: id };
}

const madeIn = async (folder: string): Promise<string> => {
  const { code, out, err } = await runParley(['backup', '--json'], { PARLEY_DATA: folder });
  if (code !== 0) throw new Error(err);
  return JSON.parse(out).path;
};

/** Every file below a folder with its bytes, but for what a lock leaves. */
function contents(folder: string): Map<string, string> {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((one) => one.isFile());
  const paths = files.map((one) => join(one.parentPath, one.name));
  return new Map(
    paths.filter((path) => !/parley\.(lock|pid)$/.test(path)).map((path) => [path, readFileSync(path, 'hex')]),
  );
}

t.test('made while people write: it holds all that was acknowledged before, and nobody waits for it', async (t) => {
  const folder = t.testdir();
  const server = await startServer(t, folder);
  const people = callers(t, server.url);
  const visitors = await Promise.all([1, 2, 3].map(() => people.visitor()));
  const acknowledged: string[] = [];
  let writing = true;
  const senders = visitors.map(async (visitor) => {
    while (writing) {
      const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'one more' } });
      acknowledged.push(body.id);
    }
  });
  while (acknowledged.length < 30) await people.request('GET', '/healthz');
  const before = [...acknowledged];
  const made = await runParley(['backup', join(folder, 'elsewhere')], { PARLEY_DATA: folder });
  const during = acknowledged.length;
  writing = false;
  await Promise.all(senders);
  t.equal(made.code, 0, made.err);
  t.ok(during > before.length, `${during - before.length} messages were sent meanwhile`);
  const path = made.out.split('\n')[0] as string;
  t.same(globSync('*', { cwd: path }).sort(), ['manifest.json', 'parley.db', 'secret'], 'one file, no log beside it');
  t.same(globSync('*.partial', { cwd: join(folder, 'elsewhere') }), []);
  const copy = new Database(join(path, 'parley.db'), { readonly: true });
  const kept = new Set(copy.prepare('select uuid from messages').pluck().all());
  copy.close();
  t.same(
    before.filter((id) => !kept.has(id)),
    [],
  );
  t.equal((await runParley(['check', path])).code, 0);
});

t.test(
  'restored: messages, files and sign-ins are back, clients read anew, and what was there is kept aside',
  async (t) => {
    const { folder, visitor, conversation, file } = await writtenFolder(t);
    const path = await madeIn(folder);
    const later = await startApp(t, {}, { folder });
    const epoch = (
      await later.actor(visitor.token, visitor.user).request('GET', `conversations/${conversation}/messages`)
    ).body.epoch;
    await later.actor(visitor.token, visitor.user).request('POST', `conversations/${conversation}/messages`, {
      content: 'after',
    });
    const busy = await runParley(['restore', path], { PARLEY_DATA: folder });
    t.match(busy, { code: 4, err: /in use by another Parley/ }, 'not under a server that works');
    await later.stop();

    const { code, out, err } = await runParley(['restore', path, '--json'], { PARLEY_DATA: folder });
    t.equal(code, 0, err);
    const { aside } = JSON.parse(out);
    const app = await startApp(t, {}, { folder });
    const again = app.actor(visitor.token, visitor.user);
    const history = await again.request('GET', `conversations/${conversation}/messages`);
    t.same(
      history.body.items.map(({ content }: Body) => content),
      ['before'],
    );
    t.not(history.body.epoch, epoch);
    t.equal((await again.request('GET', 'search?q=before')).body.items.length, 1);
    const bytes = await fetch(`${app.url}/v1/attachments/${file}`, {
      headers: { authorization: `Bearer ${visitor.token}` },
    });
    t.equal(await bytes.text(), 'some bytes');
    const old = new Database(join(aside, 'parley.db'), { readonly: true });
    t.equal(old.prepare("select count(*) from messages where content = 'after'").pluck().get(), 1);
    old.close();
    t.ok(existsSync(join(aside, 'secret')) && globSync('files/*/*', { cwd: aside }).length === 1);
  },
);

t.test('restored into nothing: another machine', async (t) => {
  const { folder, visitor, conversation } = await writtenFolder(t);
  const path = await madeIn(folder);
  const other = join(folder, 'other');
  const { code, out } = await runParley(['restore', path], { PARLEY_DATA: other });
  t.equal(code, 0);
  t.notMatch(out, /was there before/);
  const app = await startApp(t, {}, { folder: other });
  const again = app.actor(visitor.token, visitor.user);
  t.equal((await again.request('GET', `conversations/${conversation}/messages`)).body.items.length, 1);
});

/** What a backup calls its only attached file. */
function renamed(path: string, hash: string): void {
  const database = new Database(join(path, 'parley.db'));
  database.prepare('update files set hash = ?').run(hash);
  database.close();
}

/** The same bytes, and yet from elsewhere. */
function linked(path: string, file: string): void {
  const elsewhere = `${path}-elsewhere`;
  renameSync(join(path, file), elsewhere);
  symlinkSync(elsewhere, join(path, file));
}

t.test('no backup is made through what lies in its place already', async (t) => {
  const { folder } = await writtenFolder(t);
  const [to, elsewhere] = [join(folder, 'new', 'backups'), join(folder, 'elsewhere')];
  const make = (now: Date) =>
    makeBackup({ data: folder, to, version: '1.0.0', now, connection: {}, onProgress: () => {} });
  const { path } = await make(new Date(0));
  t.ok(existsSync(join(path, 'manifest.json')), 'the folder of all is made');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(to, 'parley-1970-01-01T00-00-01-000Z.partial'));
  await t.rejects(make(new Date(1_000)), { name: 'StartError', message: /\.partial is there already/ });
  t.same(globSync('*', { cwd: elsewhere }), []);
});

t.test('a backup that is not whole is not restored, and nothing is changed', async (t) => {
  const { folder } = await writtenFolder(t);
  const harm: Record<string, (path: string) => void> = {
    'not finished': (path) => rmSync(join(path, 'manifest.json')),
    'a manifest that is none': (path) => writeFileSync(join(path, 'manifest.json'), '{"files": "many"}'),
    'no database': (path) => rmSync(join(path, 'parley.db')),
    'a database with a hole': (path) => {
      const bytes = readFileSync(join(path, 'parley.db'));
      bytes.fill(0x55, 4096 * 3, 4096 * 6);
      writeFileSync(join(path, 'parley.db'), bytes);
    },
    'a database that is none': (path) => writeFileSync(join(path, 'parley.db'), 'hello'),
    'a file that is missing': (path) => rmSync(join(path, 'files'), { recursive: true }),
    'a file named like a path': (path) => renamed(path, '../../secret'),
    'a file named like a path, and called missing': (path) => {
      renamed(path, '../../secret');
      const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'));
      writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, missing: ['../../secret'] }));
    },
    'a link in place of a file': (path) => {
      for (const file of globSync('files/*/*', { cwd: path })) linked(path, file);
    },
    'a link in place of the secret': (path) => linked(path, 'secret'),
    'a file that is another': (path) => {
      for (const file of globSync('files/*/*', { cwd: path })) appendFileSync(join(path, file), 'x');
    },
  };
  const whole = await madeIn(folder);
  const told = { connection: {}, onProgress: () => {} };
  const job = { ...told, data: folder, now: new Date(), newEpoch: randomUUIDv7, pid: process.pid };
  for (const [name, spoil] of Object.entries(harm)) {
    const path = join(folder, 'spoilt');
    cpSync(whole, path, { recursive: true });
    spoil(path);
    const before = contents(folder);
    await t.rejects(restoreBackup({ ...job, backup: path }), { name: 'StartError', message: path }, name);
    t.same(contents(folder), before, `${name}: nothing was changed`);
    rmSync(path, { recursive: true });
  }
  rmSync(join(whole, 'manifest.json'));
  const { code, err } = await runParley(['restore', whole], { PARLEY_DATA: folder });
  t.equal(code, 4);
  t.match(err, /^parley: .+ is no backup, .+\n$/);
});

t.test('check finds what is wrong, and says what to do', async (t) => {
  const { folder } = await writtenFolder(t);
  const check = async () => {
    const { code, out } = await runParley(['check', '--json'], { PARLEY_DATA: folder });
    return { code, ...JSON.parse(out) };
  };
  t.match(await check(), { code: 0, ok: true, findings: [], messages: 1, conversations: 1, files: 1 });
  const [file = ''] = globSync('files/*/*', { cwd: folder });
  const bytes = readFileSync(join(folder, file));
  writeFileSync(join(folder, file), 'other');
  chmodSync(join(folder, 'secret'), 0o644);
  const both = await check();
  t.match(both, { code: 6, ok: false });
  const found = both.findings.map(({ what, todo }: Body) => `${what}: ${todo}`).join('\n');
  t.match(found, /is not what it was: \S/);
  t.match(found, /can be read by others.*: .*chmod 600/);
  chmodSync(join(folder, 'secret'), 0o600);
  rmSync(join(folder, file));
  t.match(await check(), { code: 6, findings: [{ what: /is not there/, todo: String }] });
  writeFileSync(join(folder, file), bytes);
  const database = new Database(join(folder, 'parley.db'));
  database.pragma('foreign_keys = OFF');
  database.prepare('delete from users where name = ?').run('Vi');
  database.close();
  const { code, out } = await runParley(['check'], { PARLEY_DATA: folder });
  t.equal(code, 6);
  t.match(out, /WRONG: row .+ refers to a row of users that is not there\n {2}restore a backup/);
});

t.test('what is asked wrongly is told', async (t) => {
  const folder = t.testdir();
  const empty = { PARLEY_DATA: folder };
  const asked: [args: string[], settings: Record<string, string>, told: object][] = [
    [['backup'], empty, { code: 4, err: /There is no parley.db/ }],
    [['restore'], {}, { code: 2, err: /restore needs a backup/ }],
    [['restore', 'one', 'two'], {}, { code: 2, err: /"two" is one word too many/ }],
    [['check'], empty, { code: 6, out: /WRONG: .+ is not there/ }],
    ...['backup', 'restore', 'check'].map((name): (typeof asked)[number] => [
      [name, '--help'],
      {},
      { code: 0, out: new RegExp(`^Usage: parley ${name}`) },
    ]),
  ];
  const told = await Promise.all(asked.map(([args, settings]) => runParley(args, settings)));
  for (const [place, [args, , expected]] of asked.entries()) t.match(told[place], expected, args.join(' '));
});
