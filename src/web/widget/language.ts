/** Which language the widget speaks, and its words: English is at hand, the others are loaded. */

import type { Key } from '../ui/words/in-widget/en.ts';
import type { Catalogue } from '../ui/words/texts.ts';
import { type Language, load } from './load.ts';

type Words = Partial<Catalogue<Key>>;

const LANGUAGES: readonly string[] = ['de', 'fr', 'es', 'pt', 'ar', 'ja', 'zh'] satisfies Language[];

/** The chosen one, else the page's, else the browser's; one that Intl does not know is English. */
export function languageOf(chosen: string | undefined): string {
  const asked = chosen || document.documentElement.lang || navigator.language;
  try {
    return Intl.getCanonicalLocales(asked)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** The same language as the reader has it: a page in English shows a Briton 24 hours. */
export function regionalOf(language: string): string {
  const own = navigator.languages.find((one) => one.split('-')[0] === language);
  return own ?? language;
}

/** The words of a language, where there are some. */
export async function wordsOf(language: string): Promise<Words> {
  const [name = ''] = language.split('-');
  const { words } = LANGUAGES.includes(name)
    ? await load(name as Language).catch(() => ({ words: {} }))
    : { words: {} };
  return words;
}
