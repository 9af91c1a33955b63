import { randomUUIDv7 } from 'node:crypto';
import t, { type Test } from 'tap';
import { by, openWorld } from '../../world.ts';

async function setUp(t: Test) {
  const world = openWorld(t);
  const customer = world.user('customer');
  const agent = world.user('agent', 'agent');
  const bot = world.user('bot', 'bot');
  const conversation = randomUUIDv7();
  await world.writer.submit({
    type: 'conversation.create',
    by: by(agent),
    beginning: { id: conversation, ip: null, userAgent: null, context: {} },
    kind: 'support',
    subject: null,
    customer: { uuid: customer.uuid },
    queue: 'agent',
    assignee: { uuid: bot.uuid },
  });
  const turns = () => world.store.reader.$client.prepare('select state, up_to, reply from turns order by id').all();
  const patch = (more: object) =>
    world.writer.submit({ type: 'conversation.patch', by: by(agent), conversation, ifSeq: null, ...more });
  return { world, customer, agent, bot, conversation, turns, patch };
}

t.test('what the customer writes before the bot has begun is one turn', async (t) => {
  const { world, customer, conversation, turns } = await setUp(t);
  await Promise.all(['one', 'two', 'three'].map((text) => world.send(customer, { conversation }, text)));
  t.same(turns(), [{ state: 'waiting', up_to: 3, reply: null }]);
  t.equal(world.published.filter(({ type }) => type === 'turn').length, 1);
});

t.test('a bot that answers by itself, as users do, ends its turn; what others write begins none', async (t) => {
  const { world, customer, bot, conversation, turns } = await setUp(t);
  await world.send(customer, { conversation }, 'Hello?');
  await world.send(bot, { conversation }, 'Hi!');
  t.same(turns(), [{ state: 'answered', up_to: 1, reply: 2 }]);
});

t.test('a person, a release and a closing end it', async (t) => {
  for (const end of ['person', 'release', 'close'] as const) {
    const { world, customer, agent, conversation, turns, patch } = await setUp(t);
    await world.send(customer, { conversation }, 'Hello?');
    if (end === 'person') await world.send(agent, { conversation }, 'I am here');
    else await patch(end === 'release' ? { assignee: null } : { status: 'closed' });
    t.same(turns(), [{ state: 'handed_over', up_to: 1, reply: null }], end);
  }
});

t.test('given to a bot, a conversation brings what nobody has answered, and nothing that somebody has', async (t) => {
  const { world, customer, agent, bot, conversation, turns, patch } = await setUp(t);
  await patch({ assignee: null });
  await world.send(customer, { conversation }, 'Hello?');
  t.same(turns(), []);
  await patch({ assignee: { uuid: bot.uuid } });
  t.same(turns(), [{ state: 'waiting', up_to: 1, reply: null }]);
  await world.send(agent, { conversation }, 'I am here');
  await patch({ assignee: { uuid: bot.uuid } });
  t.same(turns(), [{ state: 'handed_over', up_to: 1, reply: null }]);
});
