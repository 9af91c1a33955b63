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
