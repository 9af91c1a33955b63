import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '..');

/**
 * What a file of each folder may import of src/, besides its own folder: the floors beneath it, never a sibling.
 * A `type:` entry may be imported by `import type` only.
 */
const mayImport: Record<string, readonly string[]> = {
  http: ['chat', 'files', 'hub', 'protocol', 'type:config'],
  ws: ['chat', 'files', 'hub', 'protocol', 'type:config'],
  outbound: ['chat', 'files', 'hub', 'protocol', 'type:config'],
  chat: ['db', 'files', 'hub', 'protocol', 'type:config'],
  db: ['protocol', 'type:config'],
  files: ['protocol', 'type:config'],
  hub: ['protocol', 'type:config'],
  protocol: [],
  config: ['protocol'],
  'web/sdk': ['type:protocol'],
  'web/ui': ['web/sdk', 'type:protocol'],
  'web/widget': ['web/sdk', 'web/ui', 'type:protocol'],
  'web/console': ['web/sdk', 'web/ui', 'type:protocol'],
  'web/demo': ['web/ui'],
};

/** The files that put the house together: they import what they like, and nothing beneath imports them. */
const builders = ['main', 'app', 'cli'];

/** Where a file of src/ stands: `chat/access.ts` → `chat`, `web/sdk/outbox.ts` → `web/sdk`, `app.ts` → `app`. */
function floorOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'web' ? `web/${second}` : first.replace(/\.ts$/, '');
}

type Import = { from: string; to: string; type: boolean };

/** The source without its comments, so that what is only spoken of does not count. */
function code(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** All imports and re-exports of a file: `to` is a path in src/ for relative ones, a package's name otherwise. */
function importsOf(file: string, source: string): Import[] {
  const pattern =
    /\b(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(pattern)].map(([, type, from, dynamic]) => {
    const to = from ?? dynamic ?? '';
    return {
      from: file,
      to: to.startsWith('.') ? posix.join(dirname(file), to) : to,
      type: type !== undefined,
    };
  });
}

/** Whether an import between two files of src/ goes down the house, or stays in its folder. */
function allowed({ from, to, type }: Import): boolean {
  const [own, other] = [floorOf(from), floorOf(to)];
  if (own === other || builders.includes(own)) return true;
  const permitted = mayImport[own] ?? [];
  return permitted.includes(other) || (type && permitted.includes(`type:${other}`));
}

const sources = new Map(
  globSync('**/*.{ts,tsx}', { cwd: join(root, 'src') }).map((file) => [
    file.replaceAll('\\', '/'),
    code(readFileSync(join(root, 'src', file), 'utf8')),
  ]),
);
const imports = [...sources].flatMap(([file, source]) => importsOf(file, source));
const inside = imports.filter(({ to }) => sources.has(to));

/** One line for each import that breaks a rule. */
const told = (broken: Import[]) => broken.map(({ from, to, type }) => `${from} → ${to}${type ? ' (type)' : ''}`);

t.test('the check reads imports of every kind, and knows a wrong one', async (t) => {
  const source = code(
    `import t from 'tap';
    import type { A } from '../http/a.ts';
    import {
      b,
    } from '../chat/b.ts';
    import '../hub/c.ts';
    export { d } from './d.ts';
    const e = await import('../db/e.ts'); // import '../web/never.ts'
    /** import { f } from '../main.ts' */`,
  );
  const found = importsOf('ws/x.ts', source);
  t.same(told(found), [
    'ws/x.ts → tap',
    'ws/x.ts → http/a.ts (type)',
    'ws/x.ts → chat/b.ts',
    'ws/x.ts → hub/c.ts',
    'ws/x.ts → ws/d.ts',
    'ws/x.ts → db/e.ts',
  ]);
  t.same(found.slice(1).map(allowed), [false, true, true, true, false], 'sideways and past the rules to the store: no');
});

t.test('every file of src/ stands on a floor', async (t) => {
  const known = [...Object.keys(mayImport), ...builders];
  t.same(
    [...sources.keys()].filter((file) => !known.includes(floorOf(file))),
    [],
  );
});

t.test('imports go down, never up, never sideways between folders of one floor', async (t) => {
  t.same(told(inside.filter((one) => !allowed(one))), []);
});

t.test('only db/ opens a store, and no door speaks of tables', async (t) => {
  const doors = ['http', 'ws', 'outbound'];
  const broken = imports.filter(({ from, to, type }) => {
    const own = floorOf(from);
    if (to === 'better-sqlite3') return own !== 'db' && own !== 'cli' && !type;
    if (to === 'pg') return own !== 'db';
    return /^drizzle-orm(\/|$)/.test(to) && doors.includes(own);
  });
  t.same(told(broken), []);
});

t.test('decide is pure: no store, no clock, no socket', async (t) => {
  const decides = [...sources].filter(([file]) => /^chat\/decide(\/|[.-])/.test(file));
  const outside = imports.filter(
    ({ from, to, type }) =>
      decides.some(([file]) => file === from) &&
      !type &&
      (!sources.has(to) || ['hub', 'files'].includes(floorOf(to)) || /^db\/(writer|clock|open|read)/.test(to)),
  );
  // What it may take from Node: nothing that reads or writes the world (of crypto the hashes: chance is looked for below). Names of packages beside these fail too.
  t.same(told(outside.filter(({ to }) => !['node:assert', 'node:crypto', 'node:util'].includes(to))), []);
  const world =
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bfetch\(|\brandomUUID/;
  t.same(
    decides.filter(([, source]) => world.test(source)).map(([file]) => file),
    [],
  );
});

t.test('the process is read in main.ts, cli/ and config.ts only', async (t) => {
  const reading = [...sources].filter(
    ([file, source]) =>
      !/^(main\.ts|config\.ts|cli\/.*)$/.test(file) &&
      (/(?<![.\w])(globalThis\.)?process\b\s*(\.|\?\.|\[)/.test(source) || /['"](node:)?process['"]/.test(source)),
  );
  t.same(
    reading.map(([file]) => file),
    [],
  );
});

t.test('protocol/ and the pages are safe in a browser: nothing of Node in them', async (t) => {
  const broken = imports.filter(
    ({ from, to }) =>
      /^(protocol|web)\//.test(from) && (to.startsWith('node:') || /^(ws|fastify|@fastify\/.*)$/.test(to)),
  );
  t.same(told(broken), []);
});
