import { settingsPage } from '../config/page.ts';
import { allSettings, type Setting } from '../config/setting.ts';
import { type Config, readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';

const HELP = `Usage: parley config [options of parley serve]

Shows the settings in force, secrets as ***.

  --json      print them as JSON, by their names in the environment
  --markdown  print the page about all settings instead (docs/settings.md)
  -h, --help  print this
`;

function valueText(setting: Setting, config: Config): string {
  const value = config[setting.name];
  if (value === undefined) return '(not set)';
  if (setting.secret) return '***';
  const text = String(value);
  if (text === '') return '(none)';
  return text.includes('\n') ? `${text.split('\n')[0]} …` : text;
}

/** Null: not set. */
function jsonValue({ name, secret }: Setting, config: Config): unknown {
  const value = config[name] ?? null;
  return secret && value !== null ? '***' : value;
}

/** `parley config`: prints the settings in force, or the page about them. Gives the exit code. */
export function config(args: readonly string[]): number {
  const { flags, words } = readOptions(args, { words: ['markdown', 'json'] });
  if (words.has('help')) {
    process.stdout.write(HELP);
  } else if (words.has('markdown')) {
    process.stdout.write(settingsPage(Object.values(exitCodes)));
  } else {
    const settings = readConfig(process.env, flags);
    if (words.has('json')) {
      const told = allSettings.map((setting) => [setting.env, jsonValue(setting, settings)]);
      process.stdout.write(`${JSON.stringify(Object.fromEntries(told), null, 2)}\n`);
      return exitCodes.done.code;
    }
    const width = Math.max(...allSettings.map((setting) => setting.env.length));
    for (const setting of allSettings) {
      process.stdout.write(`${setting.env.padEnd(width)}  ${valueText(setting, settings)}\n`);
    }
  }
  return exitCodes.done.code;
}
