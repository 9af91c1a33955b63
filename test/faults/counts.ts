/**
 * How much of each fault: little in `npm test`, much in `npm run test:faults`, which is the same code. A variable of the
 * environment says another number: `ROUNDS=20 npm test -- test/faults/kill.test.ts`.
 */

/** Whether there is time for much: set by `npm run test:faults`. */
const atLength = process.env.FAULTS === 'long';

/** The number of that name: the given one, else `quick` or `many`. */
export function countOf(name: string, quick: number, many: number): number {
  return Number(process.env[name] ?? (atLength ? many : quick));
}

/** What all choices of a run follow from; told, so that a run can be repeated by `SEED=…`. */
export const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
