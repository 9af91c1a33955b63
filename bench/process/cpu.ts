/** How busy processes are: what the system has counted for them. */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_MS = 0.1;

/** CPU time of a process so far, in ms; null where the system does not tell it this way. */
function cpuMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; the numbers follow its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_MS;
  } catch {
    return null;
  }
}

/** How much of one core the server and this process use over a stretch of time. */
export class CpuShares {
  private readonly server: number;
  private readonly at: number = performance.now();
  private readonly serverBefore: number | null;
  private readonly ownBefore: NodeJS.CpuUsage = process.cpuUsage();

  constructor(serverPid: number) {
    this.server = serverPid;
    this.serverBefore = cpuMs(serverPid);
  }

  /** 1 is a whole core. `server` is null where it cannot be told. */
  end(): { server: number | null; load: number } {
    const ms = performance.now() - this.at;
    const after = cpuMs(this.server);
    const { user, system } = process.cpuUsage(this.ownBefore);
    const server = after === null || this.serverBefore === null ? null : (after - this.serverBefore) / ms;
    return { server, load: (user + system) / 1000 / ms };
  }
}
