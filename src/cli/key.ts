/** `parley key`: the host's API keys. */
import { readConfig } from '../config.ts';
import type { ApiKey } from '../protocol/api-key.ts';
import { exitCodes } from './exit-codes.ts';
import { operating } from './operating.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley key <what> [options]

  parley key list                                     all that there are
  parley key create <name> [--scope users,messages]   a new one, told this once; without a scope it may do everything
  parley key revoke <id>                              it is good no longer

A server that works in the data folder is asked to do it; without one it is done in the folder itself.

  --data <folder>  the data folder (PARLEY_DATA)
  --json           tell the outcome as JSON
  -h, --help       print this
`;

export async function key(args: readonly string[]): Promise<number> {
  const { flags, words, values, places } = readOptions(args, { words: ['json'], values: ['scope'], places: 2 });
  if (words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const [what, which] = places;
  const config = readConfig(process.env, flags);
  const json = words.has('json');
  const tell = (value: unknown, text: string) => process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
  if (what === 'list') {
    const keys = await operating(config, (operator) => operator.keys({}));
    tell(keys, keys.map((one) => `${lineOf(one)}\n`).join(''));
  } else if (what === 'create' && which !== undefined) {
    const scopes = (values.get('scope') ?? '*').split(',');
    const made = await operating(config, (operator) => operator.createKey({ name: which, scopes }));
    tell(made, `${lineOf(made)}\n${made.key}\n`);
  } else if (what === 'revoke' && which !== undefined) {
    await operating(config, (operator) => operator.revokeKey({ id: which }));
    tell({ id: which }, `${which} is good no longer\n`);
  } else throw new UsageError('key needs one of list, create <name>, revoke <id>');
  return exitCodes.done.code;
}

function lineOf({ id, name, scopes, lastUsedAt }: ApiKey): string {
  return `${id}  ${name}  ${scopes.join(',')}  ${lastUsedAt === null ? 'never used' : `used ${lastUsedAt}`}`;
}
