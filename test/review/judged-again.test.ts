/** A batch in which a statement throws is judged again, one change at a time: nobody is to notice. */
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { by, openWorld } from '../world.ts';
import { codeOf } from './reopened.ts';

const toAgents = { support: 'agent' } as const;

const patched = (user: UserRow, conversation: string, what: object) =>
  ({ type: 'conversation.patch', by: by(user), conversation, ifSeq: null, ...what }) as Change;

t.test('a key that passes from one row to another in a batch, and a rate that is not paid twice', async (t) => {
  const world = openWorld(t, { limits: { sends: { rate: 1, burst: 5 } } });
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const closed = ((await world.send(ann, toAgents, 'one')) as Sent).message.conversationId;
  await world.writer.submit(patched(bob, closed, { status: 'closed' }));
  const open = ((await world.send(ann, toAgents, 'two')) as Sent).message.conversationId;
  world.published.length = 0;
  // Touched first, the row that takes the key is written before the one that gives it up.
  const codes = await Promise.all(
    [
      world.send(bob, { conversation: closed }, 'One more thing.'),
      world.writer.submit(patched(bob, open, { status: 'closed' })),
      world.send(ann, { conversation: closed }, 'three'),
      world.send(ann, toAgents, 'four'),
      world.send(ann, toAgents, 'five'),
      world.send(ann, toAgents, 'six'),
    ].map(codeOf),
  );
  t.same(codes, [null, null, null, null, null, 'RATE_LIMITED']);
  t.equal(world.published.length, 5, 'each is told once');
  const rows = world.store.reader.$client
    .prepare('select uuid, seq from conversations where open_key is not null')
    .all();
  t.same(rows, [{ uuid: closed, seq: 5 }]);
});
