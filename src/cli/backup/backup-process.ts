/**
 * `parley backup` as a process of its own, which yields to the server: reading a large file back takes seconds in which a
 * process does nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { isSea } from 'node:sea';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Backup } from './make-backup.ts';

export interface BackupProcess {
  /** Rejects with what it said when it was not made. */
  made: Promise<Backup>;
  /** Cuts it off, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** @param options of the server's settings, those that say where its files are */
export function startBackup({
  data,
  to,
  keep,
  options = [],
}: {
  data: string;
  to: string;
  keep: number;
  options?: readonly string[];
}): BackupProcess {
  const self = isSea() ? [] : [fileURLToPath(new URL('../../main.ts', import.meta.url))];
  const child = spawn(
    process.execPath,
    [...self, 'backup', '--keep', String(keep), '--data', data, ...options, '--json', '--', to],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  yieldTo(child);
  const ended = once(child, 'close').catch(() => {});
  return {
    made: outcome(child),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function yieldTo({ pid }: ChildProcess): void {
  try {
    // Not the lowest: on a busy machine it would never end, and the log grows until it does.
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Then it does not.
  }
}

async function outcome(child: ChildProcess): Promise<Backup> {
  if (child.stdout === null || child.stderr === null) throw new Error('the backup has no output');
  const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code === 0) return JSON.parse(out);
  const [said = ''] = err.trim().split('\n');
  throw new Error(said === '' ? `it was ended by ${signal ?? code}` : said.replace(/^parley: /, ''));
}
