import { settingsPage } from '../config/page.ts';
import { allSettings, type Setting } from '../config/setting.ts';
import { type Config, readConfig } from '../config.ts';
import { exitCodes } from './exit-codes.ts';
import { readOptions } from './options.ts';

const HELP = `Usage: parley config [options of parley serve]

Shows the settings in force, secrets as ***.

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

/** `parley config`: prints the settings in force, or the page about them. Gives the exit code. */
export function config(args: readonly string[]): number {
  const { flags, words } = readOptions(args, ['markdown']);
  if (words.has('help')) {
    process.stdout.write(HELP);
  } else if (words.has('markdown')) {
    process.stdout.write(settingsPage(Object.values(exitCodes)));
  } else {
    const settings = readConfig(process.env, flags);
    const width = Math.max(...allSettings.map((setting) => setting.env.length));
    for (const setting of allSettings) {
      process.stdout.write(`${setting.env.padEnd(width)}  ${valueText(setting, settings)}\n`);
    }
  }
  return exitCodes.done.code;
}
