/** A server whose files are in a bucket of an S3 store: what people have of them is the same, and it lives without it. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import t, { type Test } from 'tap';
import { nameOf } from '../../src/files/place.ts';
import { startBucket, type TestBucket } from '../files/s3-store.ts';
import { type Actor, startApp, type TestApp } from '../helper.ts';
import { download, formWith, PNG, post, upload } from './form.ts';

const sumOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const keyOf = (bytes: Uint8Array | string) => `chat/files/${nameOf(sumOf(bytes))}`;
const NOTE = 'chat/files/parley';

/** The files in the bucket, without the note that says whose they are. */
const filesIn = (bucket: TestBucket) => bucket.keys().filter((key) => key !== NOTE);

/** Asks until it is so: what goes in the bucket beside the answer. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** Nothing of any file is kept on the server's own disk. */
function nothingHere(t: Test, { folder }: TestApp): void {
  const here = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true });
  t.same(
    here.filter((entry) => entry.isFile()),
    [],
  );
}

const sendWith = async (who: Actor, ids: string[]) =>
  (await who.request('POST', 'messages', { to: 'support', message: { attachments: ids } })).body;

t.test('uploaded, fetched in ranges, exported and removed', async (t) => {
  const bucket = await startBucket(t);
  const app = await startApp(t, bucket.settings);
  const [visitor, stranger, admin] = [await app.visitor(), await app.visitor(), await app.admin()];
  const bytes = Buffer.concat([PNG, randomBytes(700_000)]);
  const { body: file } = await post(app, visitor.token, formWith(bytes, 'a.png'));
  t.match(file, { type: 'image/png', size: bytes.length, width: 1, height: 1 });
  t.same(filesIn(bucket), [keyOf(bytes)]);
  nothingHere(t, app);

  const whole = await download(app, visitor.token, file.id);
  t.ok(whole.bytes.equals(bytes));
  t.equal(whole.headers.get('content-type'), 'image/png');
  t.equal((await download(app, stranger.token, file.id)).status, 404, 'who may have it is said by the server');
  const part = await download(app, visitor.token, file.id, { range: 'bytes=100000-199999' });
  t.same([part.status, part.headers.get('content-range')], [206, `bytes 100000-199999/${bytes.length}`]);
  t.ok(part.bytes.equals(bytes.subarray(100_000, 200_000)));
  t.ok((await download(app, visitor.token, file.id, { range: 'bytes=-9' })).bytes.equals(bytes.subarray(-9)));
  t.equal((await download(app, visitor.token, file.id, { range: 'bytes=900000-' })).status, 416);
  const etag = whole.headers.get('etag') ?? '';
  t.equal((await download(app, visitor.token, file.id, { 'if-none-match': etag })).status, 304);
  t.equal((await download(app, visitor.token, file.id, { 'if-match': '"other"' })).status, 412);
  const stale = await download(app, visitor.token, file.id, { range: 'bytes=0-1', 'if-range': '"other"' });
  t.same([stale.status, stale.bytes.length], [200, bytes.length]);

  const picture = await post(app, visitor.token, formWith(PNG, 'me.png'), { path: 'me/avatar', method: 'PUT' });
  t.equal(picture.status, 403, 'nobody knows them');
  const mine = await post(app, admin.token, formWith(PNG, 'me.png'), { path: 'me/avatar', method: 'PUT' });
  const shown = await fetch(app.url + mine.body.avatar);
  t.ok(Buffer.from(await shown.arrayBuffer()).equals(PNG));
  t.same(filesIn(bucket), [keyOf(bytes), keyOf(PNG)].sort());
  await admin.request('DELETE', 'me/avatar');
  await until(() => !bucket.keys().includes(keyOf(PNG)));

  const sent = await sendWith(visitor, [file.id]);
  const taken = await fetch(`${app.url}/v1/users/${visitor.user.id}/export`, {
    headers: { authorization: `Bearer ${admin.token}` },
  });
  const archive = unzipSync(new Uint8Array(await taken.arrayBuffer()));
  t.ok(Buffer.from(archive[`files/${file.id}/a.png`] ?? []).equals(bytes));
  t.match(strFromU8(archive['user.json'] ?? new Uint8Array()), visitor.user.id);

  await visitor.request('DELETE', `conversations/${sent.conversationId}/messages/${sent.id}`);
  await until(() => filesIn(bucket).length === 0);
  t.equal((await download(app, visitor.token, file.id)).status, 404);
});

t.test('what is refused, and what breaks off, leaves nothing', async (t) => {
  const bucket = await startBucket(t);
  const app = await startApp(t, { ...bucket.settings, fileTypes: ['image/*'], filesTotal: 100, pendingUploads: 1 });
  const visitor = await app.visitor();
  t.equal((await post(app, visitor.token, formWith('text'))).status, 415);
  t.equal((await post(app, visitor.token, formWith(Buffer.concat([PNG, PNG]), 'a.png'))).status, 507);
  t.equal((await post(app, visitor.token, formWith(PNG, 'a.png'))).status, 201);
  t.equal((await post(app, visitor.token, formWith(PNG, 'a.png'))).status, 429);
  t.same(filesIn(bucket), [keyOf(PNG)]);
  nothingHere(t, app);
});

t.test('the store is away: files are refused for a while, and all else goes on', async (t) => {
  const bucket = await startBucket(t);
  const app = await startApp(t, bucket.settings);
  const [visitor, admin] = [await app.visitor(), await app.admin()];
  const [sent, other] = [await upload(app, visitor, 'sent'), await upload(app, visitor, 'other')];
  const message = await sendWith(visitor, [sent.id]);
  await sendWith(visitor, [other.id]);
  await bucket.stop();

  const got = await download(app, visitor.token, other.id);
  t.same([got.status, got.headers.get('retry-after')], [503, '5']);
  t.match(JSON.parse(got.bytes.toString()), { code: 'OVERLOADED', message: 'Files cannot be had at the moment.' });
  t.equal(got.headers.get('content-disposition'), null, 'it is no file');
  t.match(await post(app, visitor.token, formWith('new')), {
    status: 503,
    body: { code: 'OVERLOADED', retryMs: 5_000 },
  });
  nothingHere(t, app);
  t.match(await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } }), { status: 201 });
  const ready = await app.request('GET', '/readyz');
  t.match(ready, { status: 200, body: { status: 'ok', reason: /cannot be reached \(ECONNREFUSED\)/ } });
  t.match((await admin.request('GET', 'server')).body, { trouble: null, filesTrouble: /s3:\/\/parley-files/ });
  const gone = await visitor.request('DELETE', `conversations/${message.conversationId}/messages/${message.id}`);
  t.equal(gone.status, 200, 'what is taken away goes when it can');
  t.equal((await download(app, visitor.token, sent.id)).status, 404);

  await bucket.start();
  await until(async () => (await download(app, visitor.token, other.id)).status === 200);
  await until(() => !bucket.keys().includes(keyOf('sent')));
  t.same(filesIn(bucket), [keyOf('other')]);
  t.equal((await upload(app, visitor, 'new')).size, 3);
  t.same((await app.request('GET', '/readyz')).body, { status: 'ok' });
});

t.test('a start without its store, with one that refuses it, and with what a crash left behind', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const bucket = await startBucket(t);
  const first = await startApp(t, bucket.settings, { folder });
  const visitor = await first.visitor();
  const [kept, lost] = [await upload(first, visitor, 'kept'), await upload(first, visitor, 'lost')];
  await first.stop();
  const wrong = startApp(t, { ...bucket.settings, s3SecretKey: 'of no use' }, { folder });
  await t.rejects(wrong, {
    name: 'StartError',
    message: /s3:\/\/parley-files\/chat\/files at .+ answers 403 SignatureDoesNotMatch/,
  });
  const strangers = startApp(t, bucket.settings);
  await t.rejects(strangers, { name: 'StartError', message: /holds the files of another Parley/ });

  const stray = bucket.pathOf(keyOf('stray'));
  mkdirSync(dirname(stray), { recursive: true });
  writeFileSync(stray, 'stray');
  rmSync(bucket.pathOf(keyOf('lost')));
  mkdirSync(join(folder, 'files', 'incoming'), { recursive: true });
  await bucket.stop();
  const second = await startApp(t, bucket.settings, { folder });
  t.match((await second.request('GET', '/readyz')).body, { status: 'ok', reason: /cannot be reached/ });
  t.ok(existsSync(stray));
  await second.stop();
  await bucket.start();
  const third = await startApp(t, bucket.settings, { folder });
  await until(() => !existsSync(stray));
  const status = async ({ id }: { id: string }) => (await download(third, visitor.token, id)).status;
  t.same([await status(kept), await status(lost)], [200, 404]);
  await upload(third, visitor, 'lost');
  t.equal(await status(lost), 200, 'the same bytes again bring it back');
});

t.test('files in a folder that is named', async (t) => {
  const [files, folder] = [t.testdir(), t.testdir({ data: {} })];
  const named = join(files, 'share');
  const wrong = startApp(t, { files: named });
  await t.rejects(wrong, { name: 'StartError', message: /share is no folder: files cannot be kept there/ });
  mkdirSync(named, { recursive: true });
  const app = await startApp(t, { files: named }, { folder: join(folder, 'data') });
  const visitor = await app.visitor();
  const file = await upload(app, visitor, 'hello');
  t.equal((await download(app, visitor.token, file.id)).bytes.toString(), 'hello');
  t.ok(existsSync(join(named, nameOf(sumOf('hello')))));
  t.notOk(existsSync(join(folder, 'data', 'files')));
});
