// `npm start` and `npm run dev`: the server from its sources, after the pages are brought up to date. One process, so that
// signals reach what they are for.
import { refreshPages } from './build-pages.mjs';

await refreshPages();
await import('../src/main.ts');
