/** A network of the kernel's own for one server: it reaches PostgreSQL by one link and its clients by another. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

const name = `parley${process.pid}`;
/** Of this host's ends: to the server as it sees PostgreSQL, and as its clients see it. */
const links = [`pp${process.pid}`, `pc${process.pid}`] as const;
const [toPostgres] = links;
/** Two networks of two hosts each, for each process others. */
const network = `10.213.${process.pid % 256}`;

export interface Network {
  /** A command that becomes what runs in it. */
  through: readonly string[];
  /** Where the server listens, for clients on this host. */
  host: string;
  /** Of PostgreSQL: what it is to be set to, and where the server finds it. */
  settings: readonly string[];
  postgres: string;
  /** Nothing gets from the server to PostgreSQL or back; no connection is told. */
  cut(): void;
  mend(): void;
}

/** Null where it went well. */
function failure(...args: string[]): string | null {
  const { status, error, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? null : `ip ${args.join(' ')}: ${error?.message ?? stderr}`;
}

function ip(...args: string[]): void {
  const failed = failure(...args);
  if (failed !== null) throw new Error(failed);
}

/** To skip a test by: a reason, or false where networks may be made. */
export function noNetwork(): string | false {
  const trial =
    failure('netns', 'add', name) ??
    failure('link', 'add', toPostgres, 'type', 'veth', 'peer', 'parley0', 'netns', name) ??
    failure('address', 'add', `${network}.1/30`, 'dev', toPostgres) ??
    failure('netns', 'exec', name, 'true');
  failure('link', 'delete', toPostgres);
  failure('netns', 'delete', name);
  return trial === null ? false : `no network of its own can be made (${trial.trim()})`;
}

/** Only where {@link noNetwork} is false. It goes with the test. */
export function makeNetwork(t: Pick<Test, 'teardown'>): Network {
  // PostgreSQL's own user is to read it.
  const folder = mkdtempSync('/tmp/parley-net-');
  t.teardown(() => {
    for (const link of links) failure('link', 'delete', link);
    failure('netns', 'delete', name);
    rmSync(folder, { recursive: true, force: true });
  });
  ip('netns', 'add', name);
  for (const [index, link] of links.entries()) {
    const inside = `parley${index}`;
    ip('link', 'add', link, 'type', 'veth', 'peer', inside, 'netns', name);
    ip('address', 'add', `${network}.${4 * index + 1}/30`, 'dev', link);
    ip('link', 'set', link, 'up');
    ip('-netns', name, 'address', 'add', `${network}.${4 * index + 2}/30`, 'dev', inside);
    ip('-netns', name, 'link', 'set', inside, 'up');
  }
  chmodSync(folder, 0o755);
  const allowed = join(folder, 'pg_hba.conf');
  writeFileSync(allowed, `local all all trust\nhost all all ${network}.0/30 trust\n`, { mode: 0o644 });
  return {
    through: ['ip', 'netns', 'exec', name],
    host: `${network}.6`,
    settings: [`listen_addresses=${network}.1`, `hba_file=${allowed}`],
    postgres: `${network}.1`,
    cut: () => ip('link', 'set', toPostgres, 'down'),
    mend: () => ip('link', 'set', toPostgres, 'up'),
  };
}
