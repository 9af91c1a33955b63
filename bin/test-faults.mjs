// The tests that docs/guarantees.md names, at length: `npm run test:faults`, or `npm run test:faults --
// test/faults/kill.test.ts` for one of them. The same code as in `npm test`, with other counts (test/faults/counts.ts).
import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../docs/guarantees.md', import.meta.url), 'utf8');
const named = new Set([...page.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(([, file]) => file));
process.env.FAULTS = 'long';
const given = process.argv.slice(2);
// One after another, so that none takes from another what it measures out; two hours for each.
process.argv.splice(2, Infinity, '--jobs=1', '--timeout=7200', ...(given.length > 0 ? given : named));

await import('./test.mjs');
