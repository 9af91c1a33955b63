/** A real PostgreSQL of a test's own: its cluster in a temporary folder, on a socket there, and gone with the test. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Ends it as a power cut would, and has a standby of as it was before `work` go on in its place. */
  takenOver(work: () => Promise<void>): Promise<void>;
}

function asUser(program: string, args: readonly string[]): [string, string[]] {
  if (!isRoot) return [program, [...args]];
  return ['setpriv', [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', program, ...args]];
}

/** Waits for one of PostgreSQL's own commands; throws what it said where it failed. */
function command(name: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(...asUser(join(bin ?? '', name), args), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
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
  command('initdb', ['-D', data, '-U', USER, '--auth=trust', '-E', 'UTF8', '--no-sync', ...locale]);

  const run = async (of = data) => {
    const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'shared_buffers=32MB', ...more];
    const args = ['-D', of, ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(...asUser(join(bin ?? '', 'postgres'), args), { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    let said = '';
    await new Promise<void>((ready, failed) => {
      createInterface(child.stderr).on('line', (line) => {
        said += `${line}\n`;
        if (/ready to accept (read-only )?connections/.test(line)) ready();
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
    async takenOver(work) {
      const standby = join(folder, 'standby');
      command('pg_basebackup', ['-h', folder, '-U', USER, '-D', standby, '--no-sync', '--checkpoint=fast']);
      await work();
      await stop('SIGQUIT');
      writeFileSync(join(standby, 'standby.signal'), '');
      stop = await run(standby);
      command('pg_ctl', ['promote', '-D', standby]);
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
