/** What the pages of the documentation name is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).filter(isPage).map(inDocs)];

function isPage(file: string): boolean {
  return file.endsWith('.md');
}

function inDocs(file: string): string {
  return `docs/${file}`;
}

t.test('every file of the project that a page names is there', async (t) => {
  let named = 0;
  for (const page of pages) {
    const paths = [...read(page).matchAll(/`((?:test|src|bench|bin|drizzle)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    named += paths.length;
    t.same(
      paths.filter((path) => !existsSync(join(root, path))),
      [],
      page,
    );
  }
  t.ok(named > 50, 'they name some');
});

t.test('every page that a page leads to is there', async (t) => {
  for (const page of pages) {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    t.same(
      links.filter((link) => !existsSync(join(root, page, '..', link))),
      [],
      page,
    );
  }
});

t.test('each promise of docs/guarantees.md has a test', async (t) => {
  const lines = read('docs/guarantees.md').split('\n');
  const isRule = (line = '') => line.startsWith('| ---');
  const rows = lines.filter((line, place) => line.startsWith('| ') && !isRule(line) && !isRule(lines[place + 1]));
  t.ok(rows.length > 25, `${rows.length} promises`);
  t.same(
    rows.filter((row) => !/ `test\/[^`]+\.test\.ts` \|$/.test(row)),
    [],
  );
});

t.test('docs/dependencies.md names each package with its reason, and no other', async (t) => {
  const manifest = JSON.parse(read('package.json'));
  const groups = ['dependencies', 'optionalDependencies', 'devDependencies'];
  const wanted = groups.flatMap((group) => Object.keys(manifest[group])).sort();
  const page = read('docs/dependencies.md').replace(/`(package\.json|test\/[^`]*|\/docs|\/metrics|npm run dev)`/g, '');
  t.same([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort(), wanted);
});
