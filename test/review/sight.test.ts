import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import { openWorld } from '../world.ts';
import { codeOf, reopened } from './reopened.ts';

const sight = (externalId: string, more: object = {}) =>
  ({ type: 'user.sight', by: null, externalId, session: null, admins: [], ...more }) as Change;

t.test('whom the host makes one of the team keeps their address, unless another logs in with it', async (t) => {
  const world = openWorld(t);
  world.user('held', 'agent', { email: 'held@example.com' });
  await world.writer.submit(sight('zoe', { email: 'zoe@example.com' }));
  await world.writer.submit(sight('tim', { email: 'held@example.com' }));

  const again = await reopened(t, world);
  const agent = { role: 'agent' };
  t.same(
    await Promise.all(
      [sight('zoe', agent), sight('tim', agent), sight('tim', { ...agent, email: 'held@example.com' })].map((change) =>
        codeOf(again.writer.submit(change)),
      ),
    ),
    [null, null, null],
  );
  t.same(again.faults, []);
  const found = again.store.reader.$client
    .prepare('select i.subject, u.role, u.email from users u join identities i on i.user = u.id order by i.subject')
    .all();
  t.same(found, [
    { subject: 'tim', role: 'agent', email: null },
    { subject: 'zoe', role: 'agent', email: 'zoe@example.com' },
  ]);
});
