/** Texts in which few words are everywhere and most are rare, as in people's own; the same at every run. */
const WORDS = 20_000;
const LENGTH = 12;
const LETTERS = 'etaoinshrdlucmfwypvbgk';

export interface Texts {
  next(): string;
  /** The word of that rank: 0 is in nearly every second text. */
  word(rank: number): string;
}

/** @param seed which of all such rows of texts */
export function texts(seed: number): Texts {
  let state = seed;
  // A linear congruence is chance enough for words.
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const letter = () => LETTERS[Math.floor(chance() * LETTERS.length)];
  const words = Array.from({ length: WORDS }, () =>
    Array.from({ length: 3 + Math.floor(chance() * 7) }, letter).join(''),
  );
  const word = (rank: number) => words[rank] ?? '';
  // By Zipf: a word's share is the inverse of its rank.
  const any = () => word(Math.floor(WORDS ** chance()) - 1);
  return { next: () => Array.from({ length: LENGTH }, any).join(' '), word };
}
