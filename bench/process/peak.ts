/** The most memory that a process has had at once, as the system counts it. Linux tells; elsewhere nobody does. */
import { readFileSync, writeFileSync } from 'node:fs';

/** From here on the most is counted anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Bytes. */
export function peak(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new Error('the system does not tell how much memory a process had');
  return Number(kib) * 1024;
}
