/** The one executable: nothing beside it, nothing in its environment, and it does the main job. */
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import manifest from '../../package.json' with { type: 'json' };
import { migrations } from '../../src/db/migrations.ts';
import { startBrowser } from '../browser/browser.ts';
import { widgetOf } from '../browser/shop.ts';
import { columnsOf, everything, over } from '../db/all-rows.ts';
import { isRoot } from '../db/processes.ts';
import { layRelease } from '../db/releases/release.ts';
import { type Body, callers } from '../helper.ts';
import { buildBinary, runBinary, serveBinary, tempFolder } from './binary.ts';

// It is bundled, put together and started several times.
t.setTimeout(300_000);

const ADMIN = { PARLEY_ADMIN_EMAIL: 'admin@example.com', PARLEY_ADMIN_PASSWORD: 'correct horse battery' };
/** Of a user who owns nothing. */
const NOBODY = 65_534;
/** A home of its own, so that what it unpacks is found and goes with the test. */
const homeIn = (folder: string) => ({ HOME: join(folder, 'home') });

t.test('one executable', async (t) => {
  const binary = await buildBinary(t);

  await t.test('it tells its version with the commit, and what it can do', async (t) => {
    const folder = tempFolder(t);
    const version = await runBinary(binary, ['--version'], folder);
    t.match(version, { code: 0, err: '' });
    t.match(version.out, new RegExp(`^${manifest.version} \\(([0-9a-f]{12}\\+?|unknown)\\)\\n$`));
    t.match((await runBinary(binary, ['--help'], folder)).out, /^ {2}serve /m);
    t.same(globSync('*', { cwd: folder }), [], 'and leaves nothing behind');
    t.match(await runBinary(binary, ['sevre'], folder), { code: 2, err: /did you mean parley serve/ });
  });

  await t.test('in an empty folder with an empty environment it serves', async (t) => {
    const folder = tempFolder(t);
    const server = await serveBinary(t, binary, folder);
    for (const path of ['/readyz', '/docs', '/docs/static/swagger-ui.css', '/openapi.json', '/widget.js', '/console']) {
      t.equal((await fetch(server.url + path)).status, 200, path);
    }
    const { out } = await runBinary(binary, ['--version'], folder);
    t.ok(out.startsWith(/Parley (\S+)/.exec(server.banner[0] ?? '')?.[1] ?? 'none'));
    t.equal(await server.stop(), 0);
    t.ok(existsSync(join(folder, 'data/parley.db')));
  });

  await t.test('two people talk, a thread searches, and after a kill nothing is missing', async (t) => {
    const folder = tempFolder(t);
    const env = { ...homeIn(folder), ...ADMIN };
    const first = await serveBinary(t, binary, folder, env);
    const people = callers(t, first.url);
    const [admin, visitor] = [await people.admin(), await people.visitor({ name: 'Vi' })];
    const line = await admin.connect({ inbox: true });
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Green lamps?' } });
    t.equal((await line.event('message.created')).message.content, 'Green lamps?');
    const thread = `conversations/${sent.body.conversationId}`;
    await admin.request('POST', `${thread}/messages`, { content: 'Green ones, yes.' });
    // Search runs in a reader thread, from its text and with the addon's path.
    t.equal((await visitor.request('GET', 'search?q=green')).body.items.length, 2);
    t.match((await visitor.request('GET', `${thread}/transcript?format=text`)).body, 'Green ones, yes.');
    first.child.kill('SIGKILL');
    const second = await serveBinary(t, binary, folder, env);
    const again = callers(t, second.url).actor(visitor.token, visitor.user);
    t.equal((await again.request('GET', `${thread}/messages`)).body.items.length, 2);
    t.equal(await second.stop(), 0);
  });

  await t.test('the widget in a browser', async (t) => {
    const folder = tempFolder(t);
    const server = await serveBinary(t, binary, folder, { ...homeIn(folder), ...ADMIN });
    const { page } = await startBrowser(t);
    // The demo has the console in it, where nobody is signed in yet.
    const shop = await page({ expected: /\/v1\/auth\/refresh/ });
    await shop.goto(`${server.url}/demo`);
    const chat = widgetOf(shop);
    await chat.open();
    await chat.say('Is anybody there?');
    await chat.message('Is anybody there?').getByText('Sent').waitFor();
    const admin = await callers(t, server.url).admin();
    const { body } = await admin.request('GET', 'conversations?queue=agent');
    t.equal(body.items[0].last.text, 'Is anybody there?');
    await admin.request('POST', `conversations/${body.items[0].id}/messages`, { content: 'Somebody is.' });
    await chat.message('Somebody is.').waitFor();
  });

  await t.test('it brings what the first release wrote up to date, and keeps a copy', async (t) => {
    const folder = tempFolder(t);
    const data = join(folder, 'data');
    mkdirSync(data);
    const [oldest] = migrations;
    const { asked } = layRelease(oldest?.name ?? '', data);
    const before = over(join(data, 'parley.db'), everything);
    const server = await serveBinary(t, binary, folder, homeIn(folder));
    // Those of its sessions may be over by now: the password is not.
    const admin = await callers(t, server.url).admin();
    const list = asked.find(({ path }) => path.startsWith('conversations?'))?.answer as Body;
    const { body } = await admin.request('GET', 'conversations?limit=50');
    t.same(
      body.items.map(({ id }: Body) => id),
      list.items.map(({ id }: Body) => id),
    );
    t.equal(await server.stop(), 0);
    over(join(data, 'parley.db'), (database) => {
      t.equal(database.pragma('user_version', { simple: true }), migrations.at(-1)?.id);
      const [rows, now] = [before.get('messages') ?? [], everything(database).get('messages') ?? []];
      t.same(columnsOf(now, rows), columnsOf(rows, rows));
    });
    t.equal(globSync('backups/before-migration-*.db', { cwd: data }).length, 1, 'the copy of the old one');
  });

  await t.test('what it unpacks is its user’s alone, the same for two that start at once', async (t) => {
    const folder = tempFolder(t);
    const folders = [join(folder, 'one'), join(folder, 'other')];
    for (const one of folders) mkdirSync(one);
    const servers = await Promise.all(folders.map((cwd) => serveBinary(t, binary, cwd, homeIn(folder))));
    for (const { url } of servers) t.equal((await fetch(`${url}/readyz`)).status, 200);
    const cache = join(folder, 'home/.cache/parley');
    const [own = '', ...others] = globSync('*', { cwd: cache });
    t.same(others, []);
    t.equal(lstatSync(join(cache, own)).mode & 0o777, 0o700);
    const files = globSync('**/*', { cwd: join(cache, own), withFileTypes: true }).filter((file) => file.isFile());
    t.ok(files.length > 0);
    for (const file of files) t.equal(lstatSync(join(file.parentPath, file.name)).mode & 0o777, 0o600, file.name);
    for (const { stop } of servers) await stop();

    // What somebody has put in its place is not loaded.
    writeFileSync(join(cache, own, 'better_sqlite3.node'), 'something else');
    const server = await serveBinary(t, binary, folders[0] as string, homeIn(folder));
    t.equal((await fetch(`${server.url}/readyz`)).status, 200);
  });

  await t.test('a cache that somebody else has laid out is not used', async (t) => {
    const folder = tempFolder(t);
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const laid: Record<string, (cache: string) => void> = {
      link: (cache) => symlinkSync(elsewhere, cache),
      file: (cache) => writeFileSync(cache, ''),
    };
    if (isRoot) {
      laid.theirs = (cache) => {
        mkdirSync(cache);
        chownSync(cache, NOBODY, NOBODY);
      };
    }
    for (const [name, lay] of Object.entries(laid)) {
      const home = join(folder, name);
      const [cache, temporary] = [join(home, '.cache/parley'), join(home, 'tmp')];
      for (const one of [join(home, '.cache'), temporary]) mkdirSync(one, { recursive: true });
      lay(cache);
      const server = await serveBinary(t, binary, home, { HOME: home, TMPDIR: temporary });
      t.equal((await fetch(`${server.url}/readyz`)).status, 200, name);
      await server.stop();
      t.equal(globSync('parley*/*/better_sqlite3.node', { cwd: temporary }).length, 1, `${name}: the next place`);
      t.same(existsSync(cache) && lstatSync(cache).isDirectory() ? readdirSync(cache) : readdirSync(elsewhere), []);
    }

    const open = join(folder, 'open');
    const cache = join(open, '.cache/parley');
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, 0o777);
    const server = await serveBinary(t, binary, open, { HOME: open });
    await server.stop();
    t.equal(lstatSync(cache).mode & 0o777, 0o700, 'one that others may write to is closed to them');

    const nowhere = { HOME: join(folder, 'file/.cache/parley'), TMPDIR: join(folder, 'file/.cache/parley') };
    const refused = await runBinary(binary, ['serve', '--port', '0'], folder, nowhere);
    t.match(refused, { code: 4, err: /set XDG_CACHE_HOME to a folder of this user's own/ });
  });
});
