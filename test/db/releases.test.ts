/** Databases that earlier releases wrote: this one reads of them what they said themselves. */
import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { migrate } from '../../src/db/migrate.ts';
import { migrations } from '../../src/db/migrations.ts';
import { startApp } from '../helper.ts';
import { columnsOf, everything, over } from './all-rows.ts';
import { startScript } from './processes.ts';
import { tempFolder } from './register.ts';
import { layRelease } from './releases/release.ts';

// A process for each statement of a migration.
t.setTimeout(240_000);

const newest = migrations.at(-1);

/** Whether all that was said is said again; what is said besides is new. Gives where it is not. */
function differences(was: unknown, is: unknown, where = ''): string[] {
  if (typeof was !== 'object' || was === null) {
    return was === is ? [] : [`${where}: ${JSON.stringify(was)} is now ${JSON.stringify(is)}`];
  }
  if (typeof is !== 'object' || is === null || (Array.isArray(was) && was.length !== (is as unknown[]).length)) {
    return [`${where}: ${JSON.stringify(was)} is now ${JSON.stringify(is)}`];
  }
  return Object.entries(was).flatMap(([name, value]) =>
    differences(value, (is as Record<string, unknown>)[name], `${where}.${name}`),
  );
}

t.test('there is a database of every schema that was ever released', async (t) => {
  t.same(
    globSync('*.db.gz', { cwd: join(import.meta.dirname, 'releases') }).sort(),
    migrations.map(({ name }) => `${name}.db.gz`),
  );
});

for (const { id, name } of migrations) {
  t.test(`what ${name} wrote`, async (t) => {
    const folder = tempFolder(t);
    const { at, asked } = layRelease(name, folder);
    const file = join(folder, 'parley.db');
    const before = over(file, (database) => {
      t.equal(database.pragma('user_version', { simple: true }), id);
      return everything(database);
    });
    const app = await startApp(t, {}, { folder, now: () => at });
    t.ok(asked.length > 30);
    for (const { token, path, answer } of asked) {
      const { status, body } = await app.request('GET', path, undefined, token);
      t.equal(status, 200, path);
      t.same(differences(answer, body), [], path);
    }
    t.equal(existsSync(join(folder, 'backups')), id !== newest?.id, 'a copy is kept where something is changed');
    const [{ token = '', path = '' } = {}] = asked.filter(({ path }) => path.endsWith('/messages?limit=100'));
    const sent = await app.request('POST', path.split('?')[0] ?? '', { content: 'and today' }, token);
    t.equal(sent.status, 201, 'and people go on talking');
    await app.stop();
    const after = over(file, everything);
    for (const table of ['authors', 'conversations', 'identities', 'messages', 'participants', 'users']) {
      t.ok((after.get(table)?.length ?? 0) >= (before.get(table)?.length ?? 0), table);
    }
  });
}

for (const { id, name, sql } of migrations.slice(0, -1)) {
  const statements = migrations.filter((one) => one.id > id).flatMap((one) => one.sql).length;
  t.test(`${name}, brought up to date and killed before each of ${statements} statements`, async (t) => {
    t.ok(sql.length > 0);
    const folder = tempFolder(t);
    layRelease(name, folder);
    const file = join(folder, 'parley.db');
    const before = over(file, everything);
    for (let at = 0; at <= statements; at += 1) {
      const upgrading = startScript(t, 'upgrading-process.ts', file, folder, String(at));
      t.same(await upgrading.ended, [null, 'SIGKILL'], `before statement ${at}`);
      over(file, (database) => {
        t.equal(database.pragma('user_version', { simple: true }), id);
        t.equal(database.pragma('integrity_check', { simple: true }), 'ok');
        t.same(everything(database), before, 'it is as it was');
      });
      rmSync(join(folder, 'backups'), { recursive: true });
    }
    over(file, (database) => {
      migrate(database, folder);
      t.equal(database.pragma('user_version', { simple: true }), newest?.id);
      t.same(database.pragma('foreign_key_check'), []);
      const after = everything(database);
      for (const [table, rows] of before) t.same(columnsOf(after.get(table) ?? [], rows), columnsOf(rows, rows), table);
    });
  });
}
