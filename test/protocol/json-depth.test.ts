import t from 'tap';
import { tooDeep } from '../../src/protocol/json-depth.ts';

const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

t.test('depth is counted by brackets of either kind', async (t) => {
  t.notOk(tooDeep('text', 0));
  t.notOk(tooDeep(null, 0));
  t.ok(tooDeep({}, 0));
  t.notOk(tooDeep({}, 1));
  t.ok(tooDeep({ a: [] }, 1));
  t.notOk(tooDeep({ a: [{ b: 1 }], c: 2 }, 3));
  t.notOk(tooDeep(nested(32), 32), '32 is still good');
  t.ok(tooDeep(nested(33), 32), '33 is not');
  t.ok(tooDeep({ flat: [1, 2, 3], deep: { a: nested(31) } }, 32), 'the deepest place counts, wherever it stands');
});

t.test('a value that would overflow the stack of a function that calls itself is judged', async (t) => {
  const monster = nested(60_000);
  const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + Math.max(0, ...value.map(depthOf)) : 0);
  t.throws(() => depthOf(monster), RangeError, 'it would');
  t.ok(tooDeep(monster, 32));
});
