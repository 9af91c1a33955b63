import { defaultText } from './page.ts';
import { groups } from './schema.ts';
import { allSettings, type Setting } from './setting.ts';

/** Columns of a terminal that nobody has widened. */
const WIDTH = 80;
const INDENT = ' '.repeat(6);

/** Breaks a text into indented lines; a word longer than a line stands alone. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    if (line !== INDENT && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return [...lines, line];
}

function option(setting: Setting): string {
  const { flag, env, kind } = setting;
  if (flag === undefined) return `${env}  (a secret: no option)`;
  if (kind === 'boolean') return `--${flag}, --no-${flag}  (${env})`;
  return `--${flag} <${kind === 'integer' ? 'number' : kind}>  (${env})`;
}

function entry(setting: Setting): string[] {
  const preset = defaultText(setting);
  const choices = setting.choices.length > 0 ? ` One of ${setting.choices.join(', ')}.` : '';
  const ending = preset === '' ? '' : ` Default: ${preset.replaceAll(',', ', ')}.`;
  return [`  ${option(setting)}`, ...wrap(setting.description + choices + ending)];
}

/** The settings as lines of help: the option, its environment variable, what it does. */
export function settingsHelp(): string[] {
  return Object.keys(groups).flatMap((group) => [
    '',
    `${group}:`,
    ...allSettings.filter((setting) => setting.group === group).flatMap(entry),
  ]);
}
