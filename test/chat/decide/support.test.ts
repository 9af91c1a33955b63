import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Change } from '../../../src/chat/change.ts';
import type { Sent } from '../../../src/chat/messages.ts';
import type { ThreadPublication } from '../../../src/chat/publication.ts';
import type { UserRow } from '../../../src/db/rows.ts';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';
import { by, openWorld, type World } from '../../world.ts';

const toAgents = { support: 'agent' } as const;

async function begun(world: World, customer: UserRow): Promise<string> {
  const sent = (await world.send(customer, toAgents, 'Is anybody there?')) as Sent;
  return sent.message.conversationId;
}

function patch(world: World, user: UserRow, conversation: string, what: object) {
  const change = { type: 'conversation.patch', by: by(user), conversation, ifSeq: null, ...what } as Change;
  return world.writer.submit<{ conversation: Conversation }>(change);
}

async function refused(answer: PromiseLike<unknown>): Promise<string> {
  try {
    await answer;
    return 'nothing';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** The conversation as the team would see it after the last change. */
function now(world: World): Conversation {
  const told = world.published.findLast((one): one is ThreadPublication => one.type === 'thread');
  if (told?.conversation == null) throw new Error('nothing was told of a conversation');
  return told.conversation;
}

function notes(world: World): string[] {
  return world.published
    .flatMap((one) => (one.type === 'thread' ? one.events : []))
    .flatMap(({ event, side }) => (side && 'message' in event ? [event.message.system?.code ?? 'text'] : []));
}

t.test('a customer waits from their first message until a person of the team answers', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const conversation = await begun(world, ann);
  const since = now(world).waiting;
  t.type(since, 'number');
  await world.send(ann, { conversation }, 'Hello?');
  t.equal(now(world).waiting, since, 'a second message does not begin the waiting anew');
  await world.send(bob, { conversation }, 'Here I am.');
  t.equal(now(world).waiting, null);
  t.equal(now(world).assignee?.name, 'bob', 'who answers first is in charge');
  t.same(notes(world), ['assigned']);
});

t.test('a bot in charge lets nobody wait, and a person who answers takes over from it', async (t) => {
  const world = openWorld(t);
  const [ann, bob, bot] = [world.user('ann'), world.user('bob', 'agent'), world.user('robo', 'bot')];
  const conversation = await begun(world, ann);
  await patch(world, bob, conversation, { assignee: { uuid: bot.uuid } });
  t.equal(now(world).waiting, null);
  await world.send(ann, { conversation }, 'A question');
  t.equal(now(world).waiting, null);
  await world.send(bot, { conversation }, 'An answer');
  t.equal(now(world).teamReadSeq, 0, 'a bot reads nothing for the team');
  await world.send(bob, { conversation }, 'Let me help.');
  t.equal(now(world).assignee?.name, 'bob');
  t.equal(now(world).teamReadSeq, 4, 'an answer moves the mark of the team to itself');
  t.equal(await refused(world.send(bot, { conversation }, 'And another')), 'NOT_FOUND');
});

t.test('the customer reopens by writing; the team writes into a closed conversation and it stays closed', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const conversation = await begun(world, ann);
  await world.send(bob, { conversation }, 'Done.');
  await patch(world, bob, conversation, { status: 'closed' });
  await world.send(bob, { conversation }, 'One more thing.');
  t.equal(now(world).status, 'closed');
  await world.send(ann, { conversation }, 'It broke again.');
  t.equal(now(world).status, 'open');
  t.equal(now(world).assignee?.name, 'bob', 'an assignee who can still answer stays');
  t.same(notes(world), ['assigned', 'closed', 'reopened']);
});

t.test('after closing, `to` begins another conversation, and the old one finds its key taken', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const first = await begun(world, ann);
  t.equal(await begun(world, ann), first, 'while it is open, `to` finds it');
  await patch(world, bob, first, { status: 'closed' });
  const second = await begun(world, ann);
  t.not(second, first);
  await world.send(ann, { conversation: first }, 'back here');
  t.equal(await begun(world, ann), second, 'the key stays with the one that took it');
  await patch(world, bob, second, { status: 'closed' });
  await patch(world, bob, first, { status: 'closed' });
  await patch(world, bob, first, { status: 'open' });
  t.equal(await begun(world, ann), first, 'a free key is taken again on reopening');
});

t.test('nobody closes over a message that they have not seen', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const conversation = await begun(world, ann);
  await world.send(bob, { conversation }, 'Anything else?');
  await world.send(ann, { conversation }, 'Yes!');
  t.equal(await refused(patch(world, bob, conversation, { status: 'closed', ifSeq: 2 })), 'NEWER_MESSAGES');
  t.equal(await refused(world.send(bob, { conversation }, 'Bye', { ifSeq: 2 })), 'NEWER_MESSAGES');
  await world.send(bob, { conversation }, 'I see', { ifSeq: 3 });
  await patch(world, bob, conversation, { status: 'closed', ifSeq: 3 });
  t.equal(now(world).status, 'closed', 'one’s own newer message does not stand in the way');
});

t.test('one request is one rev, and its notes take one each in the side conversation', async (t) => {
  const world = openWorld(t);
  const [ann, bob] = [world.user('ann'), world.user('bob', 'agent')];
  const conversation = await begun(world, ann);
  const before = now(world);
  await patch(world, bob, conversation, { status: 'closed', subject: 'Lamps', assignee: { uuid: bob.uuid } });
  t.equal(now(world).rev, before.rev + 1);
  t.equal(now(world).team?.rev, (before.team?.rev ?? 0) + 2);
  t.same(notes(world), ['closed', 'assigned']);
  const published = world.published.length;
  await patch(world, bob, conversation, { subject: 'Lamps' });
  t.equal(world.published.length, published, 'a request that changes nothing is told to nobody');
});

t.test(
  'a peer sees what waits in the peer queue, writes only into what is theirs, and may close and release',
  async (t) => {
    const world = openWorld(t);
    const [ann, paul, zoe, bob] = [
      world.user('ann'),
      world.user('paul', 'peer'),
      world.user('zoe', 'peer'),
      world.user('bob', 'agent'),
    ];
    const sent = (await world.send(ann, { support: 'peer' }, 'Hello')) as Sent;
    const conversation = sent.message.conversationId;
    t.equal(await refused(world.send(paul, { conversation }, 'Hi')), 'FORBIDDEN');
    await patch(world, bob, conversation, { assignee: { uuid: paul.uuid } });
    t.equal(await refused(world.send(zoe, { conversation }, 'Hi')), 'NOT_FOUND', 'a colleague’s is not there for them');
    await world.send(paul, { conversation }, 'Hi');
    t.equal(await refused(patch(world, paul, conversation, { subject: 'mine' })), 'FORBIDDEN');
    t.equal(await refused(patch(world, paul, conversation, { assignee: { uuid: zoe.uuid } })), 'FORBIDDEN');
    await patch(world, paul, conversation, { assignee: null });
    t.type(now(world).waiting, 'number', 'released, the customer waits in the queue again');
    t.equal(await refused(patch(world, ann, conversation, { status: 'closed' })), 'FORBIDDEN');
  },
);

t.test('what is closed waits in no queue: a peer finds it again only when it is open again', async (t) => {
  const world = openWorld(t);
  const [ann, paul, bob] = [world.user('ann'), world.user('paul', 'peer'), world.user('bob', 'agent')];
  const sent = (await world.send(ann, { support: 'peer' }, 'Hello')) as Sent;
  const conversation = sent.message.conversationId;
  await world.send(bob, { conversation }, 'One moment');
  await patch(world, bob, conversation, { assignee: null });
  t.equal(await refused(world.send(paul, { conversation }, 'Hi')), 'FORBIDDEN', 'it waits, they may know it');
  await patch(world, bob, conversation, { status: 'closed' });
  t.equal(await refused(world.send(paul, { conversation }, 'Hi')), 'NOT_FOUND');
  await patch(world, bob, conversation, { status: 'open' });
  t.equal(await refused(world.send(paul, { conversation }, 'Hi')), 'FORBIDDEN');
});

t.test('a note is the team’s alone, and keeps where in the customer’s thread it was written', async (t) => {
  const world = openWorld(t);
  const [ann, bob, bot] = [world.user('ann'), world.user('bob', 'agent'), world.user('robo', 'bot')];
  const conversation = await begun(world, ann);
  const side = now(world).team?.id ?? '';
  const before = now(world);
  const note = (await world.send(bob, { conversation: side }, 'Looks angry')) as Sent;
  t.equal(note.message.afterSeq, 1);
  t.equal(now(world).rev, before.rev, 'the customer’s thread does not move');
  t.equal(now(world).assignee, null, 'a note answers nobody');
  t.equal(await refused(world.send(ann, { conversation: side }, 'what?')), 'NOT_FOUND');
  await patch(world, bob, conversation, { assignee: { uuid: bot.uuid } });
  t.equal(await refused(world.send(bot, { conversation: side }, 'beep')), 'NOT_FOUND');
  t.equal(
    await refused(world.writer.submit({ type: 'mark.read', by: by(bob), conversation: side, seq: 1 })),
    'VALIDATION',
  );
});

t.test('what a customer is answered never carries what only the team may know', async (t) => {
  const world = openWorld(t);
  const ann = world.user('ann');
  const sent = (await world.send(ann, toAgents, 'Hello', {
    beginning: { id: randomUUIDv7(), ip: '203.0.113.9', userAgent: 'Lynx', context: {} },
  })) as Sent;
  t.ok(sent.conversation);
  t.notOk(sent.conversation?.team);
  t.notMatch(JSON.stringify(sent), '203.0.113.9');
  t.equal(now(world).team?.ip, '203.0.113.9');
});
