/**
 * Backups that the server makes by itself. Which was the last one is read from the folder, so that restarts neither
 * repeat nor forget one; what fails is told and tried again.
 */
import type { ServerState } from '../../protocol/server-state.ts';
import type { Backup } from './make-backup.ts';
import { keptIn } from './series.ts';

/** How often it is looked whether one is due. */
const LOOK_MS = 60_000;
/** After a failure, when the next one is not due before. */
const AGAIN_MS = 60 * 60 * 1000;

export interface ScheduledParts {
  folder: string;
  series: () => string;
  everyMs: number;
  make: () => Promise<Backup>;
  /** ms */
  now: () => number;
  onMade: (backup: Backup) => void;
  onFailure: (error: unknown) => void;
}

export type ScheduledBackups = ReturnType<typeof scheduleBackups>;

export function scheduleBackups({ folder, series, everyMs, make, now, onMade, onFailure }: ScheduledParts) {
  let last: number | null = null;
  let failed: { at: number; why: string } | null = null;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  const againAt = () => (failed === null ? 0 : failed.at + Math.min(everyMs, AGAIN_MS));
  const dueAt = () => Math.max(last === null ? 0 : last + everyMs, againAt());

  async function makeWhatIsDue(): Promise<void> {
    const at = now();
    if (stopped || at < againAt()) return;
    try {
      // One from a time to come was made under a clock that went wrong: it keeps none from being made.
      last = (await keptIn(folder, series())).find((one) => one.at <= at)?.at ?? null;
      if (stopped || at < dueAt()) return;
      const backup = await make();
      last = Date.parse(backup.createdAt);
      failed = null;
      onMade(backup);
    } catch (error) {
      if (stopped) return;
      failed = { at: now(), why: error instanceof Error ? error.message : String(error) };
      onFailure(error);
    }
  }

  /** Makes one if it is time, unless that is under way; resolves when it is done. */
  function look(): Promise<void> {
    running ??= makeWhatIsDue().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    look,

    /** For `/v1/server` and the metrics. */
    state(): ServerState['backups'] {
      const iso = (ms: number) => new Date(ms).toISOString();
      return {
        lastAt: last === null ? null : iso(last),
        nextAt: iso(Math.max(dueAt(), now())),
        failure: failed?.why ?? null,
      };
    },

    start(): void {
      void look();
      timer = setInterval(() => void look(), LOOK_MS).unref();
    },

    /** No other is begun. The one under way is the caller's to end: this resolves when it has. */
    async stop(): Promise<void> {
      stopped = true;
      if (timer !== null) clearInterval(timer);
      await running;
    },
  };
}
