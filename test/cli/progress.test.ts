/** What long work says of itself. */
import { PassThrough } from 'node:stream';
import t from 'tap';
import { progressOn } from '../../src/cli/progress.ts';
import { bytesText, counted } from '../../src/cli/sizes.ts';

function output(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  return { out: stream as unknown as NodeJS.WriteStream, read: () => String(stream.read() ?? '') };
}

t.test('at a terminal one line changes, and is gone before the outcome', async (t) => {
  const { out, read } = output(true);
  const progress = progressOn(out, false);
  progress.at('reading', 0);
  t.equal(read(), '\r\x1b[Kreading 0%');
  progress.at('reading', 1);
  t.equal(read(), '\r\x1b[Kreading 100%', 'the end is not left out');
  progress.at('writing', 0.257);
  t.equal(read(), '\r\x1b[Kwriting 25%', 'nor what is begun');
  progress.end();
  t.equal(read(), '\r\x1b[K');
});

t.test('elsewhere there is a line for each thing that is begun', async (t) => {
  const { out, read } = output(false);
  const progress = progressOn(out, false);
  for (const share of [0, 0.5, 1]) progress.at('reading', share);
  progress.at('writing', 0);
  progress.end();
  t.equal(read(), 'reading\nwriting\n');
});

t.test('for a program nothing is said', async (t) => {
  const { out, read } = output(true);
  const progress = progressOn(out, true);
  progress.at('reading', 0);
  progress.end();
  t.equal(read(), '');
});

t.test('sizes and numbers as people say them', async (t) => {
  t.same([0, 1023, 1024, 1536, 100 * 1024, 5 * 1024 ** 3, 3000 * 1024 ** 4].map(bytesText), [
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '100 KiB',
    '5.0 GiB',
    '3000 TiB',
  ]);
  t.same(
    [counted(1, 'message'), counted(1234, 'message'), counted(0, 'reply', 'replies')],
    ['1 message', '1,234 messages', '0 replies'],
  );
});
