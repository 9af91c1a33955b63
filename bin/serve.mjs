// `npm start` and `npm run dev`: the server from its sources, after the pages are brought up to date. One process, so that
// signals reach what they are for.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { refreshPages } from './build-pages.mjs';

// The sources without their types, and compiled, are kept for the next start: a quarter of its time. Where they cannot be
// kept, the start takes as long as the first.
enableCompileCache(join(import.meta.dirname, '..', 'dist', 'compiled'));

await refreshPages();
await import('../src/main.ts');
