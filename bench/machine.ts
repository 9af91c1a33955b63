/** What it was measured on, as the system tells it. */
import { readFileSync, realpathSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';
import Database from 'better-sqlite3';
import { pinned } from './process/child.ts';

/** A sentence or two. `disk` is a folder. */
export function machine(disk: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const place = pinned
    ? 'The server is bound to one core and the load to another.'
    : 'The processes are bound to no core here (no `taskset`, or one core only): they take from each other.';
  return (
    `${cores} ${cores === 1 ? 'core' : 'cores'} of ${model}, ${memory} GiB of memory, ${type()}, ` +
    `data on ${fileSystem(disk)}, Node.js ${process.versions.node}, SQLite ${sqlite()}. ${place}`
  );
}

function sqlite(): string {
  const database = new Database(':memory:');
  const version = database.prepare('select sqlite_version()').pluck().get() as string;
  database.close();
  return version;
}

/** The kind of file system that a folder lies on; tells nothing where the system has no list of them. */
function fileSystem(folder: string): string {
  try {
    const path = `${realpathSync(folder)}/`;
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, at = '']) => path.startsWith(at.endsWith('/') ? at : `${at}/`))
      .sort(([, a = ''], [, b = '']) => b.length - a.length);
    const [, , kind = 'an unknown file system'] = mounts[0] ?? [];
    return kind === 'tmpfs' ? 'tmpfs (memory: a commit costs nothing here)' : kind;
  } catch {
    return 'an unknown file system';
  }
}
