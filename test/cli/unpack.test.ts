/** Files that the binary carries, unpacked in folders that somebody else may have prepared. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentName, type Files, unpack as unpackTo } from '../../src/cli/unpack.ts';

const files = new Map([
  ['addon.node', Buffer.from('machine code')],
  ['page/index.html', Buffer.from('<p>')],
]);
const me = process.getuid?.();
const unpack = (given: Files, places: readonly string[], owner: number | undefined) =>
  unpackTo(contentName(given), given, places, owner);

t.test('the files are there, for their user alone, and again the same', async (t) => {
  const place = join(t.testdir(), 'cache');
  const folder = unpack(files, [place], me);
  for (const [name, bytes] of files) t.same(readFileSync(join(folder, name)), bytes);
  const before = lstatSync(join(folder, 'addon.node'));
  t.equal(before.mode & 0o777, 0o600);
  t.equal(lstatSync(folder).mode & 0o777, 0o700);
  t.equal(unpack(files, [place], me), folder);
  t.equal(lstatSync(join(folder, 'addon.node')).ino, before.ino, 'what is right stays');
  t.not(
    unpack(new Map([...files, ['more', Buffer.from('1')]]), [place], me),
    folder,
    'another content, another folder',
  );
});

t.test(
  'what was put in their place is replaced: other bytes, more bytes, a link, a file that others may write',
  async (t) => {
    const own = t.testdir();
    const place = join(own, 'cache');
    const folder = unpack(files, [place], me);
    const addon = join(folder, 'addon.node');
    const right = () => {
      t.same(readFileSync(join(unpack(files, [place], me), 'addon.node')), files.get('addon.node'));
      t.ok(lstatSync(addon).isFile());
      t.equal(lstatSync(addon).mode & 0o777, 0o600);
    };
    writeFileSync(addon, 'machine_code');
    right();
    writeFileSync(addon, 'machine code and more');
    right();
    const elsewhere = join(own, 'elsewhere');
    writeFileSync(elsewhere, 'machine code');
    rmSync(addon);
    symlinkSync(elsewhere, addon);
    right();
    chmodSync(addon, 0o666);
    right();
  },
);

t.test('a folder that is a link, a file, or somebody else’s is not used: the next one is', async (t) => {
  const folder = t.testdir();
  const good = join(folder, 'good');
  mkdirSync(join(folder, 'theirs'));
  symlinkSync(join(folder, 'theirs'), join(folder, 'link'));
  writeFileSync(join(folder, 'file'), '');
  for (const bad of ['link', 'file']) {
    t.ok(unpack(files, [join(folder, bad), good], me).startsWith(good), bad);
    t.throws(() => unpack(files, [join(folder, bad)], me), /no folder|ENOTDIR|EEXIST/);
  }
  t.same(existsSync(join(folder, 'theirs', 'addon.node')), false);
  if (me === undefined) return;
  // To another user, this user's folders are somebody else's.
  t.throws(() => unpack(files, [good], me + 1), /belongs to somebody else/);
});

t.test('a folder that others may enter is closed to them', async (t) => {
  const place = join(t.testdir(), 'cache');
  mkdirSync(place, { mode: 0o777 });
  chmodSync(place, 0o777);
  unpack(files, [place], me);
  t.equal(lstatSync(place).mode & 0o777, 0o700);
});
