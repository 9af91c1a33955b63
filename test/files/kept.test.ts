/** Bytes that several upload at once: kept as long as any row speaks of them, however late it is told that one does. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { FileStore } from '../../src/files/store.ts';

t.test('an answer that is older than the last upload takes nothing away', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const files = new FileStore({ folder, onError: (error) => t.fail(String(error)) });
  const asked: ((kept: boolean) => void)[] = [];
  const isAsked = () =>
    new Promise<void>((resolve) => {
      told = resolve;
    });
  let told = () => {};
  await files.mend(
    async () => new Set(),
    () =>
      new Promise((resolve) => {
        asked.push(resolve);
        told();
      }),
  );
  const upload = () => files.receive(Readable.from([Buffer.from('the same')]), { maxBytes: 100, take: () => {} });
  const [one, other] = [await upload(), await upload()];
  const path = join(files.root, files.nameOf(one.hash));

  let due = isAsked();
  const failing = files.keep(one, () => Promise.reject(new Error('refused')));
  await due;
  due = isAsked();
  const kept = files.keep(other, async () => 'kept');
  await due;
  asked[1]?.(true);
  t.equal(await kept, 'kept');
  due = isAsked();
  asked[0]?.(false);
  await due;
  asked[2]?.(true);
  await t.rejects(failing, { message: 'refused' });
  t.ok(existsSync(path), 'they are there');

  due = isAsked();
  const last = files.keep(await upload(), () => Promise.reject(new Error('refused too')));
  await due;
  asked[3]?.(false);
  await t.rejects(last, { message: 'refused too' });
  t.notOk(existsSync(path), 'and gone when no row speaks of them');
});
