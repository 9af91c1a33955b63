/**
 * What all choices of a run follow from: the same in every `npm test`, so that a red run tells of the change that was
 * made and not of the day's luck. `npm run test:faults` draws it, `SEED=…` sets it, a test that fails tells it.
 */
const drawn = process.env.FAULTS === 'long';

export const seed = Number(process.env.SEED ?? (drawn ? Date.now() % 1_000_000_000 : 20_261_121));
