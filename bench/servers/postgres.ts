/** PostgreSQL with a cluster of its own, in a folder and on a socket of its own; as Debian brings it, with its defaults. */
import { spawnSync } from 'node:child_process';
import { chownSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child, type Core } from '../process/child.ts';

/** It does not run as root: where somebody is, it is the package's own user. */
const USER = 'postgres';
const isRoot = process.getuid?.() === 0;

export interface Postgres {
  url: string;
  /** The process that starts all others of it. */
  pid: number;
  version: string;
  stop(): Promise<void>;
}

/**
 * Null where it is not installed.
 *
 * @param core which it has; all of them where none is said
 * @param sql what is run in the new database
 */
export function startPostgres(folder: string, { core, sql }: { core?: Core; sql?: string } = {}): Postgres | null {
  const bin = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
  if (bin === undefined) return null;
  const data = join(folder, 'cluster');
  mkdirSync(data);
  if (isRoot) for (const each of [folder, data]) chownSync(each, idOf('-u'), idOf('-g'));
  run(join(bin, 'initdb'), ['-D', data, '-U', USER, '--auth=trust', '-E', 'UTF8']);
  // Nothing but the socket: the port is its name's last part.
  const settings = [
    '-c',
    'listen_addresses=',
    '-c',
    `unix_socket_directories=${folder}`,
    '-c',
    'log_min_messages=panic',
  ];
  const [program, args] = asUser(join(bin, 'postgres'), ['-D', data, ...settings]);
  const child = new Child({ ...(core === undefined ? {} : { core }), program, args });
  const psql = ['-h', folder, '-U', USER, '-v', 'ON_ERROR_STOP=1', '-q'];
  untilThere(join(bin, 'pg_isready'), ['-h', folder, '-U', USER]);
  if (sql !== undefined) run(join(bin, 'psql'), [...psql, '-c', sql]);
  return {
    url: `postgresql://${USER}@localhost/${USER}?host=${encodeURIComponent(folder)}`,
    pid: child.pid,
    version: `PostgreSQL ${/\d+/.exec(bin)?.[0]}`,
    stop: () => child.stop(),
  };
}

function idOf(which: '-u' | '-g'): number {
  return Number(spawnSync('id', [which, USER], { encoding: 'utf8' }).stdout);
}

function asUser(program: string, args: string[]): [string, string[]] {
  if (!isRoot) return [program, args];
  return ['setpriv', [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', program, ...args]];
}

function run(program: string, args: string[]): string {
  const done = spawnSync(...asUser(program, args), { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

function untilThere(program: string, args: string[]): void {
  for (let tries = 0; spawnSync(program, args).status !== 0; tries += 1) {
    if (tries === 100) throw new Error('PostgreSQL does not start');
    spawnSync('sleep', ['0.1']);
  }
}
