/** What is refused leaves nothing behind, and an id means what it was chosen for. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { UserRow } from '../../src/db/rows.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import { by, openWorld, type World } from '../world.ts';
import { codeOf } from './reopened.ts';

interface Made {
  conversation: Conversation;
  made: boolean;
}

const nothing = { id: null, ip: null, userAgent: null, context: {} };

function create(world: World, user: UserRow, what: object) {
  return world.writer.submit<Made>({
    type: 'conversation.create',
    by: by(user),
    beginning: nothing,
    subject: null,
    ...what,
  } as Change);
}

t.test('a room that is refused for one guest makes none of the others', async (t) => {
  const world = openWorld(t);
  const host = world.user('host', 'admin');
  const guests = [
    { user: { externalId: 'new here' }, name: 'Nina' },
    { user: { uuid: randomUUIDv7() }, name: null },
  ];
  const room = { kind: 'room', externalId: null, maxLength: null };
  t.equal(await codeOf(create(world, host, { ...room, guests })), 'NOT_FOUND');
  const count = (table: string) => world.store.reader.$client.prepare(`select count(*) from ${table}`).pluck().get();
  t.same([count('users'), count('identities'), count('conversations')], [1, 0, 0]);
  const [one, two] = guests;
  t.equal(await codeOf(create(world, host, { ...room, guests: [one, one] })), null, 'named twice they come in once');
  t.same([count('users'), count('participants')], [2, 2]);
  t.ok(two);
});

t.test('an id that was used for another is in use, and is no retry', async (t) => {
  const world = openWorld(t);
  const [ann, ben, cyd, bob] = [world.user('ann'), world.user('ben'), world.user('cyd'), world.user('bob', 'agent')];
  const beginning = { ...nothing, id: randomUUIDv7() };
  const direct = (other: UserRow) => ({ kind: 'direct', user: { uuid: other.uuid }, beginning });
  await create(world, ann, direct(ben));
  t.equal((await create(world, ann, direct(ben))).made, false);
  t.equal(await codeOf(create(world, ann, direct(cyd))), 'IN_USE', 'what is meant for Cyd must not go to Ben');

  const support = (customer: UserRow) => ({
    kind: 'support',
    customer: { uuid: customer.uuid },
    queue: 'agent',
    assignee: null,
    beginning: { ...nothing, id: '0197d5c4-0000-7000-8000-000000000001' },
  });
  t.equal((await create(world, bob, support(ann))).made, true);
  t.equal((await create(world, bob, support(ann))).made, false);
  t.equal(await codeOf(create(world, bob, support(ben))), 'IN_USE');

  const host = world.user('host', 'admin');
  const room = (externalId: string | null) => ({
    kind: 'room',
    externalId,
    maxLength: null,
    guests: [],
    beginning: { ...nothing, id: '0197d5c4-0000-7000-8000-000000000002' },
  });
  t.equal((await create(world, host, room('call 1'))).made, true);
  t.equal((await create(world, host, room('call 1'))).made, false);
  t.equal(await codeOf(create(world, host, room('call 2'))), 'IN_USE');
});

t.test('to begin conversations is to send: a customer has no more than their rate', async (t) => {
  const world = openWorld(t, { limits: { sends: { rate: 1, burst: 3 }, visitorSends: { rate: 1, burst: 2 } } });
  const [ann, vic, bob] = [
    world.user('ann'),
    world.user('vic', 'user', { anonymous: true }),
    world.user('bob', 'agent'),
  ];
  const own = { kind: 'support', customer: null, queue: 'agent', assignee: null };
  const codes = async (user: UserRow, what: object, times: number) =>
    Promise.all(Array.from({ length: times }, () => codeOf(create(world, user, what))));
  t.same(await codes(ann, own, 4), [null, null, null, 'RATE_LIMITED']);
  t.same(await codes(vic, own, 3), [null, null, 'RATE_LIMITED']);
  const theirs = { ...own, customer: { uuid: ann.uuid } };
  t.same(await codes(bob, theirs, 5), [null, null, null, null, null], 'the team is not held up');
});

t.test('opened and given to somebody in one request, nobody waits', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const { message } = (await world.send(ann, { support: 'agent' }, 'Hello')) as Sent;
  const patch = (what: object) =>
    world.writer.submit<{ conversation: Conversation }>({
      type: 'conversation.patch',
      by: by(bob),
      conversation: message.conversationId,
      ifSeq: null,
      ...what,
    } as Change);
  await patch({ status: 'closed' });
  const given = await patch({ status: 'open', assignee: { uuid: bob.uuid } });
  t.match(given.conversation, { status: 'open', assignee: { id: bob.uuid }, waiting: null });
  await patch({ status: 'closed' });
  const released = await patch({ status: 'open', assignee: null });
  t.match(released.conversation, { status: 'open', assignee: null, waiting: Number });
});
