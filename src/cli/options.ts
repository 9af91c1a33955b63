import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { allSettings } from '../config/setting.ts';
import type { Flags } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** What a command was given: settings, words of its own (`--help`), options with values, and what stands by itself. */
export type Options = {
  flags: Flags;
  words: ReadonlySet<string>;
  values: ReadonlyMap<string, string>;
  places: readonly string[];
};

/** What a command takes besides the settings. */
export interface Own {
  /** Options without a value. */
  words?: readonly string[];
  /** Options with one. */
  values?: readonly string[];
  /** How many words may stand by themselves. */
  places?: number;
}

const settingOptions: ParseArgsOptionsConfig = Object.fromEntries(
  allSettings
    .filter((setting) => setting.flag !== undefined)
    .map((setting) => [setting.flag, { type: setting.kind === 'boolean' ? 'boolean' : 'string' }]),
);

/** Reads a command's arguments: an option for every setting that is no secret, `--help`, and its own. Throws a UsageError. */
export function readOptions(args: readonly string[], own: Own = {}): Options {
  const words = ['help', ...(own.words ?? [])];
  const options: ParseArgsOptionsConfig = { ...settingOptions };
  for (const word of words) options[word] = { type: 'boolean' };
  for (const name of own.values ?? []) options[name] = { type: 'string' };
  options.help = { type: 'boolean', short: 'h' };
  refuseUnknown(args, options, own.places ?? 0);
  const { given, places } = parsed(args, options);
  const flags: Flags = {};
  for (const setting of allSettings) {
    const value = setting.flag === undefined ? undefined : given.get(setting.flag);
    if (value !== undefined) flags[setting.name] = String(value);
  }
  const values = new Map(
    (own.values ?? []).flatMap((name) => (given.has(name) ? [[name, String(given.get(name))]] : [])),
  );
  return { flags, words: new Set(words.filter((word) => given.get(word) === true)), values, places };
}

function parsed(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
): { given: ReadonlyMap<string, unknown>; places: string[] } {
  try {
    const settings = { args: [...args], options, strict: true, allowNegative: true, allowPositionals: true } as const;
    const { values, positionals } = parseArgs(settings);
    return { given: new Map(Object.entries(values)), places: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The parser's own message about an unknown option names neither the nearest one nor why secrets have none. */
function refuseUnknown(args: readonly string[], options: ParseArgsOptionsConfig, places: number): void {
  let left = places;
  const known = Object.keys(options);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true, allowNegative: true });
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (left === 0) throw new UsageError(`"${token.value}" is one word too many`);
      left -= 1;
    }
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
