/**
 * The catalogue of all words that the pages say, and how one is looked up: by its key, with values put in and the
 * language's own plurals. A word stands once a language, in `in-both` when widget and console say it, else in `in-widget` or
 * `in-console`; each page is built with its own alone.
 */

/** A text, or one for each plural form of `{count}` that the language has (`other` at least). */
export type Text = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Catalogue<Key extends string> = Record<Key, Text>;

/** Gives a text by its key; `{name}` in it is replaced by `values.name`. */
export type Translate<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

/**
 * @param base what every key has: English
 * @param more in front of it: a language's own, a team's own; keys that no catalogue has are left alone
 */
export function createTexts<Key extends string>(
  language: string,
  base: Catalogue<Key>,
  ...more: Partial<Record<string, unknown>>[]
): Translate<Key> {
  const all = new Map<string, unknown>(Object.entries(base));
  for (const one of more) {
    for (const [key, text] of Object.entries(one)) if (all.has(key) && text) all.set(key, text);
  }
  let plural: Intl.PluralRules | undefined;
  return (key, values = {}) => {
    const text = (all.get(key) ?? '') as Text;
    if (typeof text !== 'string') plural ??= new Intl.PluralRules(language);
    const form =
      typeof text === 'string' ? text : (text[plural?.select(Number(values.count)) ?? 'other'] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? value.toLocaleString(language) : value;
    });
  };
}
