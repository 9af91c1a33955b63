import type { Setting } from './setting.ts';

/** A text as the value of a setting, or the rule that it breaks ("it must be …"). */
export type Reading = { value: string | number | boolean | string[] } | { rule: string };

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function readInteger(setting: Setting, text: string): Reading {
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= setting.minimum && value <= setting.maximum) return { value };
  return { rule: `a whole number from ${setting.minimum} to ${setting.maximum}` };
}

function readList(setting: Setting, text: string): Reading {
  const given = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const items = setting.form ? given.map(setting.form.read) : given;
  const value = items.filter((item) => item !== undefined);
  if (value.length === items.length) return { value: [...new Set(value)] };
  return { rule: `a list by comma, each ${setting.form?.rule}` };
}

/** Reads a setting's text, never empty, by its kind and form. A secret's spaces belong to it. */
export function readValue(setting: Setting, given: string): Reading {
  const text = setting.secret ? given : given.trim();
  switch (setting.kind) {
    case 'integer':
      return readInteger(setting, text);
    case 'list':
      return readList(setting, text);
    case 'boolean': {
      const value = truths.get(text);
      return value === undefined ? { rule: 'true or false' } : { value };
    }
    case 'choice':
      return setting.choices.includes(text) ? { value: text } : { rule: `one of ${setting.choices.join(', ')}` };
    case 'text': {
      const value = setting.form ? setting.form.read(text) : text;
      return value === undefined ? { rule: setting.form?.rule ?? 'text' } : { value };
    }
  }
}
