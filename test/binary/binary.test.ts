/** The one executable: nothing beside it, nothing in its environment, and it does the main job. */
import { existsSync, globSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import manifest from '../../package.json' with { type: 'json' };
import { migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import { openForWriting } from '../../src/db/pragmas.ts';
import { startBrowser } from '../browser/browser.ts';
import { widgetOf } from '../browser/shop.ts';
import { callers } from '../helper.ts';
import { buildBinary, runBinary, serveBinary, tempFolder } from './binary.ts';

// It is bundled, put together and started several times.
t.setTimeout(300_000);

const ADMIN = { PARLEY_ADMIN_EMAIL: 'admin@example.com', PARLEY_ADMIN_PASSWORD: 'correct horse battery' };
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

  await t.test('it brings a file of the first schema up to date, and keeps a copy', async (t) => {
    const folder = tempFolder(t);
    const data = join(folder, 'data');
    mkdirSync(data);
    const [oldest] = migrations;
    const database = openForWriting(join(data, 'parley.db'));
    migrate(database, data, migrations.slice(0, 1));
    database.exec(readFileSync(join(import.meta.dirname, `../db/rows/${oldest?.name}.sql`), 'utf8'));
    const messages = () => database.prepare('select uuid, content from messages order by id').all();
    const before = messages();
    database.close();
    const server = await serveBinary(t, binary, folder, homeIn(folder));
    t.equal((await fetch(`${server.url}/readyz`)).status, 200);
    t.equal(await server.stop(), 0);
    const after = openForWriting(join(data, 'parley.db'));
    t.equal(after.pragma('user_version', { simple: true }), migrations.at(-1)?.id);
    t.same(after.prepare('select uuid, content from messages order by id').all(), before);
    after.close();
    t.ok(globSync('backups/before-migration-*.db', { cwd: data }).length > 0, 'the copy of the old one');
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
    t.ok(files.length > 5);
    for (const file of files) t.equal(lstatSync(join(file.parentPath, file.name)).mode & 0o777, 0o600, file.name);
    for (const { stop } of servers) await stop();

    // What somebody has put in its place is not loaded.
    writeFileSync(join(cache, own, 'better_sqlite3.node'), 'something else');
    const server = await serveBinary(t, binary, folders[0] as string, homeIn(folder));
    t.equal((await fetch(`${server.url}/readyz`)).status, 200);
  });
});
