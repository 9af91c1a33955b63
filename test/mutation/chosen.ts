/** Which mutants are tried, and which tests each is shown to. */
import type { Result } from '../coverage/results.ts';
import type { Mutant } from './mutants.ts';

/** Mulberry32: the same numbers for the same seed. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** `count` of them, by chance, in an order by chance. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const chance = chances(seed);
  const left = [...all];
  const chosen: T[] = [];
  while (left.length > 0 && chosen.length < count) {
    const [one] = left.splice(Math.floor(chance() * left.length), 1);
    if (one !== undefined) chosen.push(one);
  }
  return chosen;
}

/** What a path is about: `people-keys` and `api-keys` have something in common. */
function subjectsOf(path: string): Set<string> {
  return new Set(path.split(/[^a-z]+/).filter((word) => word !== 'ts' && word !== 'test' && word !== 'src'));
}

/**
 * The tests that run a mutant's place, those first that are likely to notice soon: which have noticed others of the same
 * file, which are called as the file is, which are short.
 */
export function testsFor(
  { file, at }: Mutant,
  results: readonly Result[],
  noticed: ReadonlyMap<string, number>,
): Result[] {
  const subjects = subjectsOf(file);
  const worth = ({ test, seconds }: Result) => {
    const near = 1 + 2 * subjects.intersection(subjectsOf(test)).size;
    return (near * (1 + (noticed.get(`${file} ${test}`) ?? 0))) / seconds;
  };
  return results
    .filter(({ end, ran }) => end === 'passed' && ran.get(file)?.[at] === 1)
    .sort((a, b) => worth(b) - worth(a));
}
