/** The files that are loaded when they are needed. Each lies beside this one, by its source's name (bin/build-pages.mjs). */
import type { Parts as SdkParts } from '../sdk/parts.ts';
import type { Key } from '../ui/words/in-widget/en.ts';
import type { Catalogue } from '../ui/words/texts.ts';

/** Those that draw, with the looks and the words that they share. */
export type Parts = {
  bot: typeof import('./extras/bot.ts');
  cards: typeof import('./extras/cards.ts');
  earlier: typeof import('./extras/earlier.ts');
  emoji: typeof import('./extras/emoji.ts');
  files: typeof import('./extras/files.ts');
  form: typeof import('./extras/form.ts');
  links: typeof import('./extras/links.ts');
  menu: typeof import('./extras/menu.ts');
  news: typeof import('./extras/news.ts');
  offered: typeof import('./extras/offered.ts');
  own: typeof import('./extras/own.ts');
  peek: typeof import('./extras/peek.ts');
  people: typeof import('./extras/people.ts');
  sound: typeof import('./extras/sound.ts');
  trouble: typeof import('./extras/trouble.ts');
  walk: typeof import('./extras/walk.ts');
};

export type Language = 'de' | 'fr' | 'es' | 'pt' | 'ar' | 'ja' | 'zh';

type Files = Parts &
  SdkParts & {
    begin: typeof import('./extras/begin.ts');
    dress: typeof import('./extras/dress.ts');
    full: typeof import('./extras/full.ts');
    identity: typeof import('./extras/identity.ts');
    inline: typeof import('./extras/inline.ts');
    visitor: typeof import('../sdk/visitor.ts');
  } & Record<Language, { words: Partial<Catalogue<Key>> }>;

/** How often each could not be loaded. */
const failures = new Map<string, number>();

/**
 * Loads one. What could not be loaded is tried again with the next need, at another address: browsers keep a failure by its
 * address as long as the page lives.
 */
export async function load<Name extends keyof Files>(name: Name): Promise<Files[Name]> {
  const times = failures.get(name) ?? 0;
  const address = `./${name}.js${times ? `?${times}` : ''}`;
  try {
    return await import(address);
  } catch (error) {
    failures.set(name, times + 1);
    throw error;
  }
}
