/**
 * What somebody typed into a search field, as what has to be found: words, beginnings of words (`wor*`) and "whole
 * phrases". Everything else that they type is no operator but a word, or nothing: no input is wrong.
 */
import type { Sought } from '../../db/search-question.ts';
import { type Word, wordsOf } from '../../db/search-words.ts';
import { MAX_MARKS, MAX_SEARCH_WORDS, MIN_PREFIX_LENGTH } from '../../protocol/limits.ts';

/** A part in quotes, or what stands between blanks; the last quote may be missing. */
const part = /"([^"]*)(?:"|$)(\*?)|[^\s"]+/gu;

/** The different things that have to be found, all of them in one message; of all their words those that are taken. */
export function readQuery(text: string): Sought[] {
  const sought = new Map<string, Sought>();
  let left = MAX_SEARCH_WORDS;
  for (const [written, quoted, star] of text.matchAll(part)) {
    const one = soughtBy(quoted ?? written, star === '*', left);
    if (one === null || sought.has(JSON.stringify(one))) continue;
    sought.set(JSON.stringify(one), one);
    left -= one.terms.length;
    if (left === 0) break;
  }
  return [...sought.values()];
}

function soughtBy(text: string, starred: boolean, most: number): Sought | null {
  const words = wordsOf(text);
  const last = words.at(-1);
  if (last === undefined) return null;
  if (words.length > most) return { terms: words.slice(0, most).map(({ term }) => term), prefix: false };
  if (last.kind === 'word') {
    const prefix = (starred || text.endsWith('*')) && [...last.term].length >= MIN_PREFIX_LENGTH;
    return { terms: words.map(({ term }) => term), prefix };
  }
  // The run may go on in the text: its pairs say all, and a single sign begins one or is the last.
  const alone = words.at(-2)?.kind !== 'pair';
  return { terms: (alone ? words : words.slice(0, -1)).map(({ term }) => term), prefix: alone };
}

/** What was found of each thing sought: where it stands, `[start, end]` in UTF-16 units; and how well it all fits. */
export interface Found {
  found: [number, number][][];
  score: number;
}

/** Looks all of it up in a text; null when something is missing. */
export function allOf(text: string, sought: readonly Sought[]): Found | null {
  const words = wordsOf(text);
  const found = sought.map((one) => placesOf(words, one));
  if (found.some((places) => places.length === 0)) return null;
  return { found, score: scoreOf(found, words.length) };
}

function placesOf(words: readonly Word[], { terms, prefix }: Sought): [number, number][] {
  const places: [number, number][] = [];
  const last = terms.length - 1;
  for (let index = 0; index + last < words.length; index += 1) {
    const is = (term: string, offset: number) => {
      const word = words[index + offset]?.term ?? '';
      return offset === last && prefix ? word.startsWith(term) : word === term;
    };
    if (!terms.every(is)) continue;
    const end = words[index + last] as Word;
    places.push([(words[index] as Word).start, prefix ? end.head : end.end]);
  }
  return places;
}

/** A message of about so many words is neither long nor short. */
const USUAL_LENGTH = 20;

/** How well a message fits (BM25 without the rarity of words: all of them have to be there): often, in few words. */
function scoreOf(found: readonly (readonly unknown[])[], length: number): number {
  const thin = 1.2 * (0.25 + (0.75 * length) / USUAL_LENGTH);
  return found.reduce((sum, { length: times }) => sum + (2.2 * times) / (times + thin), 0);
}

/** The places to be marked, in order, none in another: `[start, length]`. */
export function marksOf(found: Found['found']): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of found.flat().toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    const before = merged.at(-1);
    if (before !== undefined && start < before[1]) before[1] = Math.max(before[1], end);
    else merged.push([start, end]);
  }
  return merged.slice(0, MAX_MARKS).map(([start, end]) => [start, end - start]);
}
