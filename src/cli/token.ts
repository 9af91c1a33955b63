/** `parley token`: a token of one of the host's users, by an API key. */
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';
import { apiKey, serverAt, serverUrl } from './remote/server.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley token <external id> [options]

Prints a token with which the host's user of that id comes in; they are made on first sight. It takes an API key with the
scope tokens in PARLEY_KEY, and a server that runs.

  --ttl <time>     how long it is good: 90s, 15m, 12h or 7d
  --name <name>    what they are called
  --url <address>  the server (PARLEY_URL); else the one of this machine's settings
  --json           tell the outcome as JSON
  -h, --help       print this
`;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export async function token(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, {
    words: ['json'],
    values: ['ttl', 'name', 'url'],
    places: 1,
  });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [externalId] = places;
  if (externalId === undefined) throw new UsageError("token needs a user: the host's own id of them");
  const expiresIn = secondsIn(values.get('ttl'));
  const name = values.get('name');
  const server = serverAt(serverUrl(values.get('url'), flags), apiKey());
  const made = await server.ask('POST', 'tokens', {
    externalId,
    ...(name === undefined ? {} : { name }),
    ...(expiresIn === null ? {} : { expiresIn }),
  });
  process.stdout.write(`${words.has('json') ? JSON.stringify(made) : made.token}\n`);
  return exitCodes.done.code;
}

/** Null: as long as the server says. */
function secondsIn(given: string | undefined): number | null {
  if (given === undefined) return null;
  const [, number, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(given) ?? [];
  if (number === undefined) throw new UsageError(`--ttl takes a time such as 15m or 12h, not "${given}"`);
  return Number(number) * (UNITS[unit] as number);
}
