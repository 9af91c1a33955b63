/** Bytes that several upload at once: kept as long as any row speaks of them, however late it is told that one does. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { TurnsByName } from '../../src/db/turns-by-name.ts';
import { Folder } from '../../src/files/folder.ts';
import { nameOf } from '../../src/files/place.ts';
import { FileStore } from '../../src/files/store.ts';

function storeIn(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const turns = new TurnsByName();
  const options = {
    exclusively: <T>(name: string, work: () => Promise<T>) => turns.run(name, work),
    owner: 'ours',
    onError: (error: unknown) => t.fail(String(error)),
  };
  /** As another server of the same database has it. */
  const open = (shared = false) => {
    const place = new Folder(folder, { shared });
    place.make();
    return new FileStore({ place, ...options });
  };
  return { folder, open, turns, pathOf: (hash: string) => join(folder, nameOf(hash)) };
}

const upload = (files: FileStore, text = 'the same') =>
  files.receive(Readable.from([Buffer.from(text)]), { maxBytes: 100, take: () => {} });

t.test('what one gives back while another brings the same stays', async (t) => {
  const { open, turns, pathOf } = storeIn(t);
  const kept = new Set<string>();
  const [files, others] = [open(true), open(true)];
  for (const store of [files, others]) {
    await store.mend(
      async () => new Set(),
      async (hash) => kept.has(hash),
    );
  }
  const [one, other] = [await upload(files), await upload(others)];
  const { hash } = one;
  let fail = (_: Error) => {};
  let begun = () => {};
  const underWay = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const failing = files.keep(one, () => {
    begun();
    return new Promise<never>((_, reject) => {
      fail = reject;
    });
  });
  await underWay;
  const keeping = others.keep(other, async () => {
    kept.add(hash);
    return 'kept';
  });
  t.equal(turns.size, 1, 'it waits for how that ends');
  fail(new Error('refused'));
  await t.rejects(failing, { message: 'refused' });
  t.equal(await keeping, 'kept');
  await files.close();
  t.ok(existsSync(pathOf(hash)), 'they are there');

  const third = open(true);
  await third.mend(
    async () => new Set([hash]),
    async (one) => kept.has(one),
  );
  const last = third.keep(await upload(third), () => {
    kept.delete(hash);
    return Promise.reject(new Error('refused too'));
  });
  await t.rejects(last, { message: 'refused too' });
  await third.close();
  t.notOk(existsSync(pathOf(hash)), 'and gone when no row speaks of them');
});

t.test('what is coming to another server is left alone, what is old is not', async (t) => {
  const { folder, open } = storeIn(t);
  const others = open(true);
  const coming = await upload(others);
  const mended = (store: FileStore) =>
    store.mend(
      async () => new Set(),
      async () => false,
    );
  await mended(open(true));
  t.ok(existsSync(coming.path));
  await mended(open());
  t.notOk(existsSync(coming.path), 'where nobody else is, it is what a crash left');
  t.same(readdirSync(join(folder, 'incoming')), []);
});

t.test('a place that is shared is one database’s', async (t) => {
  const { folder, open, turns } = storeIn(t);
  const stranger = new Folder(folder, { shared: true });
  await open(true).begin();
  const files = new FileStore({
    place: stranger,
    exclusively: (name, work) => turns.run(name, work),
    owner: 'theirs',
    onError: () => {},
  });
  await t.rejects(files.begin(), { name: 'PlaceError', message: /holds the files of another Parley/ });
  await open(true).begin();
  await open().begin();
});
