import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { StartError } from '../db/start-error.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * One wish to stop arrives twice: Ctrl-C reaches the whole process group, systemd signals the whole unit, and a
 * launcher that passes signals on adds its own. Only later than this after the first is it impatience.
 */
const ECHO_MS = 500;

/**
 * Ends the process in order on a signal, or on an error that nobody caught: `close` is awaited, then exit 0 (1 after an
 * error). What takes longer than `ms` is cut off with exit 1, and so is everything by a second signal. Gives what stops it
 * for a reason of its own, with exit 1.
 */
export function stopInOrder(log: Logger, ms: number, close: () => Promise<void>): (reason: Error) => void {
  const grace = closeWithGrace({ delay: ms, logger: log, skip: [...STOP_SIGNALS] }, async ({ err }) => {
    if (err instanceof StartError) log.fatal(`${err.message} Stopping.`);
    else if (err) log.fatal({ err }, 'an error that nobody caught: stopping');
    await close();
  });
  let stoppedAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      log.info({ signal }, 'stopping');
      grace.close();
    } else if (performance.now() - stoppedAt > ECHO_MS) {
      process.exit(1);
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return (reason) =>
    setImmediate(() => {
      throw reason;
    });
}
