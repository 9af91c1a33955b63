/** `parley import`: what another chat has kept, or another Parley, laid down in the data folder. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { Folder } from '../files/folder.ts';
import { FILES } from './backup/backup-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFolder } from './file-folder.ts';
import { formats } from './import/formats.ts';
import { Columns, KINDS, type Kind } from './import/names-of-columns.ts';
import type { Outcome } from './import/outcome.ts';
import { readOptions } from './options.ts';
import { withPlace } from './place-of-files.ts';
import { progressOn } from './progress.ts';
import { counted } from './sizes.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley import <file…> --from <format> [options]

Brings in what another chat has kept: JSON lines of mongoexport, CSV with the names of the columns first, or a dump of
pg_dump or sqlite3. The server must be stopped. Brought in again, nothing is there twice; broken off, run it again.
Exits with ${exitCodes.skipped.code} where something was left out, and says what. docs/importing.md has the forms.

  --from <format>        000 a bot or peers, 001 beside a call, 002 direct messages, 003 visitors, 004 users and admins,
                         parley: parley.jsonl of parley export
  messages=<file>        a file whose name does not tell its table: users, conversations, participants or messages
  --table <name=kind>    what a table is whose name does not tell it, or skip; several by comma
  --map <field=column>   which column it is, such as messages.content=body; several by comma
  --close-before <time>  conversations that do not tell it and whose last message is older are closed
  --report <file>        write each row that was left out to it, a line of JSON each
  --data <folder>        the data folder (PARLEY_DATA)
  --json                 tell the outcome as JSON
  -h, --help             print this
`;

/** What `parley export` wrote. */
const OWN = 'parley';
const MAX_FILES = 1_000;

/** `parley import`. Gives the exit code. */
export async function bringInFiles(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, {
    words: ['json'],
    values: ['from', 'table', 'map', 'close-before', 'report'],
    places: MAX_FILES,
  });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const from = values.get('from') ?? '';
  const format = formats.get(from) ?? null;
  if (format === null && from !== OWN) {
    throw new UsageError(`--from must be one of ${[...formats.keys(), OWN].join(', ')}`);
  }
  if (places.length === 0) throw new UsageError('import needs a file');
  const names = { tables: tablesIn(values.get('table')), maps: mapsIn(values.get('map')) };
  const columns = new Columns(names);
  const closeBefore = timeIn(values.get('close-before'));
  const config = readConfig(process.env, flags);
  const folder = fileFolder(config);
  const { sourceFile } = await import('./import/read-file.ts');
  const files = places.map(sourceFile);
  for (const { path, table } of files) {
    if (format !== null && !/\.sql$/i.test(path) && columns.kindOf(table) === null) {
      throw new UsageError(
        `${path} does not tell what its rows are: write messages=${path}, or users=, conversations=`,
      );
    }
  }
  const { importing } = await import('./import/importing.ts');
  const progress = progressOn(process.stderr, words.has('json'));
  try {
    const size = files.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
    const outcome = await importing(config, values.get('report') ?? null, progress.at, async (bulk, outcomes) => {
      const given = { bulk, outcomes, size, onProgress: progress.at };
      if (format === null) {
        const { bringInOwn } = await import('./import/own.ts');
        await withPlace(config, async (named) => {
          const place = named ?? new Folder(join(folder, FILES));
          place.make();
          for (const { path } of files) await bringInOwn({ ...given, path, place });
        });
      } else {
        const { bringIn } = await import('./import/foreign.ts');
        await bringIn({ ...given, folder, format, files, names, closeBefore, now: Date.now() });
      }
    });
    progress.end();
    process.stdout.write(words.has('json') ? `${JSON.stringify(outcome)}\n` : textOf(outcome));
    return outcome.skipped === 0 ? exitCodes.done.code : exitCodes.skipped.code;
  } finally {
    progress.end();
  }
}

function textOf({ users, conversations, messages, already, skipped, reasons }: Outcome): string {
  const what = [counted(users, 'user'), counted(conversations, 'conversation'), counted(messages, 'message')];
  const lines = [`brought in: ${what.join(', ')}`];
  if (already > 0) lines.push(`there before: ${counted(already, 'message')}`);
  if (skipped > 0) lines.push(`left out: ${counted(skipped, 'row')}`);
  for (const { reason, count, places } of reasons) {
    const more = count > places.length ? ' …' : '';
    lines.push(`  ${count} × ${reason}: ${places.join(', ')}${more}`);
  }
  return `${lines.join('\n')}\n`;
}

function pairsIn(given: string | undefined, option: string): [string, string][] {
  return (given ?? '').split(',').flatMap((pair): [string, string][] => {
    if (pair.trim() === '') return [];
    const at = pair.indexOf('=');
    const [left, right] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 0 || left === '' || right === '') throw new UsageError(`--${option} takes name=value, not "${pair}"`);
    return [[left, right]];
  });
}

function tablesIn(given: string | undefined): Map<string, Kind | 'skip'> {
  const kinds = [...KINDS, 'skip'] as const;
  return new Map(
    pairsIn(given, 'table').map(([table, name]) => {
      const kind = kinds.find((one) => one === name);
      if (kind === undefined) throw new UsageError(`a table is one of ${kinds.join(', ')}, not "${name}"`);
      return [table, kind];
    }),
  );
}

function mapsIn(given: string | undefined): Map<string, string> {
  const pairs = pairsIn(given, 'map');
  for (const [field] of pairs) {
    if (!Columns.has(field)) throw new UsageError(`there is no field ${field}: see docs/migrating.md`);
  }
  return new Map(pairs);
}

function timeIn(given: string | undefined): number | null {
  if (given === undefined) return null;
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw new UsageError(`--close-before takes a time such as 2026-01-31, not "${given}"`);
  return time;
}
