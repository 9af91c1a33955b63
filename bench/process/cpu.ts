/** How busy processes are: what the system has counted for them. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_MS = 0.1;

interface Spent {
  /** Of the process, ms. */
  own: number;
  /** Of those that it started and that have ended, ms. */
  ended: number;
  parent: number;
}

/** CPU time so far; null where the system does not tell it this way. */
function spent(pid: number): Spent | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; the numbers follow its end.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
    return {
      own: (user + system) / TICKS_PER_MS,
      ended: (endedUser + endedSystem) / TICKS_PER_MS,
      parent: fields[1] ?? 0,
    };
  } catch {
    return null;
  }
}

function sum(values: readonly (number | undefined)[]): number | null {
  return values.reduce<number | null>((all, one) => (all === null || one === undefined ? null : all + one), 0);
}

/** Of a process and all that it started, ms. */
function familyMs(pid: number): number | null {
  const first = spent(pid);
  if (first === null) return null;
  const children = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (spent(Number(name)) ?? []) : []));
  return children.reduce((all, { own, parent }) => (parent === pid ? all + own : all), first.own + first.ended);
}

/** How much of one core servers, the database that they share and this process use over a stretch of time. */
export class CpuShares {
  private readonly servers: readonly number[];
  private readonly database: number | null;
  private readonly at: number = performance.now();
  private readonly before: { servers: number | null; database: number | null };
  private readonly ownBefore: NodeJS.CpuUsage = process.cpuUsage();

  /** @param database counted with all that it started */
  constructor(servers: readonly number[], database: number | null = null) {
    this.servers = servers;
    this.database = database;
    this.before = this.now();
  }

  private now() {
    return {
      servers: sum(this.servers.map((pid) => spent(pid)?.own)),
      database: this.database === null ? null : familyMs(this.database),
    };
  }

  /** 1 is a whole core. Null where it cannot be told. */
  end(): { servers: number | null; database: number | null; load: number } {
    const ms = performance.now() - this.at;
    const { user, system } = process.cpuUsage(this.ownBefore);
    const after = this.now();
    const share = (what: 'servers' | 'database') => {
      const [to, from] = [after[what], this.before[what]];
      return to === null || from === null ? null : (to - from) / ms;
    };
    return { servers: share('servers'), database: share('database'), load: (user + system) / 1000 / ms };
  }
}
