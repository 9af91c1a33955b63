import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import { by, openWorld } from '../world.ts';

t.test('what is kept of a customer is theirs, and not of who began the conversation for them', async (t) => {
  const world = openWorld(t);
  const [ann, ben, cyd, bob] = [world.user('ann'), world.user('ben'), world.user('cyd'), world.user('bob', 'agent')];
  const beginning = { id: null, ip: '203.0.113.7', userAgent: 'a browser', context: { page: 'https://example.com/' } };
  const own = (await world.send(ann, { support: 'agent' }, 'Hello', { beginning })) as Sent;
  const sent = (await world.send(bob, { customer: { uuid: ben.uuid } }, 'Hello', { beginning })) as Sent;
  const made = await world.writer.submit<{ conversation: Conversation }>({
    type: 'conversation.create',
    by: by(bob),
    beginning,
    kind: 'support',
    subject: null,
    customer: { uuid: cyd.uuid },
    queue: 'agent',
    assignee: null,
  } as Change);
  const kept = world.store.reader.$client.prepare(
    `select side.ip, side.user_agent as userAgent, side.context from conversations main
     join conversations side on side.parent = main.id where main.uuid = ?`,
  );
  const of = (id: string) => kept.get(id) as { ip: string | null; userAgent: string | null; context: string };
  t.match(of(own.message.conversationId), { ip: '203.0.113.7', userAgent: 'a browser', context: /example/ });
  const nobodys = { ip: null, userAgent: null, context: '{}' };
  t.same(of(sent.message.conversationId), nobodys);
  t.same(of(made.conversation.id), nobodys);
});
