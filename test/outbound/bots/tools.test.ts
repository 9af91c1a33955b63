/** A model that is offered the actions as tools, as OpenAI-compatible APIs have them. */
import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import type { Body } from '../../helper.ts';
import { openHouse, say } from './house.ts';

const MODEL = { engine: 'openai', model: 'small', actions: true };

const open = (t: Test, more: object = {}) => openHouse(t, { ...MODEL, ...more });
const isCreated = (content: string) => (event: Body) =>
  event.type === 'message.created' && event.message.content === content;

/** As a model streams it: each a `delta`. */
function stream(response: ServerResponse, ...deltas: object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const delta of deltas) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

/** A call in one part. */
const call = (name: string, given: object, index = 0) => ({
  tool_calls: [{ index, id: `id-${index}`, type: 'function', function: { name, arguments: JSON.stringify(given) } }],
});

t.test('the tools are the actions, and take effect with what it said', async (t) => {
  const house = await open(t);
  const customer = await house.customer();
  await customer.say('I want my money back, I am on the gold plan');
  const { body, response } = await house.next();
  t.equal(body.tool_choice, 'auto');
  t.same(
    body.tools.map((tool: Body) => tool.function.name),
    ['hand_over', 'close_conversation', 'add_tags', 'offer_quick_replies', 'set_customer_fields'],
  );
  stream(
    response,
    { role: 'assistant', content: 'A person will ' },
    { content: 'look at it.' },
    // A call comes in parts, and beside others.
    { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'hand_over', arguments: '{"note":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: ' "Wants a refund"}' } }] },
    call('add_tags', { tags: ['refund'] }, 1),
    call('set_customer_fields', { fields: { plan: 'gold' } }, 2),
  );
  t.same((await customer.line.event('me.updated')).user.fields, { plan: 'gold' });
  const { body: after } = await house.admin.request('GET', `conversations/${customer.id}`);
  t.match(after, { assignee: null, team: { tags: ['refund'] } });
  t.same((await customer.texts()).slice(1), ['A person will look at it.']);
  const side = await house.admin.request('GET', `conversations/${after.team.id}/messages`);
  t.ok(side.body.items.some(({ content }: Body) => content === 'Wants a refund'));
});

t.test('it takes tools and says nothing: it is asked for its words, once', async (t) => {
  const house = await open(t);
  const customer = await house.customer();
  const waiting = customer.say('What do you sell?', '?wait=reply');
  stream((await house.next()).response, call('offer_quick_replies', { quickReplies: ['Lamps', 'Shades'] }));
  const { body, response } = await house.next();
  t.equal(body.tool_choice, 'none');
  t.match(body.messages.slice(-3), [
    { role: 'user', content: 'What do you sell?' },
    { role: 'assistant', tool_calls: [{ id: 'id-0', function: { name: 'offer_quick_replies' } }] },
    { role: 'tool', tool_call_id: 'id-0' },
  ]);
  stream(response, { content: 'Lamps and shades.' });
  t.match((await waiting).body.reply, { content: 'Lamps and shades.', quickReplies: ['Lamps', 'Shades'] });
  t.equal(house.receiver.asked, 2);
});

t.test('it hands over, or closes, without a word: nobody asks for one', async (t) => {
  const house = await open(t);
  const [one, other] = [await house.customer(), await house.customer()];
  const waiting = one.say('A person, please', '?wait=reply');
  stream((await house.next()).response, call('hand_over', {}));
  t.match((await waiting).body, { handedOver: true, reply: null });
  await other.say('Thank you, that is all');
  // Of a tool that takes nothing, some say nothing.
  stream((await house.next()).response, { tool_calls: [{ index: 0, function: { name: 'close_conversation' } }] });
  await other.line.event((event: Body) => event.conversation?.status === 'closed');
  t.equal(house.receiver.asked, 2);
});

t.test('a whole answer, as who does not stream sends it', async (t) => {
  const house = await open(t);
  const customer = await house.customer();
  await customer.say('Bye');
  const { tool_calls } = call('close_conversation', {});
  say((await house.next()).response, { choices: [{ index: 0, message: { content: 'Good bye.', tool_calls } }] });
  await customer.line.event((event: Body) => event.conversation?.status === 'closed');
  t.same(await customer.texts(), ['Bye', 'Good bye.']);
});

t.test('calls that make no sense are left out, and the words stand', async (t) => {
  const house = await open(t);
  const nonsense = [
    call('format_disk', {}),
    call('add_tags', { tags: 'one' }),
    call('offer_quick_replies', { quickReplies: ['x'.repeat(500)] }),
    { tool_calls: [{ index: 0, id: 'x', function: { name: 'hand_over', arguments: '{"note": "cut' } }] },
    { tool_calls: [{ index: 1_000_000, function: { name: 'hand_over', arguments: '{}' } }] },
    { tool_calls: [{ index: 'constructor', function: { name: 'constructor', arguments: '{}' } }, null, 7] },
    { tool_calls: 'hand_over' },
    { tool_calls: [{ index: 0, id: 'x', function: { name: 'hand_over', arguments: '7' } }] },
  ];
  for (const delta of nonsense) {
    const customer = await house.customer();
    await customer.say('Hello?');
    stream((await house.next()).response, { content: 'Hello.' }, delta);
    const { message } = await customer.line.event((event: Body) => event.type === 'message.updated');
    t.match(message, { content: 'Hello.', quickReplies: undefined }, JSON.stringify(delta));
    const { body } = await house.admin.request('GET', `conversations/${customer.id}`);
    t.match(body, { assignee: { id: house.bot.id }, status: 'open', team: { tags: [] } });
  }
});

t.test('without the setting no tools are offered, and none are taken', async (t) => {
  const house = await open(t, { actions: false });
  const customer = await house.customer();
  await customer.say('Hello?');
  const { body, response } = await house.next();
  t.notOk('tools' in body || 'tool_choice' in body);
  stream(response, { content: 'Hello.' }, call('close_conversation', {}));
  await customer.line.event(isCreated('Hello.'));
  await customer.line.event('message.updated');
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, { status: 'open' });
});
