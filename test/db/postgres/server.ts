/** A real PostgreSQL of a test's own: its cluster in a temporary folder, on a socket there, and gone with the test. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { Test } from 'tap';
import { isRoot } from '../processes.ts';

/** It does not run as root: where somebody is, it is the user of Debian's package. */
const USER = 'postgres';
const [bin] = globSync('/usr/lib/postgresql/*/bin').sort().reverse();

/** To skip a test by: a reason, or false where there is one. */
export const noPostgres: string | false = bin === undefined ? 'there is no PostgreSQL in /usr/lib/postgresql' : false;

export interface Postgres {
  /** The address of the database that every cluster has. */
  cluster: string;
  /**
   * Makes a database, and gives its address.
   *
   * @param template the address of one that it is a copy of, to which nobody is connected; an empty one when absent
   */
  database(template?: string): Promise<string>;
  /** Ends it as a power cut would, and starts it again on what it had written. */
  crash(): Promise<void>;
}

function asUser(program: string, args: readonly string[]): [string, string[]] {
  if (!isRoot) return [program, [...args]];
  return ['setpriv', [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', program, ...args]];
}

function idOf(which: '-u' | '-g'): number {
  return Number(spawnSync('id', [which, USER], { encoding: 'utf8' }).stdout);
}

/**
 * Only where {@link noPostgres} is false.
 *
 * @param more settings of PostgreSQL's: `name=value`
 */
export async function startPostgres(t: Pick<Test, 'teardown'>, more: readonly string[] = []): Promise<Postgres> {
  // A socket's path has to be short: not below the tests' own folder.
  const folder = mkdtempSync('/tmp/parley-pg-');
  if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  const data = join(folder, 'cluster');
  // A locale that orders otherwise than by bytes.
  const locale = ['--locale-provider=icu', '--icu-locale=en-US'];
  const made = spawnSync(
    ...asUser(join(bin ?? '', 'initdb'), [
      '-D',
      data,
      '-U',
      USER,
      '--auth=trust',
      '-E',
      'UTF8',
      '--no-sync',
      ...locale,
    ]),
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`${made.stdout}${made.stderr}`);

  const run = async () => {
    const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'shared_buffers=32MB', ...more];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(...asUser(join(bin ?? '', 'postgres'), args), { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    let said = '';
    await new Promise<void>((ready, failed) => {
      createInterface(child.stderr).on('line', (line) => {
        said += `${line}\n`;
        if (line.includes('ready to accept connections')) ready();
      });
      void ended.then(() => failed(new Error(said)));
    });
    return async (signal: 'SIGINT' | 'SIGQUIT') => {
      child.kill(signal);
      await ended;
    };
  };
  let stop = await run();
  t.teardown(async () => {
    await stop('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  let databases = 0;
  const urlOf = (name: string) => `postgres://${USER}@localhost/${name}?host=${encodeURIComponent(folder)}`;
  return {
    cluster: urlOf('postgres'),
    async database(template) {
      databases += 1;
      const name = `parley${databases}`;
      const of = template === undefined ? '' : `template ${new URL(template).pathname.slice(1)}`;
      await queried(urlOf('postgres'), async (client) => client.query(`create database ${name} ${of}`));
      return urlOf(name);
    },
    async crash() {
      await stop('SIGQUIT');
      stop = await run();
    },
  };
}

/** Runs `use` over a connection of its own. */
export async function queried<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
