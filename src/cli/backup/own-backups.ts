/** The backups that `parley serve` makes by itself, as the settings have them. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { allSettings } from '../../config/setting.ts';
import type { Config } from '../../config.ts';
import { type BackupProcess, startBackup } from './backup-process.ts';
import { scheduleBackups } from './scheduled-backups.ts';
import { seriesOf } from './series.ts';

export type OwnBackups = ReturnType<typeof ownBackups>;

/** Where files are kept: the server may have been told by options. The secret key has none. */
const OF_FILES = ['files', 's3Endpoint', 's3Region', 's3KeyId', 's3PathStyle'] as const;
type Settings = Pick<Config, 'data' | 'backupHours' | 'backupKeep' | (typeof OF_FILES)[number]>;

function optionsOf(config: Settings): string[] {
  return OF_FILES.flatMap((name) => {
    const [flag, value] = [allSettings.find((setting) => setting.name === name)?.flag, config[name]];
    if (value === undefined || flag === undefined) return [];
    return typeof value === 'boolean' ? [value ? `--${flag}` : `--no-${flag}`] : [`--${flag}`, value];
  });
}

/** @param folder where they are made */
export function ownBackups(folder: string, config: Settings, log: Logger) {
  const [data, to] = [resolve(config.data), resolve(folder)];
  const options = optionsOf(config);
  let process: BackupProcess | null = null;
  const schedule = scheduleBackups({
    folder: to,
    series: () => seriesOf(data),
    everyMs: config.backupHours * 60 * 60 * 1000,
    make: () => {
      process = startBackup({ data, to, keep: config.backupKeep, options });
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
