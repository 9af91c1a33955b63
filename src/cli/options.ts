import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { allSettings } from '../config/setting.ts';
import type { Flags } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** What `parley serve` and `parley config` were given: settings, and words of their own (`--help`). */
export type Options = { flags: Flags; words: ReadonlySet<string> };

const settingOptions: ParseArgsOptionsConfig = Object.fromEntries(
  allSettings
    .filter((setting) => setting.flag !== undefined)
    .map((setting) => [setting.flag, { type: setting.kind === 'boolean' ? 'boolean' : 'string' }]),
);

/**
 * Reads a command's arguments: an option for every setting that is no secret, `--help`, and the command's own words
 * (options without a value). Throws a UsageError.
 */
export function readOptions(args: readonly string[], ownWords: readonly string[] = []): Options {
  const words = ['help', ...ownWords];
  const options: ParseArgsOptionsConfig = { ...settingOptions };
  for (const word of words) options[word] = { type: 'boolean' };
  options.help = { type: 'boolean', short: 'h' };
  refuseUnknown(args, options);
  const values = parsed(args, options);
  const flags: Flags = {};
  for (const setting of allSettings) {
    const value = setting.flag === undefined ? undefined : values.get(setting.flag);
    if (value !== undefined) flags[setting.name] = String(value);
  }
  return { flags, words: new Set(words.filter((word) => values.get(word) === true)) };
}

function parsed(args: readonly string[], options: ParseArgsOptionsConfig): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(parseArgs({ args: [...args], options, strict: true, allowNegative: true }).values));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The parser's own message about an unknown option names neither the nearest one nor why secrets have none. */
function refuseUnknown(args: readonly string[], options: ParseArgsOptionsConfig): void {
  const known = Object.keys(options);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true, allowNegative: true });
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`"${token.value}" is one word too many`);
    if (token.kind !== 'option') continue;
    const name = token.name;
    if (known.includes(name)) continue;
    const secret = allSettings.find(({ secret, env }) => secret && envOf(name) === env);
    if (secret) {
      throw new UsageError(`${token.rawName} would show a secret to every user of this machine: set ${secret.env}`);
    }
    throw new UsageError(`there is no option ${token.rawName}: did you mean --${nearest(name, known)}?`);
  }
}

function envOf(flag: string): string {
  return `PARLEY_${flag.toUpperCase().replaceAll('-', '_')}`;
}
