import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { runParley, spawnParley } from './parley.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A running `parley serve`: what it printed when it was there, and where it listens. */
type Server = { child: ChildProcess; base: string; banner: string[] };

/** Starts a server on a free port with its data in `data` (null: nothing is said), and waits for all that it tells. */
async function serving(
  t: Test,
  data: string | null,
  settings: Record<string, string> = {},
  cwd?: string,
): Promise<Server> {
  const own = { PARLEY_LOG_LEVEL: 'silent', ...(data === null ? {} : { PARLEY_DATA: data }) };
  const child = spawnParley(['serve', '--port', '0'], { ...own, ...settings }, cwd);
  t.teardown(() => child.kill('SIGKILL'));
  if (!child.stdout || !child.stderr) throw new Error('the process has no pipes');
  const complaint = text(child.stderr);
  const banner: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    banner.push(line);
    const base = /^Parley \S+ listens on (\S+)$/.exec(banner[0] ?? '')?.[1];
    if (base && line.includes('works once')) return { child, base, banner };
  }
  throw new Error(`parley serve ended: ${await complaint}`);
}

/** The link that a line of the banner ends with. */
function link(banner: readonly string[], name: string): string {
  return (
    banner
      .find((line) => line.trim().startsWith(name))
      ?.split(' ')
      .at(-1) ?? ''
  );
}

t.test('the first start says where things are, serves, and exits 0 on SIGTERM', async (t) => {
  const data = join(t.testdir(), 'data');
  const { child, base, banner } = await serving(t, data);
  t.match(base, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  t.match(link(banner, 'first admin'), new RegExp(`^${base}/.*#.+`), 'the secret stands in the fragment');
  for (const name of ['console', 'demo', 'API documentation', 'health']) {
    t.equal((await fetch(link(banner, name))).status, 200, name);
  }

  child.kill('SIGTERM');
  await once(child, 'exit');
  t.equal(child.exitCode, 0);
  t.ok(existsSync(data), 'the data is where the setting says');
});

t.test('in an empty folder with nothing set it makes its data there, and serves files from it', async (t) => {
  const folder = t.testdir();
  const { base } = await serving(t, null, {}, folder);
  t.ok(existsSync(join(folder, 'data', 'parley.db')));
  const visitor = await fetch(`${base}/v1/visitors`, { method: 'POST', body: '{}', headers: JSON_TYPE });
  const { token } = (await visitor.json()) as { token: string };
  const form = new FormData();
  form.append('file', new Blob(['some bytes'], { type: 'text/plain' }), 'note.txt');
  const headers = { authorization: `Bearer ${token}` };
  const made = await fetch(`${base}/v1/attachments`, { method: 'POST', body: form, headers });
  const { id } = (await made.json()) as { id: string };
  const file = await fetch(`${base}/v1/attachments/${id}`, { headers });
  t.equal(await file.text(), 'some bytes');
});

t.test('links lead to the public address, when there is one', async (t) => {
  const { banner } = await serving(t, t.testdir(), { PARLEY_PUBLIC_URL: 'https://chat.example.com' });
  t.match(link(banner, 'first admin'), /^https:\/\/chat\.example\.com\/.*#/);
  t.equal(link(banner, 'API documentation'), 'https://chat.example.com/docs');
});

t.test('an address in use exits 5, and leaves the data free for the next', async (t) => {
  const folder = t.testdir();
  const { base } = await serving(t, join(folder, 'data'));
  const other = join(folder, 'other');
  const { code, err } = await runParley(['serve'], {
    PARLEY_PORT: new URL(base).port,
    PARLEY_DATA: other,
    PARLEY_LOG_LEVEL: 'silent',
  });
  t.equal(code, 5);
  t.match(err, /^parley: Port \d+ of 127\.0\.0\.1 is in use: .+\n$/);
  const next = await serving(t, other);
  t.equal((await fetch(`${next.base}/healthz`)).status, 200);
});

t.test('a data folder that cannot be used exits 4 with one sentence', async (t) => {
  const folder = t.testdir({ file: 'this is no folder' });
  const { code, err } = await runParley(['serve', '--port', '0'], { PARLEY_DATA: join(folder, 'file') });
  t.equal(code, 4);
  t.match(err, /^parley: [^\n]+\n$/);
  t.match(err, join(folder, 'file'));
});

t.test('a second server on the same data exits 4', async (t) => {
  const data = t.testdir();
  await serving(t, data);
  const { code, err } = await runParley(['serve', '--port', '0'], { PARLEY_DATA: data });
  t.equal(code, 4);
  t.match(err, /^parley: [^\n]+\n$/);
});
