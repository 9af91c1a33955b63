// `npm run db:generate [-- --name add_bots]`: what changed in src/db/schema/ becomes a new SQL file in drizzle/, made
// by drizzle-kit, with STRICT added to its tables (drizzle-kit cannot say it), and one in drizzle-postgres/, for the tables
// that src/db/postgres/tables.ts makes of them. All SQL files then become src/db/migrations.ts and
// src/db/postgres/migrations.ts, so that development, tests and the single binary run the same text.
//
// With `--check` nothing is written: it fails when the schema has a change without a migration, or when a migrations.ts is
// not what its folder says. Works on the current folder, which is the project's root when npm starts it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const drizzleKit = fileURLToPath(new URL('../node_modules/drizzle-kit/bin.cjs', import.meta.url));
const breakpoint = '--> statement-breakpoint';

const sqlite = {
  dialect: 'sqlite',
  schema: 'src/db/schema',
  folder: 'drizzle',
  generated: 'src/db/migrations.ts',
  shaped: async (sql) => strict(sql, await withoutRowid()),
};
const postgres = {
  dialect: 'postgresql',
  schema: 'src/db/postgres/tables.ts',
  folder: 'drizzle-postgres',
  generated: 'src/db/postgres/migrations.ts',
  // Its tables may lie in any schema: that of the connection.
  shaped: async (sql) => sql.replaceAll('"public".', ''),
};
/** What of them the current folder has. */
const stores = [sqlite, postgres].filter(({ schema }) => existsSync(schema));

const sqlFiles = (out) => (existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('.sql')) : []);

/**
 * Has drizzle-kit write what is new in a store's schema to `out`; gives the names of the files that it added. Ends the
 * process when drizzle-kit fails.
 */
function generate({ dialect, schema }, out, { name, quiet = false }) {
  const before = sqlFiles(out);
  // Drizzle-kit puts `./` before `--out`, so it has to be relative.
  const given = `--schema=${resolve(schema)}`;
  const options = [`--dialect=${dialect}`, '--casing=snake_case', given, `--out=${relative('.', resolve(out))}`];
  if (name !== undefined) options.push(`--name=${name}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [drizzleKit, 'generate', ...options], {
    // Drizzle-kit asks whether a column was renamed or replaced: at a terminal the question must reach it.
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
  });
  // It exits with 0 on some failures too; when all went well it says one of these.
  if (status !== 0 || (quiet && !/No schema changes|migration file/.test(stdout))) {
    fail(`drizzle-kit generate failed${quiet ? `:\n${stdout}${stderr}` : ''}`);
  }
  return sqlFiles(out).filter((file) => !before.includes(file));
}

/** The same SQL with `STRICT` at the end of each CREATE TABLE, and `WITHOUT ROWID` for the tables of the list. */
function strict(sql, withoutRowid) {
  return sql
    .split(breakpoint)
    .map((statement) => {
      const table = /^\s*CREATE TABLE [`"]?(?:__new_)?(\w+)[`"]?\s*\(/.exec(statement)?.[1];
      if (table === undefined) return statement;
      const options = withoutRowid.includes(table) ? 'STRICT, WITHOUT ROWID' : 'STRICT';
      return statement.replace(/\)\s*;?(\s*)$/, `) ${options};$1`);
    })
    .join(breakpoint);
}

/** Tables whose primary key is their only way in. */
async function withoutRowid() {
  const paths = readdirSync(sqlite.schema).map((name) => pathToFileURL(resolve(sqlite.schema, name)).href);
  const modules = await Promise.all(paths.map((path) => import(path)));
  return modules.flatMap((module) => module.withoutRowid ?? []);
}

/** The text of a store's migrations.ts: every SQL file of the journal, in its order, statement by statement. */
function embedded({ folder }) {
  const { entries } = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8'));
  const stray = sqlFiles(folder).filter((file) => !entries.some(({ tag }) => file === `${tag}.sql`));
  if (stray.length > 0) fail(`not in ${folder}/meta/_journal.json: ${stray.join(', ')}`);

  const migrations = entries.map(({ tag }, index) => {
    const statements = readFileSync(join(folder, `${tag}.sql`), 'utf8')
      .split(breakpoint)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    const lines = statements.map((statement) => `      ${JSON.stringify(statement)},\n`).join('');
    return `  {\n    id: ${index + 1},\n    name: ${JSON.stringify(tag)},\n    sql: [\n${lines}    ],\n  },\n`;
  });
  return `// Generated from ${folder}/*.sql by \`npm run db:generate\`: change src/db/schema/ and run it, not this file.

/** All migrations, oldest first. \`id\` counts from 1; \`sql\` holds the statements in the order to run them. */
export const migrations: readonly { id: number; name: string; sql: readonly string[] }[] = [
${migrations.join('')}];
`;
}

function fail(message) {
  console.error(`db:generate: ${message}`);
  process.exit(1);
}

/** Fails unless a store's folder says what its schema says, and its migrations.ts what the folder says. */
function check(store) {
  const { schema, folder, generated } = store;
  if (!existsSync(join(folder, 'meta', '_journal.json'))) fail(`${folder}/ is empty: run \`npm run db:generate\``);
  const copy = mkdtempSync(join(tmpdir(), 'parley-drizzle-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(folder, copy, { recursive: true });
  if (generate(store, copy, { quiet: true }).length > 0) {
    const changed = schema.endsWith('.ts') ? schema : `${schema}/`;
    fail(`${changed} has changed without a migration: run \`npm run db:generate\``);
  }
  if (!existsSync(generated) || readFileSync(generated, 'utf8') !== embedded(store)) {
    fail(`${generated} is not what ${folder}/*.sql says: run \`npm run db:generate\``);
  }
}

async function write(store, name) {
  const { folder, generated, shaped } = store;
  for (const file of generate(store, folder, { name })) {
    const path = join(folder, file);
    writeFileSync(path, await shaped(readFileSync(path, 'utf8')));
  }
  writeFileSync(generated, embedded(store));
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, name: { type: 'string' } } });
for (const store of stores) {
  if (values.check) check(store);
  else await write(store, values.name);
}
