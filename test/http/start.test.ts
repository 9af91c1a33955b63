/** What a start leaves until it is needed: looked at by what is loaded and compiled, for a clock says little here. */
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

/** Addresses of all modules that were loaded since this test began. */
const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});

/** Schemas that were compiled: each becomes a function by its text. */
let compiled = 0;
globalThis.Function = new Proxy(Function, {
  construct(target, words, made) {
    if (new Error().stack?.includes('/typebox/build/')) compiled += 1;
    return Reflect.construct(target, words, made);
  },
});

/** What only some servers need, or one that has run for a while. */
const LATER = [
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  '@fastify/swagger',
  '@simplewebauthn/server',
  'fflate',
  'light-my-request',
  'nodemailer',
  'openid-client',
  'pino-pretty',
  'undici',
  'web-push',
  'yaml',
];

t.test('until the first answer nothing is loaded that somebody else may need', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
  const [{ buildApp }, { configFor }] = await Promise.all([import('../../src/app.ts'), import('../../src/config.ts')]);
  const app = await buildApp(configFor({ data: folder, logLevel: 'silent' }));
  t.teardown(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.equal((await fetch(`${url}/readyz`)).status, 200);

  const isLoaded = (name: string) => [...loaded].some((one) => one.includes(`/node_modules/${name}/`));
  t.ok(isLoaded('fastify'), 'what is loaded is seen');
  for (const name of LATER) t.notOk(isLoaded(name), name);

  const atStart = compiled;
  t.ok(atStart < 5, `of hundreds of schemas, ${atStart} are compiled`);
  t.equal((await fetch(`${url}/v1/visitors`, { method: 'POST' })).status, 201);
  t.ok(compiled > atStart, 'and those of a route when it is called');
});
