import t from 'tap';
import { isId } from '../../../src/protocol/id.ts';
import { createUuids } from '../../../src/web/sdk/uuid.ts';

t.test('ids are UUIDs of version 7 with the time in front', async (t) => {
  const id = createUuids(() => 0x0123456789ab)();
  t.ok(isId(id));
  t.match(id, /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

t.test('they rise, within a millisecond and when the clock steps back', async (t) => {
  let now = 1_700_000_000_000;
  const newId = createUuids(() => now);
  const ids: string[] = [];
  for (let i = 0; i < 10_000; i++) {
    if (i === 5000) now -= 60_000;
    if (i === 9000) now += 120_000;
    ids.push(newId());
  }
  t.same([...ids].sort(), ids, 'in the order in which they were made');
  t.equal(new Set(ids).size, ids.length);
});
