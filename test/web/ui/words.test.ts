/** The catalogue of both pages: every word once, and in each language whole. */
import t from 'tap';
import { words as arBoth } from '../../../src/web/ui/words/in-both/ar.ts';
import { words as deBoth } from '../../../src/web/ui/words/in-both/de.ts';
import * as both from '../../../src/web/ui/words/in-both/en.ts';
import { de as deConsole } from '../../../src/web/ui/words/in-console/de.ts';
import { en as console } from '../../../src/web/ui/words/in-console/en.ts';
import { words as ar } from '../../../src/web/ui/words/in-widget/ar.ts';
import { words as de } from '../../../src/web/ui/words/in-widget/de.ts';
import { en as first } from '../../../src/web/ui/words/in-widget/en.ts';
import { words as es } from '../../../src/web/ui/words/in-widget/es.ts';
import { words as fr } from '../../../src/web/ui/words/in-widget/fr.ts';
import { words as ja } from '../../../src/web/ui/words/in-widget/ja.ts';
import { more } from '../../../src/web/ui/words/in-widget/more.ts';
import { words as pt } from '../../../src/web/ui/words/in-widget/pt.ts';
import { words as zh } from '../../../src/web/ui/words/in-widget/zh.ts';
import type { Catalogue, Text } from '../../../src/web/ui/words/texts.ts';

const alike: Catalogue<string> = { ...both.en, ...both.more };
const widget: Catalogue<string> = { ...first, ...more };
const all: Catalogue<string> = { ...widget, ...console };
const german: Catalogue<string> = { ...de, ...deConsole };

const forms = (text: Text | undefined) => (typeof text === 'string' ? [text] : Object.values(text ?? {}));
const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();

t.test('a key means one word: no part of the catalogue has that of another', async (t) => {
  const own = Object.keys(console).filter((key) => !(key in alike));
  t.ok(own.length > 400);
  t.same(
    own.filter((key) => key in widget),
    [],
  );
});

t.test('no two keys say the same', async (t) => {
  const said = new Map<string, string>();
  const twice: string[] = [];
  for (const key of Object.keys(all)) {
    const text = JSON.stringify([all[key], german[key]]);
    const before = said.get(text);
    if (before !== undefined) twice.push(`${before}, ${key}: ${text}`);
    said.set(text, key);
  }
  t.same(twice, []);
});

t.test('every language has every word of the widget, German of the console too, with the same blanks', async (t) => {
  for (const [name, one] of Object.entries({ de: german, fr, es, pt, ar, ja, zh })) {
    const base = name === 'de' ? all : widget;
    t.same(Object.keys(one).sort(), Object.keys(base).sort(), name);
    for (const [key, text] of Object.entries(one as Catalogue<string>)) {
      const wanted = forms(base[key]).map(blanks);
      // `{count}` may be put in words: one conversation, two.
      for (const form of forms(text)) {
        const has = blanks(form);
        t.ok(wanted.includes(has) || typeof text !== 'string', `${name}.${key}: ${form}`);
      }
      if (typeof text !== 'string') t.ok(wanted.includes(blanks(text.other)), `${name}.${key}: ${text.other}`);
    }
  }
  for (const one of [deBoth, arBoth]) t.same(Object.keys(one).sort(), Object.keys(alike).sort());
});
