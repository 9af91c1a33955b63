/** The catalogue's words in the language of who reads the page. */

import { en } from '../ui/words/in-console/en.ts';
import { createTexts, type Translate } from '../ui/words/texts.ts';

export type Word = keyof typeof en;

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'parley.language';
export let language: Language = 'en';
/** For dates and numbers: the reader's own region where it speaks the page's language. */
export let locale = 'en-GB';
let translate: Translate<Word> = createTexts(locale, en);

function chosenLanguage(): Language | undefined {
  const chosen = localStorage.getItem(KEY) ?? '';
  return chosen in LANGUAGES ? (chosen as Language) : undefined;
}

/** Takes effect with the next load of the page. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
}

export async function loadWords(): Promise<void> {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  const known = wanted.find((tag): tag is Language => tag in LANGUAGES);
  language = chosenLanguage() ?? known ?? 'en';
  locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
  if (locale === 'en') locale = 'en-GB';
  translate = createTexts(
    locale,
    en,
    ...(language === 'de' ? [(await import('../ui/words/in-console/de.ts')).de] : []),
  );
  document.documentElement.lang = language;
}

/**
 * A text of the catalogue with its values put in; `count` chooses among plural forms.
 *
 * @example t('newMessages', { count: 2 })
 */
export const t: Translate<Word> = (word, values) => translate(word, values);
