// The pages, from src/web to dist/pages: the widget's loader and its chunks, the demo shop, the console. Beside each file
// lie its Brotli and gzip forms, and manifest.json says at which path and how each is served (src/http/pages.ts).
//
// `npm start`, `npm run dev` and `npm test` build what is out of date by themselves; `node bin/build-pages.mjs` builds
// always and tells the sizes. It fails when a page is heavier than its budget.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, stop, transform } from 'esbuild';
import { minify } from 'terser';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'src', 'web');

/** Where the pages are built to unless somebody says otherwise. */
export const pagesFolder = join(root, 'dist', 'pages');

const KIB = 1024;
/**
 * Brotli bytes, upper bounds. Of the widget, each with all before it: what a page loads to show the button; to open the
 * panel; to talk in it (see what was said, write, hear answers); and every part that it has in English. And the console
 * at its start.
 */
const BUDGETS = { loader: 3 * KIB, open: 20 * KIB, talk: 20 * KIB, everything: 55 * KIB, console: 90 * KIB };

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
};

/** Browsers of the last three years; constructable stylesheets need as much. */
const TARGET = ['es2022', 'chrome111', 'firefox113', 'safari16.4'];

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  minify: true,
  metafile: true,
  format: 'esm',
  target: TARGET,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  outdir: 'out',
};

/** A shadow root's style is text in its script: minified here, for esbuild leaves text as it is. */
const cssAsText = {
  name: 'css-as-text',
  setup(made) {
    made.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: TARGET });
      // A custom property's value is left as it stands, its first space too, which nothing needs.
      return { contents: code.trim().replace(/(--[\w-]+): /g, '$1:'), loader: 'text' };
    });
  },
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

/**
 * Smaller once more, what somebody else's page loads: names are given anew in every function, where esbuild gives each
 * one of its own as deep as functions lie in one another. A chat of 18,948 bytes with Brotli has 18,093.
 */
async function smaller(bytes) {
  const compress = { passes: 2, hoist_funs: true, lhs_constants: false };
  const { code } = await minify(Buffer.from(bytes).toString(), { ecma: 2022, module: true, toplevel: true, compress });
  return Buffer.from(code);
}

/** The outputs by their name, and of an entry's output those that load with it. */
function outputsOf({ outputFiles, metafile }) {
  const files = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  const meta = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const entries = new Map();
  for (const [name, { entryPoint }] of meta) if (entryPoint !== undefined) entries.set(entryPoint, name);
  const loadedWith = (name, seen = new Set()) => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const { path, kind } of meta.get(name).imports) {
      if (kind === 'import-statement') loadedWith(basename(path), seen);
    }
    return seen;
  };
  return { files, entry: (path) => entries.get(path), loadedWith, cssOf: (name) => meta.get(name).cssBundle };
}

/**
 * Entries and all that they import dynamically, each one file: no chunk has to be waited for to load another. What two of
 * them share is in both, so they are given what is large. They lie in one folder, so they know one another by plain names.
 *
 * @returns bytes by name, and source's path by name
 */
async function buildChunks(...entries) {
  const made = new Map();
  async function chunk(path) {
    const name = `${basename(path, extname(path))}.js`;
    const known = made.get(name);
    if (known && known.path !== path) throw new Error(`two chunks of one name: ${known.path}, ${path}`);
    if (known) return name;
    made.set(name, { path });
    const lazily = {
      name: 'lazily',
      setup(own) {
        own.onResolve({ filter: /^\./ }, async ({ kind, path: imported, resolveDir }) => {
          if (kind !== 'dynamic-import') return undefined;
          return { path: `./${await chunk(join(resolveDir, imported))}`, external: true };
        });
      },
    };
    const { outputFiles } = await build({ ...common, entryPoints: [path], plugins: [lazily, cssAsText] });
    made.get(name).bytes = await smaller(outputFiles[0].contents);
    return name;
  }
  for (const entry of entries) await chunk(join(root, entry));
  return made;
}

/**
 * Builds all pages that have an entry.
 *
 * @param out the folder to write, replaced as a whole
 * @returns the Brotli bytes of each budget's part
 * @throws where something does not compile or is over its budget
 */
export async function buildPages(out = pagesFolder) {
  const pages = new Map();
  const put = (path, bytes, more = {}) => pages.set(path, { bytes: Buffer.from(bytes), ...more });
  const sizes = {};
  const weigh = (...parts) => parts.reduce((sum, bytes) => sum + brotli(bytes).length, 0);

  // The widget. Its folder has the hash of all that lies in it: its files may be kept for ever.
  const chunks = await buildChunks(
    'src/web/widget/chat.ts',
    'src/web/ui/paint.ts',
    // What is loaded by its name when it is needed (src/web/widget/load.ts).
    'src/web/sdk/visitor.ts',
    ...globSync('src/web/widget/extras/*.ts', { cwd: root }),
    ...globSync('src/web/ui/words/in-widget/??.ts', { cwd: root }).filter((path) => !path.endsWith('en.ts')),
  );
  const hash = createHash('sha256');
  for (const [name, { bytes }] of [...chunks].sort()) hash.update(name).update(bytes);
  const folder = `widget/${hash.digest('hex').slice(0, 8)}/`;
  for (const [name, { bytes }] of chunks) put(`/${folder}${name}`, bytes, { immutable: true });
  const loader = await build({
    ...common,
    entryPoints: ['src/web/widget/loader.ts'],
    format: 'iife',
    plugins: [cssAsText],
    define: { FOLDER: `"${folder}"` },
  });
  const script = await smaller(loader.outputFiles[0].contents);
  put('/widget.js', script);
  sizes.loader = weigh(script);
  // One file has both: a second one would cost more than it spares, and somebody who opens the panel is about to talk.
  sizes.open = sizes.loader + weigh(chunks.get('chat.js').bytes);
  sizes.talk = sizes.open;
  const inEnglish = [...chunks.values()].filter(({ path }) => !path.includes('words'));
  sizes.everything = sizes.loader + weigh(...inEnglish.map(({ bytes }) => bytes));
  // Pages with a document of their own. A page is there when its entry is.
  for (const [page, script] of [
    ['demo', 'main.ts'],
    ['console', 'main.tsx'],
  ]) {
    const entry = `src/web/${page}/${script}`;
    if (!existsSync(join(root, entry))) continue;
    const made = outputsOf(
      await build({
        ...common,
        entryPoints: [entry],
        entryNames: '[name]-[hash]',
        chunkNames: '[name]-[hash]',
        assetNames: '[name]-[hash]',
        splitting: true,
        jsx: 'automatic',
        jsxImportSource: 'preact',
        loader: { '.svg': 'file', '.png': 'file' },
        publicPath: `/${page}`,
        alias: { react: 'preact/compat', 'react-dom': 'preact/compat' },
      }),
    );
    for (const [name, bytes] of made.files) put(`/${page}/${name}`, bytes, { immutable: true });
    const main = made.entry(entry);
    const css = made.cssOf(main);
    const style = css === undefined ? undefined : basename(css);
    // The document names its script and style; both are deferred or in the head, nothing stands inline.
    const html = readFileSync(join(sources, page, 'index.html'), 'utf8')
      .replace('%script%', `/${page}/${main}`)
      .replace('%style%', `/${page}/${style}`);
    put(`/${page}`, html, { type: TYPES['.html'] });
    // What the page needs under a name that stays: a web app's manifest, a service worker, icons.
    for (const file of globSync('*', { cwd: join(sources, page, 'public') })) {
      put(`/${page}/${file}`, readFileSync(join(sources, page, 'public', file)));
    }
    if (page === 'console') {
      const first = [...made.loadedWith(main), ...(style === undefined ? [] : [style])];
      sizes.console = weigh(...first.map((name) => made.files.get(name)));
    }
  }
  await stop();

  const over = Object.entries(sizes).filter(([part, bytes]) => bytes > BUDGETS[part]);
  if (over.length > 0) {
    const lines = over.map(([part, bytes]) => `${part}: ${bytes} bytes with Brotli, its budget is ${BUDGETS[part]}`);
    throw new Error(lines.join('\n'));
  }
  write(out, pages);
  return sizes;
}

/** Writes beside `out` and puts it in its place at the end: whoever reads meanwhile has the old pages or the new ones. */
function write(out, pages) {
  const next = `${out}.${process.pid}`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const files = [];
  for (const [path, { bytes, immutable = false, type = TYPES[extname(path)] }] of pages) {
    const file = path.slice(1).replaceAll('/', '.');
    const forms = { br: brotli(bytes), gz: gzipSync(bytes, { level: 9 }) };
    const encodings = Object.keys(forms).filter((form) => forms[form].length < bytes.length);
    writeFileSync(join(next, file), bytes);
    for (const form of encodings) writeFileSync(join(next, `${file}.${form}`), forms[form]);
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    files.push({ path, file, type, immutable, hash, encodings });
  }
  writeFileSync(join(next, 'manifest.json'), `${JSON.stringify({ files }, null, 1)}\n`);
  rmSync(out, { recursive: true, force: true });
  renameSync(next, out);
}

/** Whether something that the pages are made of is newer than they are. */
function outOfDate() {
  const manifest = join(pagesFolder, 'manifest.json');
  if (!existsSync(manifest)) return true;
  const builtAt = statSync(manifest).mtimeMs;
  const made = [...globSync('**/*', { cwd: sources }).map((file) => join(sources, file))];
  made.push(sources, fileURLToPath(import.meta.url), join(root, 'package-lock.json'));
  return made.some((file) => statSync(file).mtimeMs > builtAt);
}

/** Builds the pages when they are out of date. */
export async function refreshPages() {
  if (outOfDate()) await buildPages();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const sizes = await buildPages();
  for (const [part, bytes] of Object.entries(sizes)) {
    console.log(`${part.padEnd(13)}${String(bytes).padStart(7)} of ${BUDGETS[part]} bytes with Brotli`);
  }
}
