/** People two by two, each pair in a direct conversation: those who send, and those who sit idle. */
import { Seed } from './seed.ts';

export interface Paired {
  tokens: string[];
  /** The conversation of each, by their place. */
  conversations: string[];
  /** The same as keys of rows. */
  keys: { conversation: number; user: number; author: number }[];
}

/** A folder of them alone. @param people an even number */
export async function seedPairsAlone(folder: string, people: number): Promise<Paired> {
  const seed = await Seed.in(folder);
  const paired = seedPairs(seed, people);
  seed.end();
  return paired;
}

/** @param people an even number */
export function seedPairs(seed: Seed, people: number): Paired {
  const paired: Paired = { tokens: [], conversations: [], keys: [] };
  for (let place = 0; place < people; place += 2) {
    const pair = [0, 1].map((more) => seed.person('user', `Somebody ${place + more + 1}`, true));
    const [a, b] = pair;
    if (a === undefined || b === undefined) throw new Error('a pair is two');
    const { uuid, id } = seed.direct(a, b);
    for (const one of [a, b]) {
      paired.tokens.push(one.token ?? '');
      paired.conversations.push(uuid);
      paired.keys.push({ conversation: id, user: one.row.id, author: one.author.id });
    }
  }
  return paired;
}
