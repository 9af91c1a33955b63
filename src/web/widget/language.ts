/** Which language the widget speaks, and its words: English is at hand, the others are loaded. */

import type { Key } from '../ui/words/in-widget/en.ts';
import type { Catalogue } from '../ui/words/texts.ts';

type Words = Partial<Catalogue<Key>>;

const LANGUAGES: Record<string, () => Promise<{ words: Words }>> = {
  de: () => import('../ui/words/in-widget/de.ts'),
  fr: () => import('../ui/words/in-widget/fr.ts'),
  es: () => import('../ui/words/in-widget/es.ts'),
  pt: () => import('../ui/words/in-widget/pt.ts'),
  ar: () => import('../ui/words/in-widget/ar.ts'),
  ja: () => import('../ui/words/in-widget/ja.ts'),
  zh: () => import('../ui/words/in-widget/zh.ts'),
};

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
  const load = LANGUAGES[language.split('-')[0] ?? ''];
  return load ? (await load().catch(() => ({ words: {} }))).words : {};
}
