/** A send that is repeated is one message, by whatever way it was sent and whatever stands in the same batch. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { by, openWorld, type World } from '../world.ts';
import { codeOf } from './reopened.ts';

const toAgents = { support: 'agent' } as const;

const patched = (user: UserRow, conversation: string, what: object) =>
  ({ type: 'conversation.patch', by: by(user), conversation, ifSeq: null, ...what }) as Change;

const texts = (world: World) =>
  world.store.reader.$client.prepare("select content from messages where kind = 'text' order by id").pluck().all();

const supports = (world: World) =>
  world.store.reader.$client.prepare("select count(*) from conversations where kind = 'support'").pluck().get();

t.test('what the team sends to a customer is found again, open or closed', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const [id, to] = [randomUUIDv7(), { customer: { uuid: ann.uuid } }];
  const first = (await world.send(bob, to, 'Hello Ann', { id })) as Sent;
  const again = (await world.send(bob, to, 'Hello Ann', { id })) as Sent;
  t.same([again.made, again.message.seq], [false, 1]);
  t.equal(await codeOf(world.send(bob, to, 'Something else', { id })), 'ID_REUSED');
  await world.writer.submit(patched(bob, first.message.conversationId, { status: 'closed' }));
  const late = (await world.send(bob, to, 'Hello Ann', { id })) as Sent;
  t.same([late.made, late.message.conversationId], [false, first.message.conversationId]);
  t.same([texts(world), supports(world)], [['Hello Ann'], 1]);
  t.equal(await codeOf(world.send(ann, to, 'Hello Ann', { id })), 'FORBIDDEN', 'who may not send so learns nothing');
  t.equal(await codeOf(world.send(ann, toAgents, 'Hello Ann', { id: randomUUIDv7() })), null);
});

t.test('a first message, its conversation closed and the message again, all in one batch', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const to = { customer: { uuid: ann.uuid } };
  const conversation = ((await world.send(ann, toAgents, 'first')) as Sent).message.conversationId;
  const [own, team] = [randomUUIDv7(), randomUUIDv7()];
  const answers = await Promise.all([
    world.send(ann, toAgents, 'mine', { id: own }),
    world.send(bob, to, 'ours', { id: team }),
    world.writer.submit(patched(bob, conversation, { status: 'closed' })),
    world.send(ann, toAgents, 'mine', { id: own }),
    world.send(bob, to, 'ours', { id: team }),
  ]);
  t.same(
    answers.map((answer) => (answer as Sent).made),
    [true, true, undefined, false, false],
  );
  t.same([texts(world), supports(world)], [['first', 'mine', 'ours'], 1]);
});

t.test('a retry right behind a deletion is answered with the tombstone', async (t) => {
  const world = openWorld(t);
  const ann = world.user('ann');
  const id = randomUUIDv7();
  const { message } = (await world.send(ann, toAgents, 'a secret', { id })) as Sent;
  const [, again] = await Promise.all([
    world.writer.submit({ type: 'message.delete', by: by(ann), conversation: message.conversationId, id }),
    world.send(ann, toAgents, 'a secret', { id }),
  ]);
  t.match(again, { made: false, message: { content: null, rev: message.rev + 1 } });
  t.ok((again as Sent).message.deletedAt);
});

t.test('somebody else’s message of that id, elsewhere, is not the retry', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const id = randomUUIDv7();
  const { message } = (await world.send(ann, toAgents, 'one')) as Sent;
  await world.send(bob, { conversation: message.conversationId }, 'by Bob', { id });
  t.equal(await codeOf(world.send(ann, toAgents, 'by Ann', { id })), 'ID_REUSED', 'in the same conversation it is');
  await world.writer.submit(patched(bob, message.conversationId, { status: 'closed' }));
  const other = (await world.send(ann, toAgents, 'by Ann', { id })) as Sent;
  t.equal(other.made, true, 'in another conversation it is another message');
  t.not(other.message.conversationId, message.conversationId);
});
