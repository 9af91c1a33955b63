/** A restore that is cut off at each of its steps: what is there afterwards is all old or all new. */
import { spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { makeBackup } from '../../src/cli/backup/make-backup.ts';
import { restoreBackup } from '../../src/cli/backup/restore-backup.ts';
import { openRegister } from '../db/register.ts';
import { type Actor, startApp } from '../helper.ts';
import { download, upload } from '../http/form.ts';
import { environment, runParley } from './parley.ts';

interface Life {
  name: string;
  folder: string;
  visitor: Actor;
  conversation: string;
  /** The id of what they attached. */
  file: string;
  secret: string;
}

/** A data folder in which a visitor has written its name, with a file that holds it too. */
async function life(t: Test, folder: string, name: string): Promise<Life> {
  const app = await startApp(t, {}, { folder });
  const visitor = await app.visitor({ name });
  const { id } = await upload(app, visitor, `the file of ${name}`);
  const { body } = await visitor.request('POST', 'messages', {
    to: 'support',
    message: { content: name, attachments: [id] },
  });
  await app.stop();
  const secret = readFileSync(join(folder, 'secret'), 'utf8');
  return { name, folder, visitor, conversation: body.conversationId, file: id, secret };
}

/**
 * Runs the restore, and leaves a copy of the data folder as it was before each step; gives how many steps it took. With
 * `killedAt` it is killed before that step, and gives null.
 */
async function restoreInSteps(
  backup: string,
  data: string,
  copies: string,
  killedAt: number | null = null,
): Promise<number | null> {
  const script = join(import.meta.dirname, 'restoring-process.ts');
  const args = [script, backup, data, copies, ...(killedAt === null ? [] : [String(killedAt)])];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, args, { env: environment(), stdio: [...stdio] });
  const [out, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (signal === 'SIGKILL') return null;
  if (code !== 0) throw new Error(`the restore ended with ${code}`);
  return Number(out);
}

/** Opens a folder as a start does, and gives whose life it holds; fails where it is not all of it. */
async function heldIn(t: Test, folder: string, lives: readonly Life[]): Promise<string> {
  const { store } = openRegister(folder);
  const client = store.reader.$client;
  const written = client.prepare("select content from messages where kind <> 'system'").pluck().all();
  const files = client.prepare('select hash from files').pluck().all() as string[];
  t.equal(client.pragma('integrity_check', { simple: true }), 'ok');
  await store.close();
  const life = lives.find(({ name }) => name === written[0]);
  t.equal(written.length, 1);
  t.equal(readFileSync(join(folder, 'secret'), 'utf8'), life?.secret, 'its secret');
  const bytes = files.map((hash) => readFileSync(join(folder, 'files', hash.slice(0, 2), hash), 'utf8'));
  t.same(bytes, [`the file of ${life?.name}`], 'its file');
  t.same(globSync('{restoring*,files/restoring}', { cwd: folder }), [], 'and nothing that is half there');
  return life?.name ?? '';
}

/** Starts the server over a folder: that life goes on. */
async function goesOn(t: Test, folder: string, { name, visitor, conversation, file }: Life): Promise<void> {
  const app = await startApp(t, {}, { folder });
  const again = app.actor(visitor.token, visitor.user);
  const history = await again.request('GET', `conversations/${conversation}/messages`);
  t.equal(history.body.items[0].content, name);
  const { bytes } = await download(app, visitor.token, file);
  t.equal(String(bytes), `the file of ${name}`);
  await app.stop();
}

t.test('cut off at any step, the next start has all of the old or all of the new', async (t) => {
  const own = t.testdir();
  const lives = [await life(t, join(own, 'old'), 'old'), await life(t, join(own, 'new'), 'new')];
  const told = { connection: {}, onProgress: () => {} };
  const { path: backup } = await makeBackup({
    ...told,
    data: join(own, 'new'),
    to: join(own, 'backups'),
    version: '1.0.0',
    now: new Date(),
  });
  const whole = join(own, 'whole');
  cpSync(join(own, 'old'), whole, { recursive: true });
  const steps = (await restoreInSteps(backup, whole, own)) as number;
  t.equal(await heldIn(t, whole, lives), 'new', 'it came to its end');

  const held: string[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const data = join(own, String(step));
    const begun = existsSync(join(data, 'restoring.json'));
    if (begun && !held.includes('new')) {
      const checked = await runParley(['check', '--json'], { PARLEY_DATA: data });
      t.match(JSON.parse(checked.out).findings[0], { what: /a restore was cut off/, todo: /start the server/ });
      t.match(await runParley(['backup'], { PARLEY_DATA: data }), { code: 4, err: /restore was cut off/ });
    }
    const again = join(own, `again-${step}`);
    const tried = begun && step % 4 === 0;
    if (tried) cpSync(data, again, { recursive: true });
    held.push(await heldIn(t, data, lives));
    if (held.at(-1) === 'new') {
      const [aside = ''] = globSync('before-restore-*', { cwd: data });
      t.equal(await heldIn(t, join(data, aside), lives), 'old', 'and what was there is kept whole');
    }
    // The first of each kind.
    if (held.indexOf(held.at(-1) ?? '') === held.length - 1) {
      await goesOn(t, data, lives.find(({ name }) => name === held.at(-1)) as Life);
      // As the copy has it, so it is after a kill.
      const killed = join(own, `killed-${step}`);
      cpSync(join(own, 'old'), killed, { recursive: true });
      t.equal(await restoreInSteps(backup, killed, own, step), null, 'killed');
      t.equal(existsSync(join(killed, 'restoring.json')), begun);
      t.equal(await heldIn(t, killed, lives), held.at(-1));
    }
    if (tried) {
      // Whoever restores again instead is where they wanted to be.
      const job = { ...told, backup, data: again, now: new Date(), newEpoch: randomUUIDv7, pid: process.pid };
      await restoreBackup(job);
      t.equal(await heldIn(t, again, lives), 'new');
    }
    for (const folder of [data, again]) rmSync(folder, { recursive: true, force: true });
  }
  t.same(held, [...held].sort().reverse(), 'old until it begins, new from then on');
  t.ok(held.includes('old') && held.includes('new'));
  t.comment(`${held.length} steps`);
});

t.test('a marker that no restore has left stops the start, and nothing is changed', async (t) => {
  const own = t.testdir();
  await life(t, join(own, 'old'), 'old');
  for (const marker of ['', '{}', '{"aside": "../elsewhere"}']) {
    writeFileSync(join(own, 'old', 'restoring.json'), marker);
    mkdirSync(join(own, 'old', 'restoring'), { recursive: true });
    await t.rejects(startApp(t, {}, { folder: join(own, 'old') }), { name: 'StartError', message: /take it away/ });
    t.ok(existsSync(join(own, 'old', 'restoring')));
  }
  t.notOk(existsSync(join(own, 'elsewhere')));
});
