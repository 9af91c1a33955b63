/** `parley migrate --from … --to …`: all of a database into another kind of store. */
import { resolve } from 'node:path';
import { StartError } from '../db/start-error.ts';
import type { Source, Target } from '../db/transfer/side.ts';
import { native } from './inside.ts';
import { progressOn } from './progress.ts';
import { counted } from './sizes.ts';
import { soleStore } from './sole-store.ts';
import { UsageError } from './usage-error.ts';

const SQLITE = 'sqlite:';
const POSTGRES = /^postgres(ql)?:/;

/** What was done; the addresses are told without what may be secret in them. */
export interface Told {
  from: string;
  to: string;
  rows: number;
  before: number;
  replaced: number;
}

/** @param json whether the outcome is told as JSON, and nothing else */
export async function transferBetween(from: string, to: string, json: boolean): Promise<Told> {
  if (isSqlite(from, 'from') === isSqlite(to, 'to')) {
    throw new UsageError('one of --from and --to is sqlite:<data folder>, the other postgres://…');
  }
  const { transfer } = await import('../db/transfer/transfer.ts');
  const progress = progressOn(process.stderr, json);
  const source = await sourceOf(from);
  try {
    const target = await targetOf(to);
    try {
      const done = await transfer(source, target, progress.at);
      return { from: shown(from), to: shown(to), ...done };
    } catch (error) {
      if (error instanceof StartError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StartError(`It did not come to its end (${why}): run it again, and it goes on.`, { cause: error });
    } finally {
      await target.close();
    }
  } finally {
    progress.end();
    await source.close();
  }
}

function isSqlite(place: string, option: string): boolean {
  if (place.startsWith(SQLITE) && place.length > SQLITE.length) return true;
  if (POSTGRES.test(place)) return false;
  throw new UsageError(`--${option} must be sqlite:<data folder> or postgres://…`);
}

const folderOf = (place: string) => resolve(place.slice(SQLITE.length));

async function sourceOf(place: string): Promise<Source> {
  if (POSTGRES.test(place)) return (await import('../db/transfer/postgres-side.ts')).postgresSource(place);
  const { sqliteSource } = await import('../db/transfer/sqlite-side.ts');
  return sqliteSource(soleStore(folderOf(place)));
}

async function targetOf(place: string): Promise<Target> {
  if (POSTGRES.test(place)) return (await import('../db/transfer/postgres-side.ts')).postgresTarget(place);
  const { sqliteTarget } = await import('../db/transfer/sqlite-side.ts');
  return sqliteTarget({ folder: folderOf(place), ...native(), pid: process.pid });
}

function shown(place: string): string {
  if (!POSTGRES.test(place)) return folderOf(place);
  const { host, pathname } = new URL(place);
  return `postgres://${host}${pathname}`;
}

export function textOf({ from, to, rows, before, replaced }: Told): string {
  const lines = [`${counted(rows, 'row')} of ${from} are in ${to}, read back and found the same`];
  if (before > 0) lines.push(`${counted(before, 'row')} of them were there already: it was cut off before`);
  if (replaced > 0)
    lines.push(`of ${counted(replaced, 'text')} the character NUL, which PostgreSQL does not keep, is U+FFFD now`);
  return `${lines.join('\n')}\n`;
}
