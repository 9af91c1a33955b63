/** What is loaded by `import()` is in no bundle's text, and is told to the build. */
import { join } from 'node:path';
import { build } from 'esbuild';
import t from 'tap';
import { latePackages } from '../../bin/late-packages.ts';
import { program } from './program.ts';

const root = join(import.meta.dirname, '../..');

t.test('the program is bundled without the packages that it loads later', async (t) => {
  const packages = new Set<string>();
  const { files } = await program([latePackages(packages)]);
  const bundled = (name: string) => files.some((file) => file.includes(`node_modules/${name}/`));
  t.ok(bundled('fastify'), 'what a start needs is there');
  const expected = [
    '@fastify/swagger',
    '@simplewebauthn/server',
    'fflate',
    'light-my-request',
    'nodemailer',
    'pg',
    'undici',
  ];
  for (const name of expected) {
    t.ok(packages.has(name), name);
    t.notOk(bundled(name), `${name} is in no text but its own`);
  }
  t.notOk(packages.has('pino-pretty'), 'the server does without');
  t.notOk([...packages].some((name) => name.startsWith('.') || name.startsWith('node:')));
});

t.test('what is imported beside all else is loaded when something of it is used', async (t) => {
  const packages = new Set<string>();
  const { outputFiles } = await build({
    // As from a package of modules, which ours is.
    stdin: {
      contents: `import pg from 'pg'; export const client = () => pg.Client;`,
      resolveDir: root,
      sourcefile: 'importer.mts',
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [latePackages(packages)],
    write: false,
  });
  t.same([...packages], ['pg']);
  const asked: string[] = [];
  class Client {}
  const load = (name: string) => {
    asked.push(name);
    return { Client };
  };
  const module = { exports: {} as { client: () => unknown } };
  new Function('require', 'module', outputFiles[0]?.text ?? '')(load, module);
  t.same(asked, []);
  t.equal(module.exports.client(), Client);
  t.same(asked, ['pg']);
});
