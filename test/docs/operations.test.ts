/** docs/operations.md and docs/deploy: what they name is there, and what can be checked here is checked. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { allSettings } from '../../src/config/setting.ts';
import { clientNames } from '../../src/config.ts';
import { runParley } from '../cli/parley.ts';
import { startApp } from '../helper.ts';

const run = promisify(execFile);
const docs = join(import.meta.dirname, '../../docs');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');
const deployed = readdirSync(join(docs, 'deploy')).map((name) => `deploy/${name}`);

t.test('every setting that is named is one', async (t) => {
  const known = new Set([...allSettings.map(({ env }) => env), ...clientNames]);
  for (const page of ['operations.md', ...deployed]) {
    const named = new Set(read(page).match(/PARLEY_[A-Z_]+[A-Z]/g) ?? []);
    t.same(
      [...named].filter((name) => !known.has(name)),
      [],
      page,
    );
  }
});

t.test('every metric that is named is told', async (t) => {
  const token = 'a-token-for-prometheus-that-nobody-guesses';
  const app = await startApp(t, { metricsToken: token });
  const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const told = await answer.text();
  for (const page of ['operations.md', 'deploy/grafana.json']) {
    for (const name of new Set(read(page).match(/\b(?:parley|process)_[a-z]+(?:_[a-z]+)*\b/g) ?? [])) {
      t.ok(told.includes(name), `${page}: ${name}`);
    }
  }
});

t.test('the commands and exit codes are those of the program', async (t) => {
  const { out } = await runParley(['--help']);
  const commands = new Set([...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name));
  for (const [, name] of read('operations.md').matchAll(/(?:^ {4}|`)parley ([a-z]+)/gm))
    t.ok(commands.has(name), String(name));
  t.match(read('operations.md'), `exits with ${exitCodes.findings.code} then`);
  const unit = /RestartPreventExitStatus=(.+)/.exec(read('deploy/parley.service'))?.[1];
  t.equal(unit, [exitCodes.usage, exitCodes.config, exitCodes.data].map(({ code }) => code).join(' '));
});

t.test('parley health asks the server', async (t) => {
  const app = await startApp(t);
  const { port } = new URL(app.url);
  t.match(await runParley(['health', '--port', port]), { code: 0, out: /"ok"/ });
  await app.stop();
  t.match(await runParley(['health', '--port', port]), { code: 1, err: /nobody answers on port/ });
});

t.test('the unit is one', async (t) => {
  const found = await run('systemd-analyze', ['--version']).catch(() => null);
  if (found === null) return void t.pass('there is no systemd here');
  // That nothing is installed where it says is not what is asked here.
  const { stderr } = await run('systemd-analyze', ['verify', join(docs, 'deploy/parley.service')]).catch(
    (error) => error,
  );
  const complaints = String(stderr)
    .split('\n')
    .filter((line) => line.includes('parley.service'));
  t.same(
    complaints.filter((line) => !line.includes('is not executable')),
    [],
  );
});
