import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { environment } from './cli/parley.ts';

const root = join(import.meta.dirname, '..');

function generate(cwd: string, ...args: string[]) {
  const script = join(root, 'bin/generate-migrations.mjs');
  return spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8', env: environment() });
}

/** A project of its own in a temporary folder: two tables, one of them without a rowid. */
function project(t: Test): string {
  const folder = t.testdir({ src: { db: { schema: {} } } });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  writeFileSync(
    join(folder, 'src/db/schema/notes.ts'),
    `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
export const withoutRowid = ['tags'];
export const notes = sqliteTable('notes', { id: integer().primaryKey(), writtenAt: integer().notNull() });
export const tags = sqliteTable('tags', { name: text().primaryKey() });
`,
  );
  return folder;
}

t.test('src/db/migrations.ts is what src/db/schema/ and drizzle/ say', async (t) => {
  const { status, stderr } = generate(root, '--check');
  t.equal(stderr, '');
  t.equal(status, 0);
});

t.test('tables are made strict, in snake case, without a rowid where the schema says so', async (t) => {
  const folder = project(t);
  t.equal(generate(folder, '--name', 'first').status, 0);
  const { migrations } = await import(join(folder, 'src/db/migrations.ts'));
  t.match(migrations, [{ id: 1, name: '0000_first' }]);

  const db = new Database(':memory:');
  t.teardown(() => db.close());
  for (const statement of migrations[0].sql) db.exec(statement);
  const list = db.prepare("select name, strict, wr from pragma_table_list where name in ('notes', 'tags')");
  t.same(list.all(), [
    { name: 'tags', strict: 1, wr: 1 },
    { name: 'notes', strict: 1, wr: 0 },
  ]);
  t.same(db.prepare("select name from pragma_table_info('notes')").pluck().all(), ['id', 'written_at']);
});

t.test('a change of the schema without a migration is told, and becomes the next one', async (t) => {
  const folder = project(t);
  generate(folder, '--name', 'first');
  const schema = join(folder, 'src/db/schema/notes.ts');
  const first = readFileSync(join(folder, 'drizzle/0000_first.sql'), 'utf8');
  writeFileSync(
    schema,
    readFileSync(schema, 'utf8').replace("sqliteTable('tags', {", "sqliteTable('tags', { colour: text(),"),
  );

  const told = generate(folder, '--check');
  t.equal(told.status, 1);
  t.match(told.stderr, 'src/db/schema/ has changed without a migration: run `npm run db:generate`');

  t.equal(generate(folder, '--name', 'colours').status, 0);
  t.equal(generate(folder, '--check').status, 0);
  t.equal(readFileSync(join(folder, 'drizzle/0000_first.sql'), 'utf8'), first, 'an older migration is never touched');
  t.match(readFileSync(join(folder, 'src/db/migrations.ts'), 'utf8'), /id: 2,\n {4}name: "0001_colours"/);
});

t.test('a migrations.ts that was changed by hand is told', async (t) => {
  const folder = project(t);
  generate(folder, '--name', 'first');
  mkdirSync(join(folder, 'src/db'), { recursive: true });
  writeFileSync(join(folder, 'src/db/migrations.ts'), 'export const migrations = [];\n');
  const { status, stderr } = generate(folder, '--check');
  t.equal(status, 1);
  t.match(stderr, 'src/db/migrations.ts is not what drizzle/*.sql says');
});
