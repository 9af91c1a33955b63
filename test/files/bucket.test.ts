/** A bucket as a place of files: what goes in comes out, in parts too, and what it refuses is told. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { configFor } from '../../src/config.ts';
import { Bucket } from '../../src/files/bucket/bucket.ts';
import { BucketClient } from '../../src/files/bucket/client.ts';
import { keysIn } from '../../src/files/bucket/listing.ts';
import { openPlace } from '../../src/files/open-place.ts';
import { nameOf, type Place } from '../../src/files/place.ts';
import { startBucket } from './s3-store.ts';

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function placeOf(t: Test, settings: object): Promise<Place> {
  const place = await openPlace(configFor({ data: folderFor(t), ...settings }));
  t.teardown(() => place.close());
  place.make();
  return place;
}

function fileOf(place: Place, bytes: Uint8Array) {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const path = join(place.incoming, hash);
  writeFileSync(path, bytes);
  return { path, hash, size: bytes.length };
}

async function listed(place: Place): Promise<string[]> {
  const all: string[] = [];
  for (const digit of '0123456789abcdef') for await (const hash of place.list(digit)) all.push(hash);
  return all;
}

t.test('files go in and come out, whole and in parts', async (t) => {
  const bucket = await startBucket(t);
  const place = await placeOf(t, bucket.settings);
  const bytes = randomBytes(3_000_000);
  const file = fileOf(place, bytes);
  await place.bring(file);
  t.same(bucket.keys(), [`chat/files/${nameOf(file.hash)}`]);
  await place.settle(file);
  const read = async (range?: { start: number; end: number }) => {
    const stream = await place.read(file.hash, range);
    return stream === null ? null : buffer(stream);
  };
  t.ok((await read())?.equals(bytes));
  t.ok((await read({ start: 1_000_000, end: 1_999_999 }))?.equals(bytes.subarray(1_000_000, 2_000_000)));
  const copy = join(folderFor(t), 'copy');
  t.ok(await place.fetch(file.hash, copy));
  t.same(await listed(place), [file.hash]);

  rmSync(bucket.pathOf(`chat/files/${nameOf(file.hash)}`));
  t.notOk(await place.has(file.hash));
  await place.settle(file);
  t.ok(await place.has(file.hash), 'what went while it came is brought again');
  await place.remove(file.hash);
  await place.remove(file.hash);
  t.same(
    [await read(), await place.has(file.hash), await place.fetch(file.hash, join(folderFor(t), 'x'))],
    [null, false, false],
  );

  const empty = fileOf(place, new Uint8Array());
  await place.bring(empty);
  t.equal((await buffer((await place.read(empty.hash)) as never)).length, 0);
  t.equal(await place.readNote('parley'), null);
  await place.writeNote('parley', 'ours');
  t.equal(await place.readNote('parley'), 'ours');
  t.same(await listed(place), [empty.hash], 'a note is no file');
});

t.test('what the store refuses is told, without the key', async (t) => {
  const bucket = await startBucket(t);
  const refused = async (more: object, message: RegExp) => {
    const place = await placeOf(t, { ...bucket.settings, ...more });
    const error = await place.readNote('parley').then(
      () => null,
      (error: Error) => error,
    );
    t.match(error, { name: 'PlaceError', isRefusal: true, message });
    t.equal(place.trouble, error?.message);
    t.notMatch(String(error), 'of no use');
  };
  await refused({ s3SecretKey: 'of no use' }, /answers 403 SignatureDoesNotMatch to GET/);
  await refused({ s3KeyId: 'nobody' }, /answers 403 InvalidAccessKeyId to GET/);
  await refused({ files: 's3://elsewhere/x' }, /answers 404 NoSuchBucket to GET/);
});

/** A store that does what a test wants of it. */
async function strangeStore(
  t: Test,
  answer: Parameters<typeof createServer>[1],
): Promise<{ url: string; server: Server }> {
  const server = createServer(answer as never);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const OPTIONS = { bucket: 'b', prefix: '', region: 'us-east-1', keyId: 'k', secretKey: 's', pathStyle: true };

t.test('a store that is busy is asked again, one that is silent is not waited for', async (t) => {
  let asked = 0;
  const { url } = await strangeStore(t, (_request, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    else response.end('note');
  });
  const busy = new Bucket({ ...OPTIONS, endpoint: url }, folderFor(t));
  t.teardown(() => busy.close());
  t.equal(await busy.readNote('x'), 'note');
  t.equal(asked, 3);

  let silent = 0;
  const never = await strangeStore(t, () => {
    silent += 1;
  });
  const late = new Bucket({ ...OPTIONS, endpoint: never.url, silenceMs: 50 }, folderFor(t));
  t.teardown(() => late.close());
  await t.rejects(late.has('a'.repeat(64)), {
    name: 'PlaceError',
    isRefusal: false,
    message: /cannot be reached \(ETIMEDOUT\)/,
  });
  t.equal(silent, 1, 'and not asked twice');
  t.match(late.trouble, /cannot be reached/);
});

t.test('a list that is longer than a page is told to its end', async (t) => {
  const hashes = ['a', 'b', 'c'].map((end) => `${'a'.repeat(63)}${end}`);
  // The store of the other tests cannot go on behind its first page: its tokens need a cipher that the runtime has no more.
  const { url } = await strangeStore(t, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://here');
    const token = searchParams.get('continuation-token');
    const at = token === null ? 0 : Number(token.slice(2));
    const contents = `<Contents><Key>p/${nameOf(hashes[at] ?? '')}</Key></Contents><Contents><Key>p/other</Key></Contents>`;
    const more = at < 2 ? `<NextContinuationToken>/+${at + 1}</NextContinuationToken>` : '';
    const told = searchParams.get('prefix') === 'p/a' && searchParams.get('list-type') === '2';
    if (!told) response.writeHead(400);
    response.end(`<ListBucketResult><IsTruncated>${at < 2}</IsTruncated>${more}${contents}</ListBucketResult>`);
  });
  const place = new Bucket({ ...OPTIONS, prefix: 'p', endpoint: url }, folderFor(t));
  t.teardown(() => place.close());
  const found: string[] = [];
  for await (const hash of place.list('a')) found.push(hash);
  t.same(found, hashes);
});

t.test('what breaks off on its way is not taken for whole', async (t) => {
  const { url } = await strangeStore(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  const place = new Bucket({ ...OPTIONS, endpoint: url }, folderFor(t));
  t.teardown(() => place.close());
  const bytes = await place.read('a'.repeat(64));
  await t.rejects(buffer(bytes as never));
  const copy = join(folderFor(t), 'copy');
  await t.rejects(place.fetch('a'.repeat(64), copy), { name: 'PlaceError' });
});

t.test('a bucket is addressed in the path or in the host’s name', async (t) => {
  const address = (more: object) =>
    new BucketClient({ ...OPTIONS, bucket: 'files', prefix: 'a/b', endpoint: 'https://s3.example:9000', ...more });
  t.equal(address({}).urlOf({ key: 'x/y' }).href, 'https://s3.example:9000/files/a/b/x/y');
  t.equal(address({ pathStyle: false }).urlOf({ key: 'x/y' }).href, 'https://files.s3.example:9000/a/b/x/y');
  t.equal(address({ prefix: '' }).urlOf({ query: { prefix: 'a' } }).href, 'https://s3.example:9000/files?prefix=a');
});

t.test('a page of a list', async (t) => {
  const page = (inside: string) => `<?xml version="1.0"?><ListBucketResult xmlns="x">${inside}</ListBucketResult>`;
  const keys = '<Contents><Key>a&amp;b</Key></Contents><Contents><Key>&#xe4;&#228;</Key></Contents>';
  t.same(keysIn(page(`${keys}<IsTruncated>false</IsTruncated>`)), { keys: ['a&b', 'ää'], next: null });
  const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t&lt;</NextContinuationToken>';
  t.same(keysIn(page(more)), { keys: [], next: 't<' });
  t.throws(() => keysIn('<html>'), { message: /no list/ });
});
