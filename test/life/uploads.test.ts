/**
 * Uploads through what ends a server: killed in the middle, its power cut, its disk full. Nothing that was acknowledged is
 * missing, and nothing that was not is left.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { environment } from '../cli/parley.ts';
import { ofTheFile } from '../database.ts';
import { isThere } from '../db/processes.ts';
import { smallDisk } from '../db/small-disk.ts';
import { callers, startApp } from '../helper.ts';
import { download, formWith, post, upload } from '../http/form.ts';
import { settingsFor, startServer } from './server-process.ts';

// Two servers are started as processes of their own, one of them traced: a busy machine takes its time.
t.setTimeout(120_000);

function tempFolder(t: Test): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'parley-uploads-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Beside the files in a folder that servers share: whose they are (src/files/owner.ts). */
const OWNER = 'parley';

function bytesIn(folder: string): string[] {
  return readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => name !== OWNER);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

t.test('killed in an upload, it keeps what was acknowledged and nothing of the other', async (t) => {
  const folder = tempFolder(t);
  const first = await startServer(t, folder);
  const visitor = await callers(t, first.url).visitor();
  const whole = await upload(first, visitor, 'acknowledged');
  const socket = connect(Number(new URL(first.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    [
      'POST /v1/attachments HTTP/1.1',
      'Host: here',
      `Authorization: Bearer ${visitor.token}`,
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 1000000',
      '',
      '--x',
      'Content-Disposition: form-data; name="file"; filename="half.txt"',
      '',
      'half of it '.repeat(20_000),
    ].join('\r\n'),
  );
  await until(() => bytesIn(folder).length === 2);
  await first.end('SIGKILL');
  t.equal(bytesIn(folder).length, 2, 'half a file is there');
  const second = await startServer(t, folder);
  // Where servers share the folder, another could be writing it: it goes when it has not grown for an hour.
  if (!ofTheFile) t.equal(bytesIn(folder).length, 1, 'and gone before anybody is served');
  const got = await download(second, visitor.token, whole.id);
  t.equal(got.bytes.toString(), 'acknowledged');
  t.equal(await second.end('SIGTERM').then(() => second.child.exitCode), 0);
});

t.test('stopped in an upload, it tells so and ends in time', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  let more: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      more = controller;
      controller.enqueue(
        Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nfirst part'),
      );
    },
  });
  const answer = post(app, visitor.token, body as never, {
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  }).catch(() => null);
  await until(() => bytesIn(app.folder).length === 1);
  const started = performance.now();
  await app.stop();
  t.ok(performance.now() - started < 5_000);
  const told = await answer;
  if (told !== null) t.match(told, { status: 503, body: { code: 'OVERLOADED' } });
  t.same(bytesIn(app.folder), []);
  more?.error(new Error('over'));
});

t.test('a full disk refuses a file, leaves nothing of it, and takes it as soon as there is room', async (t) => {
  const disk = smallDisk(t, 8);
  if (typeof disk === 'string') {
    t.pass('needs a small disk', { skip: disk });
    return;
  }
  const app = await startApp(t, {}, { folder: disk.folder });
  const visitor = await app.visitor();
  const large = formWith(`${'large '.repeat(500_000)}`);
  disk.fill(1_000_000);
  t.match(await post(app, visitor.token, large), { status: 507, body: { code: 'STORAGE_FULL', retryMs: Number } });
  t.same(bytesIn(disk.folder), []);
  t.equal((await visitor.request('GET', 'me')).status, 200, 'readings go on');
  disk.empty();
  t.match(await post(app, visitor.token, formWith('small')), { status: 201 });
});

/** What a traced server did to one file, and when it told of it. */
async function stepsOf(log: string, hash: string, id: string): Promise<string[]> {
  const steps: string[] = [];
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    if (line.includes('unfinished')) continue;
    if (/ f(data)?sync\(.*files\/incoming\/[\w-]+>/.test(line)) steps.push('bytes flushed');
    else if (/ rename(at2?)?\(/.test(line) && line.includes(hash)) steps.push('renamed');
    else if (new RegExp(` f(data)?sync\\(.*/files/${hash.slice(0, 2)}>`).test(line)) steps.push('folder flushed');
    else if (/ f(data)?sync\(.*parley\.db-wal>/.test(line) && steps.length > 0) steps.push('committed');
    else if (/ (write|writev|sendto|sendmsg)\(\d+<TCP/.test(line) && line.includes(id)) steps.push('told');
  }
  return steps;
}

const noTrace = !isThere('strace') && 'no strace here to see what a server does to its files';

t.test(
  'the bytes are on the disk before a row speaks of them, and both before anybody is told',
  { skip: noTrace || ofTheFile },
  async (t) => {
    const [folder, aside] = [tempFolder(t), tempFolder(t)];
    const log = join(aside, 'log');
    const calls = 'trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg';
    const main = join(import.meta.dirname, '../../src/main.ts');
    const child = spawn(
      'strace',
      ['-f', '-qq', '-yy', '-s', '4000', '-e', calls, '-o', log, process.execPath, main, 'serve'],
      { stdio: ['ignore', 'pipe', 'inherit'], env: environment(settingsFor(folder)) },
    );
    const ended = once(child, 'exit');
    const signal = (name: NodeJS.Signals) =>
      process.kill(Number(readFileSync(join(folder, 'parley.pid'), 'utf8')), name);
    t.teardown(() => child.exitCode === null && signal('SIGKILL'));
    let url = '';
    for await (const line of createInterface(child.stdout)) {
      url = /listens on (\S+)$/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    const visitor = await callers(t, url).visitor();
    const { id } = await upload({ url }, visitor, 'careful');
    const [hash = ''] = bytesIn(folder);
    signal('SIGTERM');
    await ended;
    const steps = await stepsOf(log, hash, id);
    const order = ['bytes flushed', 'renamed', 'folder flushed', 'committed', 'told'];
    t.same(
      order.map((step) => steps.indexOf(step)).toSorted((a, b) => a - b),
      order.map((step) => steps.indexOf(step)),
      steps.join(', '),
    );
    t.notOk(
      order.some((step) => !steps.includes(step)),
      'each was seen',
    );
  },
);
