/** However long a history is, a drawing makes few of its messages: none holds a slow phone up for long. */
import t from 'tap';
import type { Message } from '../../../src/protocol/message.ts';
import { createPieces, PIECE } from '../../../src/web/widget/pieces.ts';

const history = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index }) as Message);

t.test('sixty messages are drawn the newest first, a few more with each drawing, until all are there', async (t) => {
  const pieces = createPieces();
  const all = history(1, 60);
  let before = 0;
  do {
    const drawn = pieces.of(all);
    t.ok(drawn.length - before <= PIECE, `${drawn.length - before} in one drawing`);
    t.equal(drawn.at(-1)?.seq, 60);
    before = drawn.length;
  } while (pieces.more);
  t.equal(before, 60);
});

t.test('an older page that comes is drawn so too, and a new conversation begins anew', async (t) => {
  const pieces = createPieces();
  do pieces.of(history(51, 100));
  while (pieces.more);
  t.equal(pieces.of(history(1, 100)).length, 50 + PIECE);
  pieces.clear();
  t.equal(pieces.of(history(1, 100)).length, PIECE);
});
