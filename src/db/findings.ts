/** What is wrong with a database file, found by reading all of it. */
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { APPLICATION_ID, NEWEST_SCHEMA } from './migrate.ts';
import { type ConnectionOptions, openForReading } from './pragmas.ts';
import { strangeInSchema } from './schema-findings.ts';

/** What is wrong, and what can be done about it. */
export interface Finding {
  what: string;
  todo: string;
}

/** What a file holds. */
export interface Held {
  schema: number;
  conversations: number;
  messages: number;
  /** SHA-256 and bytes of each attached file. */
  files: { hash: string; size: number }[];
}

const MAX_TOLD = 5;
const RESTORE = 'restore a backup: parley restore <backup>';

/**
 * Looks at every page, every index and every reference.
 *
 * @returns no finding: it is whole. What it holds is told unless it cannot be read
 */
export function inspectWhole(
  file: string,
  options: ConnectionOptions = {},
): { findings: Finding[]; held: Held | null } {
  if (!existsSync(file)) return { findings: [{ what: `${file} is not there`, todo: RESTORE }], held: null };
  try {
    const database = openForReading(file, options);
    try {
      const findings = findingsIn(database, file, options);
      return { findings, held: findings.length === 0 ? heldIn(database) : null };
    } finally {
      database.close();
    }
  } catch (error) {
    return { findings: [{ what: `${file} cannot be read (${(error as Error).message})`, todo: RESTORE }], held: null };
  }
}

function findingsIn(database: Database.Database, file: string, options: ConnectionOptions): Finding[] {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    return [{ what: `${file} is not a Parley database`, todo: 'name the folder that holds parley.db' }];
  }
  const schema = database.pragma('user_version', { simple: true }) as number;
  if (schema > NEWEST_SCHEMA) {
    return [
      {
        what: `${file} was written by a newer Parley (schema ${schema}, this one knows ${NEWEST_SCHEMA})`,
        todo: 'use that one',
      },
    ];
  }
  const verdicts = database.pragma(`integrity_check(${MAX_TOLD})`) as { integrity_check: string }[];
  const broken = verdicts.map(({ integrity_check: verdict }) => verdict).filter((verdict) => verdict !== 'ok');
  const strange = strangeInSchema(database, schema, options);
  const orphans = database.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[];
  return [
    ...broken.map((verdict) => ({ what: `${file} is damaged: ${verdict.replaceAll('\n', ' ')}`, todo: RESTORE })),
    ...strange.slice(0, MAX_TOLD).map((name) => ({
      what: `${file} is damaged: ${name} is not what Parley has made, or is missing`,
      todo: RESTORE,
    })),
    ...orphans.slice(0, MAX_TOLD).map(({ table, rowid, parent }) => ({
      what: `row ${rowid ?? '?'} of ${table} refers to a row of ${parent} that is not there`,
      todo: RESTORE,
    })),
  ];
}

function heldIn(database: Database.Database): Held {
  const tables = new Set(database.prepare("select name from sqlite_schema where type = 'table'").pluck().all());
  const count = (rows: string) => database.prepare(`select count(*) from ${rows}`).pluck().get() as number;
  return {
    schema: database.pragma('user_version', { simple: true }) as number,
    // A side conversation belongs to the one beside it.
    conversations: count("conversations where kind <> 'side'"),
    messages: count('messages'),
    // A file of an earlier schema may have none.
    files: tables.has('files')
      ? (database.prepare('select hash, size from files order by hash').all() as Held['files'])
      : [],
  };
}
