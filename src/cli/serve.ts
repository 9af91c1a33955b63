import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { settingsHelp } from '../config/help.ts';
import { type Config, readConfig } from '../config.ts';
import type { OwnBackups } from './backup/own-backups.ts';
import { exitCodeLines } from './exit-codes.ts';
import { createLog } from './log.ts';
import { logOutput, written } from './log-output.ts';
import { boundConnections, roomForConnections } from './open-files.ts';
import { readOptions } from './options.ts';
import { reportOf } from './report.ts';
import { stopInOrder } from './stop.ts';
import { version } from './version.ts';

/** Of the time to stop, what is left for the last lines of the log. */
const FLUSH_MS = 200;

const help = (): string =>
  [
    'Usage: parley serve [options]',
    '',
    'Starts the server. Every option is also an environment variable; an option wins.',
    ...settingsHelp(),
    '',
    'Exit codes:',
    ...exitCodeLines,
    '',
  ].join('\n');

/** An address as a link on this machine: where everybody may come in, this machine comes in by its loopback. */
function linkTo({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}

function whereThingsAre(base: string, listening: string, firstAdminLink: string | null): string {
  const lines = [
    `Parley ${version} listens on ${listening}`,
    `  console            ${new URL('/console', base)}`,
    `  demo               ${new URL('/demo', base)}`,
    `  API documentation  ${new URL('/docs', base)}`,
    `  health             ${new URL('/healthz', base)}`,
  ];
  if (firstAdminLink !== null) {
    lines.push(`  first admin        ${new URL(firstAdminLink, base)}`, '                     (this link works once)');
  }
  return `${lines.join('\n')}\n`;
}

/** What the process uses, for the metrics. */
function usage() {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { residentBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6 };
}

/**
 * `parley serve`: opens the app, listens, says where things are, and stops in order on a signal. Gives the exit code
 * when it could not start or was only asked for help; undefined once it serves.
 */
export async function serve(args: readonly string[]): Promise<number | undefined> {
  const { flags, words } = readOptions(args);
  if (words.has('help')) {
    process.stdout.write(help());
    return 0;
  }
  return start(readConfig(process.env, flags));
}

async function start(given: Config): Promise<number | undefined> {
  const log = createLog(given, await logOutput());
  const room = roomForConnections();
  const config = room === null ? given : { ...given, maxSockets: Math.min(given.maxSockets, room.sockets) };
  if (config.maxSockets < given.maxSockets) {
    log.info({ sockets: config.maxSockets }, 'the limit of open files leaves room for fewer sockets than are allowed');
  }
  // Here and not above: a wrong setting is told at once, without loading a server.
  const { buildApp } = await import('../app.ts');
  const { builtPages, carried } = await import('./inside.ts');
  const backups = await backupsOf(config, log);
  const other = Promise.withResolvers<Error>();
  const app = await buildApp(config, {
    log,
    pid: process.pid,
    version,
    pages: await builtPages(),
    usage,
    onOther: other.resolve,
    ...(backups === null ? {} : { backups: backups.state }),
    ...carried(),
  });
  if (room !== null) boundConnections(app.server, room, log);
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    const report = reportOf(error, `Port ${config.port} of ${config.host}`);
    process.stderr.write(`parley: ${report.text}\n`);
    return report.code;
  }
  backups?.start();
  const stop = stopInOrder(log, config.shutdownMs, async () => {
    await backups?.stop();
    await app.close();
    await written(FLUSH_MS);
  });
  void other.promise.then(stop);
  const [address] = app.addresses();
  const listening = typeof address === 'object' ? linkTo(address) : `port ${config.port}`;
  process.stdout.write(whereThingsAre(config.publicUrl ?? listening, listening, app.firstAdminLink));
  return undefined;
}

/** Null: none are wanted. */
async function backupsOf(config: Config, log: Logger): Promise<OwnBackups | null> {
  if (config.backupFolder === undefined) return null;
  const { ownBackups } = await import('./backup/own-backups.ts');
  return ownBackups(config.backupFolder, config, log);
}
