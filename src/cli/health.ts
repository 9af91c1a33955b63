/** `parley health`: whether the server of these settings takes requests, for whatever starts and watches it. */
import { isIPv6 } from 'node:net';
import { readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';

const HELP = `Usage: parley health [options of parley serve]

Asks the server on this machine whether it can store what it is sent (/readyz). Exits with 0 when it can, else with 1.

  -h, --help  print this
`;

const TIMEOUT_MS = 5_000;
/** Where one listens everywhere, one is met at home. */
const HOME: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

export async function health(args: readonly string[]): Promise<number> {
  const { flags, words } = readOptions(args);
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const { host, port } = readConfig(process.env, flags);
  const at = HOME.get(host) ?? host;
  try {
    const url = `http://${isIPv6(at) ? `[${at}]` : at}:${port}/readyz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    process.stdout.write(`${await answer.text()}\n`);
    return answer.ok ? exitCodes.done.code : exitCodes.failed.code;
  } catch (error) {
    const { cause, message } = error as Error;
    process.stderr.write(
      `parley: nobody answers on port ${port} (${cause instanceof Error ? cause.message : message})\n`,
    );
    return exitCodes.failed.code;
  }
}
