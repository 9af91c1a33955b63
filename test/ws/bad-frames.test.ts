import t from 'tap';
import { BadFrames } from '../../src/ws/bad-frames.ts';

t.test('the twentieth within a minute is one too many, spread over more it is not', async (t) => {
  const bad = new BadFrames();
  const tooMany = Array.from({ length: 20 }, (_, index) => bad.add(index * 3_000));
  t.same(tooMany.indexOf(true), 19);
  const slow = new BadFrames();
  t.notOk(Array.from({ length: 200 }, (_, index) => slow.add(index * 3_200)).includes(true));
});
