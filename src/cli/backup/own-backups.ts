/** The backups that `parley serve` makes by itself, as the settings have them. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { type BackupProcess, startBackup } from './backup-process.ts';
import { scheduleBackups } from './scheduled-backups.ts';
import { seriesOf } from './series.ts';

export type OwnBackups = ReturnType<typeof ownBackups>;

/** @param folder where they are made */
export function ownBackups(folder: string, config: Pick<Config, 'data' | 'backupHours' | 'backupKeep'>, log: Logger) {
  const [data, to] = [resolve(config.data), resolve(folder)];
  let process: BackupProcess | null = null;
  const schedule = scheduleBackups({
    folder: to,
    series: () => seriesOf(data),
    everyMs: config.backupHours * 60 * 60 * 1000,
    make: () => {
      process = startBackup({ data, to, keep: config.backupKeep });
      return process.made;
    },
    now: Date.now,
    onMade: ({ path, conversations, messages, files }) =>
      log.info({ path, conversations, messages, files }, 'a backup was made'),
    onFailure: (error) => log.error({ err: error }, 'a backup failed'),
  });
  return {
    state: schedule.state,
    start: schedule.start,
    async stop(): Promise<void> {
      const stopped = schedule.stop();
      await process?.stop();
      await stopped;
    },
  };
}
