import t from 'tap';
import { ParleyError } from '../../../src/web/sdk/errors.ts';
import { createMarks, createPace } from '../../../src/web/sdk/pace.ts';
import fc from '../../property.ts';
import { manualClock, settled } from './manual-clock.ts';

function bench() {
  const time = manualClock();
  const sent: [string, number, number][] = [];
  let works = true;
  const pace = createPace(time.clock, async (id, seq) => {
    sent.push([id, seq, time.clock.now()]);
    return works;
  });
  return {
    time,
    sent,
    pace,
    line(there: boolean) {
      works = there;
    },
  };
}

t.test('a mark goes at once, the next a second later and only the highest', async (t) => {
  const { time, sent, pace } = bench();
  for (const seq of [3, 4, 9, 5]) pace.want('a', seq);
  pace.want('b', 1);
  await time.advance(999);
  t.same(
    sent.map(([id, seq]) => [id, seq]),
    [
      ['a', 3],
      ['b', 1],
    ],
  );
  await time.advance(1);
  t.same(sent.at(-1)?.slice(0, 2), ['a', 9]);
  pace.want('a', 9);
  pace.want('a', 2);
  await time.advance(5000);
  t.equal(sent.length, 3, 'never again, never back');
});

t.test('one that could not be told is told when there is a line', async (t) => {
  const { time, sent, pace, line } = bench();
  line(false);
  pace.want('a', 3);
  await time.advance(5000);
  line(true);
  pace.resume();
  await settled();
  t.same(
    sent.map(([, seq]) => seq),
    [3, 3],
  );
  pace.resume();
  await time.advance(5000);
  t.equal(sent.length, 2);
});

t.test('at most once a second, upwards, and the last wish is told, whatever is wished when', async (t) => {
  const wish = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat(1500));
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 1 }), async (wishes) => {
      const { time, sent, pace } = bench();
      for (const [seq, wait] of wishes) {
        pace.want('a', seq);
        await time.advance(wait);
      }
      await time.advance(1000);
      const most = Math.max(...wishes.map(([seq]) => seq));
      const good = sent.every(([, seq, at], i) => {
        const former = sent[i - 1];
        return !former || (seq > former[1] && at - former[2] >= 1000);
      });
      return good && sent.at(-1)?.[1] === most;
    }),
    { numRuns: 50 },
  );
  t.pass('50 runs');
});

t.test('stopped, it tells nothing more', async (t) => {
  const { time, sent, pace } = bench();
  pace.want('a', 1);
  pace.want('a', 2);
  pace.stop();
  await time.advance(5000);
  t.equal(sent.length, 1);
  t.equal(time.waiting(), 0);
});

t.test('a mark that the server has no time for is told again, one that it refuses is not', async (t) => {
  const time = manualClock();
  const codes: ParleyError['code'][] = ['OVERLOADED', 'TOKEN_EXPIRED', 'NOT_FOUND'];
  const asked: number[] = [];
  const marks = createMarks(time.clock, 'conversation.read', async ({ seq }) => {
    asked.push(seq);
    const code = codes.shift();
    if (code) throw new ParleyError(code);
  });
  marks.want('a', 3);
  await time.advance(1000);
  for (let times = 0; times < 3; times += 1) {
    marks.resume();
    await time.advance(1000);
  }
  t.same(asked, [3, 3, 3]);
});
