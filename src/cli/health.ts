/** `parley health`: whether the server of these settings takes requests, for whatever starts and watches it. */
import { readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { localUrl } from './local-url.ts';
import { readOptions } from './options.ts';

const HELP = `Usage: parley health [options of parley serve]

Asks the server on this machine whether it can store what it is sent (/readyz). Exits with 0 when it can, else with 1.

  --json      tell it as JSON, also when nobody answers
  -h, --help  print this
`;

const TIMEOUT_MS = 5_000;

export async function health(args: readonly string[]): Promise<number> {
  const { flags, words } = readOptions(args, { words: ['json'] });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const config = readConfig(process.env, flags);
  try {
    const answer = await fetch(`${localUrl(config)}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    process.stdout.write(`${await answer.text()}\n`);
    return answer.ok ? exitCodes.done.code : exitCodes.failed.code;
  } catch (error) {
    const { cause, message } = error as Error;
    const why = `nobody answers on port ${config.port} (${cause instanceof Error ? cause.message : message})`;
    if (words.has('json')) process.stdout.write(`${JSON.stringify({ status: 'unavailable', reason: why })}\n`);
    else process.stderr.write(`parley: ${why}\n`);
    return exitCodes.failed.code;
  }
}
