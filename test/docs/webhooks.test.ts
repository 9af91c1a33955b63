/** Runs docs/webhooks.md: its commands against a real server, its checks of signatures over what that server sends. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { startApp } from '../helper.ts';
import { NEAR, startHook, type Told } from '../outbound/webhooks/hook.ts';
import { blocksOf, follow } from './page.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
const blocks = blocksOf(page);
const codeIn = (kind: string) => blocks.find((block) => block.kind === kind)?.text ?? '';

t.test('docs/webhooks.md says what the server does, and its checks are right', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const { token } = await app.admin();
  const { answered, answers } = await follow(t, page, { PARLEY: app.url, ADMIN: token, HOOK: hook.url });
  t.equal(answered, 4);
  const { secret } = answers[0];

  await (await app.visitor()).request('POST', 'messages', { to: 'support', message: { content: 'Grüße 😀' } });
  const told = (await hook.until(2, ({ body }) => body.type !== 'none'))[1] as Told;
  const genuine = Object.fromEntries(Object.entries(told.headers).map(([name, value]) => [name, String(value)]));
  const forged = told.text.replace('Grüße', 'Grusse');

  t.test('in TypeScript', async (t) => {
    const file = join(app.folder, 'genuine.ts');
    writeFileSync(file, codeIn('ts'));
    const { isGenuine } = await import(file);
    t.ok(isGenuine(genuine, told.text, secret));
    t.notOk(isGenuine(genuine, forged, secret));
    t.notOk(isGenuine({ ...genuine, 'webhook-timestamp': '1700000000' }, told.text, secret));
  });

  t.test('in Python', async (t) => {
    const version = await run('python3', ['--version']).catch(() => null);
    if (version === null) {
      t.pass('there is no Python here');
      return;
    }
    const judge = async (body: string) => {
      const call = 'import json, sys\nprint(is_genuine(json.loads(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]))';
      const args = [JSON.stringify(genuine), body, secret];
      return (await run('python3', ['-c', `${codeIn('python')}\n${call}`, ...args])).stdout.trim();
    };
    t.equal(await judge(told.text), 'True');
    t.equal(await judge(forged), 'False');
  });

  t.test('in a shell', async (t) => {
    const about = {
      SECRET: secret,
      WEBHOOK_ID: told.id,
      WEBHOOK_TIMESTAMP: genuine['webhook-timestamp'],
      BODY: told.text,
      PATH: '/usr/local/bin:/usr/bin:/bin',
    };
    const { stdout } = await run('bash', ['-c', codeIn('bash')], { env: about });
    t.ok(genuine['webhook-signature']?.split(' ').includes(stdout.trim()));
  });
});
