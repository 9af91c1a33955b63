/**
 * The words of a text, said once for the index, for what is searched and for the marks in what was found: so the three
 * cannot differ. Case, diacritics and compatible forms are folded. Of scripts that are written without blanks every two
 * neighbouring signs are a word, and the last sign of a run is one: so any part of a run is found without a dictionary.
 */
import { firstCodePoints } from '../protocol/code-points.ts';

/** Whoever changes what a text's words are raises this: the index is then made anew. */
export const WORDS_VERSION = 1;

export interface Word {
  /** As the index keeps it. */
  term: string;
  /** Where it stands in the text, in UTF-16 units. */
  start: number;
  end: number;
  /** Of signs written without blanks: `pair`, two of them; `last`, the last of a run. */
  kind: 'word' | 'pair' | 'last';
  /** Of a pair: where its first sign ends. */
  head: number;
}

/** Longer words are known by so many code points. */
const MAX_TERM = 64;

const UNSPACED =
  '[[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Hang}\\p{scx=Yiii}' +
  '\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}]&&[\\p{L}\\p{M}\\p{N}]]';
/** Joiners and soft hyphens stand inside words and say nothing. */
const INVISIBLE = '\\u00ad\\u200c\\u200d\\u2060\\ufeff';
export const word = new RegExp(
  `(?<run>${UNSPACED}+)|(?:(?!${UNSPACED})[\\p{L}\\p{M}\\p{N}${INVISIBLE}])+|\\p{Extended_Pictographic}`,
  'gv',
);
/** A sign with what belongs to it: vowel signs, the voice marks of narrow kana, the rest of a syllable in single jamo. */
const sign = /.[\p{M}\uff9e\uff9f\u1160-\u11ff]*/gsu;

/** Marks that fold away: Latin, Greek and Cyrillic diacritics, Hebrew points, Arabic vowel signs. Other scripts' stay. */
const DIACRITICS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const LETTERS = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i', ς: 'σ' }),
);
const SPECIAL_LETTER = new RegExp(`[${[...LETTERS.keys()].join('')}]`, 'g');
/** What compatible forms may bring in, and what the index would take for the end of a word. */
const NO_LETTER = /[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]/gu;
const PLAIN = /^[a-z0-9]+$/i;

function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(SPECIAL_LETTER, (letter) => LETTERS.get(letter) ?? letter)
    .replace(NO_LETTER, '');
}

/** The words of a text in their order. Any text will do. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const found of text.matchAll(word)) {
    const [written] = found;
    const start = found.index;
    if (found.groups?.run !== undefined) words.push(...pairsOf(written, start));
    else {
      const term = firstCodePoints(fold(written), MAX_TERM);
      const end = start + written.length;
      if (term !== '') words.push({ term, start, end, kind: 'word', head: end });
    }
  }
  return words;
}

function pairsOf(run: string, at: number): Word[] {
  const signs = [...run.matchAll(sign)].flatMap((found) => {
    const start = at + found.index;
    return [...fold(found[0])].map((term) => ({ term, start, end: start + found[0].length }));
  });
  return signs.map(({ term, start, end }, index) => {
    const next = signs[index + 1];
    if (next === undefined) return { term, start, end, kind: 'last', head: end };
    return { term: term + next.term, start, end: next.end, kind: 'pair', head: end };
  });
}

/** What the index splits by itself as it is done here: ASCII without words that are too long. */
const BEYOND_ASCII = /[\u0080-\uffff]/;
export const TOO_LONG = new RegExp(`[a-z0-9]{${MAX_TERM + 1}}`, 'i');

/** The words of a text as one text for the index, which splits it again at everything that is no word. */
export function indexedText(text: string): string {
  if (!BEYOND_ASCII.test(text) && !TOO_LONG.test(text)) return text;
  return wordsOf(text)
    .map(({ term }) => term)
    .join(' ');
}
