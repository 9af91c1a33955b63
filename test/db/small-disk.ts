/** A disk of its own, a few megabytes small, that can be filled and emptied. Needs the right to mount one. */
import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { tempFolder } from './register.ts';

export interface SmallDisk {
  folder: string;
  /** Leaves `room` bytes. */
  fill(room: number): void;
  /** Takes away what filled it. */
  empty(): void;
}

const run = (...[command, ...args]: [string, ...string[]]) => spawnSync(command, args, { encoding: 'utf8' });

/** Mounts one that is gone when the test ends; a sentence why not, where that cannot be done. */
export function smallDisk(t: Test, megabytes: number): SmallDisk | string {
  const folder = tempFolder(t);
  const mounted = run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'parley-test', folder);
  if (mounted.status !== 0)
    return `no small disk can be mounted here (${(mounted.stderr ?? 'no mount').split('\n')[0]})`;
  t.teardown(() => run('umount', '--lazy', folder));
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: (room) => {
      rmSync(ballast, { force: true });
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - room)));
    },
    empty: () => rmSync(ballast),
  };
}
