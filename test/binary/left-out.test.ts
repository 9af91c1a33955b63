/** What packages do at every start for nobody is left out of the program, and nobody misses it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import t from 'tap';
import { leftOut } from '../../bin/left-out.ts';

const root = join(import.meta.dirname, '../..');

/** Server, plugin, routes and figures, as the program has them. */
const SCRIPT = `
  import Fastify from 'fastify';
  import fp from 'fastify-plugin';
  import { Counter, Registry } from 'prom-client';
  export async function told() {
    const app = Fastify();
    const registry = new Registry();
    const asked = new Counter({ name: 'asked', help: 'Asked.', registers: [registry] });
    await app.register(fp(async (app) => app.decorate('of', (path) => path + asked.inc()), { fastify: '5.x', name: 'own' }));
    for (const path of ['/v1/messages', '/v1/messages/:id', '/v1/members', '/v1/me']) app.get(path, () => path);
    const answers = [];
    for (const path of ['/v1/messages', '/v1/messages/7', '/v1/members', '/v1/me', '/v1/mx', '/v1/messager', '/v2/me']) {
      const { statusCode, body } = await app.inject(path);
      answers.push(statusCode === 200 ? body : statusCode);
    }
    app.of('');
    return { answers, figures: await registry.metrics() };
  }
`;

t.test('without them routes are found, plugins are taken, figures are told', async (t) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: SCRIPT, resolveDir: root, loader: 'js' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [leftOut],
    metafile: true,
    write: false,
    outdir: root,
  });
  const text = outputFiles[0]?.text ?? '';
  const files = Object.keys(metafile.inputs);
  t.ok(files.some((file) => file.endsWith('prom-client/lib/registry.js')));
  for (const name of ['prom-client/lib/pushgateway.js', 'node_modules/semver/']) {
    t.notOk(
      files.some((file) => file.includes(name)),
      name,
    );
  }
  t.notMatch(text, "new Function('path'");
  const module = { exports: {} as { told: () => Promise<{ answers: unknown[]; figures: string }> } };
  new Function('require', 'module', 'exports', text)(createRequire(import.meta.url), module, module.exports);
  const { answers, figures } = await module.exports.told();
  t.same(answers, ['/v1/messages', '/v1/messages/:id', '/v1/members', '/v1/me', 404, 404, 404]);
  t.match(figures, /^asked 1$/m);
});
