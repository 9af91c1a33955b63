/** What a process takes while it works, as the system counts it. Linux tells; elsewhere nobody does. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Stretch } from '../load/steady-load.ts';

export interface Sample extends Stretch {
  /** Since the load began. */
  seconds: number;
  /** Of the server, bytes. */
  resident: number;
  openFiles: number;
  /** Of the database and of its log, bytes. */
  database: number;
  log: number;
}

/** @param folder the server's data */
export function sample(pid: number, folder: string, seconds: number, stretch: Stretch): Sample {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const bytes = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return {
    ...stretch,
    seconds,
    resident: Number(kib) * 1024,
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    database: bytes('parley.db'),
    log: bytes('parley.db-wal'),
  };
}

/** A sample as one line, told when it is taken: an hour that was broken off has told something all the same. */
export function sampleLine({ seconds, acked, p50, p99, resident, openFiles, database, log }: Sample): string {
  const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return `${seconds.toFixed(0)} s: ${acked} sent, ${latency}; ${mib(resident)}, ${openFiles} files; ${mib(database)} + ${mib(log)}`;
}
