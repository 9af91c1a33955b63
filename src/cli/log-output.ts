import { fstatSync, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Bytes that may wait for a reader of the log who has stopped reading; further lines are dropped and counted. */
const MAX_WAITING_BYTES = 1024 * 1024;

const STDOUT = 1;

/** Counts what could not be written, and says so in the log once something can be again. */
function counting(write: (line: string) => boolean): DestinationStream {
  let dropped = 0;
  const tell = (): string =>
    `${JSON.stringify({ level: 40, time: Date.now(), msg: 'lines of the log were dropped', dropped })}\n`;
  return {
    write(line) {
      if (dropped > 0 && write(tell())) dropped = 0;
      if (dropped > 0 || !write(line)) dropped++;
    },
  };
}

/** A file takes lines at once; a full disk costs lines, and only as long as it is full (a stream would end for good). */
function writeToFile(line: string): boolean {
  try {
    writeSync(STDOUT, line);
    return true;
  } catch {
    return false;
  }
}

/** A pipe that nobody reads holds lines back in memory, up to the bound: the chat does not wait for its log. */
function writeToPipe(line: string): boolean {
  if (process.stdout.writableLength > MAX_WAITING_BYTES) return false;
  process.stdout.write(line);
  return true;
}

/** Where the log goes: JSON lines to standard output; on a terminal, where pino-pretty is installed, for people. */
export async function logOutput(): Promise<DestinationStream> {
  const pretty = process.stdout.isTTY ? await import('pino-pretty').catch(() => undefined) : undefined;
  if (pretty) return pretty.default({ sync: true });
  return counting(fstatSync(STDOUT).isFile() ? writeToFile : writeToPipe);
}

/** Waits until all that was logged is written, but no longer than `ms`: a stuck reader must not hold up the end. */
export function written(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    process.stdout.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
