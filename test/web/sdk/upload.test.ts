/** Files from a page to the page of another, against the live server. */
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startApp, type TestApp } from '../../helper.ts';
import { client, until } from './live.ts';
import { manualClock, settled } from './manual-clock.ts';
import { startProxy } from './proxy.ts';

function bytesIn({ folder }: TestApp): string[] {
  return readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

t.test('a file goes out with its message and is seen at its address', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'bob')];
  const [theirs, ours] = [client(t, app.url, visitor.token), client(t, app.url, agent.token, { inbox: true })];
  await Promise.all([theirs.connect(), ours.connect()]);
  const files = [new File(['hello'], 'a.txt'), new Blob(['plain'])];
  const sent = await theirs.send({ to: 'support' }, { content: 'see', files }).done;
  t.match(sent, {
    kind: 'file',
    content: 'see',
    attachments: [
      { name: 'a.txt', size: 5 },
      { name: 'file', size: 5 },
    ],
  });
  const [attachment] = sent.attachments;
  if (attachment === undefined) throw new Error('there is no attachment');
  const bytes = await fetch(ours.attachmentUrl(attachment));
  t.same([bytes.status, await bytes.text()], [200, 'hello']);
  const link = { ...attachment, url: 'https://example.com/a.png' };
  t.equal(ours.attachmentUrl(link), link.url, 'a link is its own address');
});

t.test('the address is made anew before its ticket ends', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const time = manualClock(Date.now());
  const made = client(t, app.url, visitor.token, { clock: time.clock });
  await made.connect();
  const attachment = await made.upload(new File(['hello'], 'a.txt'));
  const before = made.attachmentUrl(attachment);
  await time.advance(45 * 60_000 + 1000);
  while (made.attachmentUrl(attachment) === before) await settled();
  const after = made.attachmentUrl(attachment);
  t.equal((await fetch(after)).status, 200);
});

t.test('an upload that is taken back leaves nothing', async (t) => {
  // Node's own fetch throws beside its promise when a large form is ended.
  browserRequest(t);
  const app = await startApp(t);
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const abort = new AbortController();
  const large = new Blob([new Uint8Array(8_000_000).fill(32)]);
  const upload = made.upload(large, undefined, abort.signal);
  abort.abort();
  await t.rejects(upload, { code: 'DISCARDED' });
  await t.rejects(made.upload(large, undefined, AbortSignal.abort()), { code: 'DISCARDED' });

  const { id, done } = made.send({ to: 'support' }, { content: '', files: [large] });
  done.catch(() => {});
  await until(made, 'it is on its way', () => made.outbox.list()[0]?.state === 'sending');
  made.outbox.discard(id);
  await t.rejects(done, { code: 'DISCARDED' });
  t.same(made.outbox.list(), []);
  while (bytesIn(app).length > 0) await settled();
  t.pass('neither of them is on the disk');
});

t.test('what the server refuses stays in the outbox with its reason', async (t) => {
  const app = await startApp(t, { maxFile: 10 });
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const { done } = made.send({ to: 'support' }, { content: 'see', files: [new File(['x'.repeat(11)], 'a.txt')] });
  await t.rejects(done, { code: 'TOO_LARGE', details: { maxFile: 10 } });
  t.match(made.outbox.list(), [{ state: 'failed', error: { code: 'TOO_LARGE' } }]);
});

t.test('a file that is too large is not sent at all', async (t) => {
  const app = await startApp(t, { maxFile: 10 });
  const visitor = await app.visitor();
  const proxy = await startProxy(t, app.url);
  const made = client(t, proxy.url, visitor.token);
  await made.connect();
  // As before a server that ends what it will not read to its end.
  proxy.block('/v1/attachments');
  const [before] = [proxy.made()];
  await t.rejects(made.upload(new File(['x'.repeat(11)], 'a.txt')), { code: 'TOO_LARGE', details: { maxFile: 10 } });
  t.equal(proxy.made(), before);
});

/** As much of the browser's own as uploads use: it tells how much has left. */
function browserRequest(t: Test): void {
  class XMLHttpRequest {
    status = 0;
    responseText = '';
    upload = { onprogress: null as ((event: { loaded: number; total: number }) => void) | null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    private aborted = false;
    private method = 'GET';
    private url = '';
    private readonly headers: Record<string, string> = {};
    private request: ReturnType<typeof httpRequest> | null = null;

    open(method: string, url: string): void {
      this.method = method;
      this.url = url;
    }
    setRequestHeader(name: string, value: string): void {
      this.headers[name] = value;
    }
    abort(): void {
      this.aborted = true;
      this.request?.destroy();
    }
    async send(body: FormData): Promise<void> {
      const form = new Response(body);
      const bytes = Buffer.from(await form.arrayBuffer());
      if (this.aborted) return;
      const headers = {
        ...this.headers,
        'content-type': form.headers.get('content-type') ?? '',
        'content-length': bytes.length,
      };
      this.request = httpRequest(this.url, { method: this.method, headers }, async (response) => {
        this.status = response.statusCode ?? 0;
        for await (const piece of response) this.responseText += piece;
        this.onload?.();
      });
      this.request.on('error', () => this.onerror?.());
      const half = Math.floor(bytes.length / 2);
      this.request.write(bytes.subarray(0, half));
      this.upload.onprogress?.({ loaded: half, total: bytes.length });
      this.request.end(bytes.subarray(half));
      this.upload.onprogress?.({ loaded: bytes.length, total: bytes.length });
    }
  }
  Object.assign(globalThis, { XMLHttpRequest });
  t.teardown(() => Object.assign(globalThis, { XMLHttpRequest: undefined }));
}

t.test('a browser tells how far it is, and what was answered', async (t) => {
  browserRequest(t);
  const app = await startApp(t, { maxFile: 1000 });
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const told: number[] = [];
  const attachment = await made.upload(new File(['x'.repeat(900)], 'a.txt'), (part) => told.push(part));
  t.equal(attachment.size, 900);
  t.ok(told.length === 2 && Math.abs((told[0] ?? 0) - 0.5) < 0.01 && told[1] === 1, told.join(' '));
  await t.rejects(made.upload(new File(['x'.repeat(1001)], 'a.txt')), { code: 'TOO_LARGE' });
});
