import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../../helper.ts';
import { openHouse, say } from './house.ts';

const contents = (messages: Body[]) => messages.map((message) => message.content);
const isCreated = (content: string) => (event: Body) =>
  event.type === 'message.created' && event.message.content === content;

t.test('a customer writes, the bot is asked once and answers', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const first = await customer.say('Hello?');
  t.equal(first.status, 201);
  const asked = await house.next();
  t.match(asked.body, {
    conversation: { id: customer.id, kind: 'support', assignee: { id: house.bot.id } },
    message: { content: 'Hello?', seq: 1 },
    history: [],
    customer: { id: customer.user.id, role: 'user' },
    replyUrl: /^http:\/\/127\.0\.0\.1:\d+\/v1\/bots\/replies\//,
  });
  t.notOk('team' in asked.body.conversation, 'what only the team may know is not told');
  t.match(await customer.line.event('typing'), { on: true, user: { id: house.bot.id } }, 'it is seen to think');
  say(asked.response, { reply: 'Hi!', quickReplies: ['Prices', 'A person'] });
  const event = await customer.line.event(isCreated('Hi!'));
  t.match(event.message, {
    author: { id: house.bot.id, role: 'bot', name: 'Lea' },
    ai: true,
    quickReplies: ['Prices', 'A person'],
  });
  t.notOk('state' in event.message);
  t.same(await customer.texts(), ['Hello?', 'Hi!']);
});

t.test('what comes in while it answers waits, and is answered together', async (t) => {
  const house = await openHouse(t, { history: 2 });
  const customer = await house.customer();
  await customer.say('one');
  const first = await house.next();
  await customer.say('two');
  await customer.say('three');
  say(first.response, { reply: 'to one' });
  const second = await house.next();
  t.equal(second.body.message.content, 'three');
  t.same(contents(second.body.history), ['to one', 'two']);
  say(second.response, { reply: 'to two and three' });
  await customer.line.event(isCreated('to two and three'));
  t.same(await customer.texts(), ['one', 'two', 'three', 'to one', 'to two and three']);
  t.equal(house.receiver.asked, 2);
});

t.test('of what nobody has answered a bot is told the newest fifty', async (t) => {
  const house = await openHouse(t, { history: 1 });
  const customer = await house.customer();
  await customer.say('first');
  const first = await house.next();
  const many = Array.from({ length: 60 }, (_, index) => `message ${index + 1}`);
  for (const content of many) await customer.say(content);
  say(first.response, { reply: 'to the first' });
  const { body, response } = await house.next();
  t.equal(body.message.content, 'message 60');
  t.same(contents(body.history), many.slice(10, 59));
  say(response, { reply: 'to all' });
  await customer.line.event(isCreated('to all'));
});

t.test('n8n is asked in its own words, and its answers are understood', async (t) => {
  const house = await openHouse(t, { format: 'n8n' });
  const customer = await house.customer();
  const shapes: [unknown, string][] = [
    [[{ output: 'a list' }], 'a list'],
    [{ text: 'text' }, 'text'],
    [{ message: 'message' }, 'message'],
    ['bare', 'bare'],
    [{ output: 'known', unknown: { deep: [1] } }, 'known'],
  ];
  for (const [answer, text] of shapes) {
    await customer.say(`say ${text}`);
    const asked = await house.next();
    t.same(asked.body, { action: 'sendMessage', sessionId: customer.id, chatInput: `say ${text}` });
    say(asked.response, answer);
    t.ok(await customer.line.event(isCreated(text)));
  }
});

t.test('a person who writes takes over, and the bot is silent until it is given back', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Hello?');
  const asked = await house.next();
  const cut = new Promise((resolve) => asked.response.on('close', resolve));
  const path = `conversations/${customer.id}`;
  await house.admin.request('POST', `${path}/messages`, { content: 'I am here' });
  await cut;
  t.match((await house.admin.request('GET', path)).body.assignee, { id: house.admin.user.id });
  await customer.say('Good');
  t.same(await customer.texts(), ['Hello?', 'I am here', 'Good']);
  t.equal(house.receiver.asked, 1);
  await house.admin.request('PATCH', path, { assigneeId: house.bot.id });
  const again = await house.next();
  t.equal(again.body.message.content, 'Good', 'what nobody has answered is the first that it is asked');
  say(again.response, { reply: 'Back again' });
  await customer.line.event(isCreated('Back again'));
  t.equal(house.receiver.asked, 2);
});

t.test('bots ask no bots: neither its own message nor another one’s is a turn', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Hello?');
  say((await house.next()).response, { reply: 'Hi!' });
  await customer.line.event(isCreated('Hi!'));
  const direct = await house.admin.request('POST', 'conversations', { kind: 'direct', userId: house.bot.id });
  await house.admin.request('POST', `conversations/${direct.body.id}/messages`, { content: 'You there?' });
  await customer.line.rest();
  t.equal(house.receiver.asked, 1);
});

t.test('what a bot may do besides: hand over with a note, close, quick replies, fields', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const path = `conversations/${customer.id}`;
  await customer.say('I want my money back');
  const asked = await house.next();
  say(asked.response, {
    reply: 'A person will look at it.',
    handover: { note: 'Wants a refund' },
    fields: { plan: 'gold' },
    tags: ['refund', 'lamp'],
  });
  const event = await customer.line.event(isCreated('A person will look at it.'));
  t.equal(event.conversation.assignee, null);
  const me = await customer.line.event('me.updated');
  t.same(me.user.fields, { plan: 'gold' });
  const { body } = await house.admin.request('GET', path);
  t.ok(body.waiting, 'it waits for a person');
  const side = await house.admin.request('GET', `conversations/${body.team.id}/messages`);
  t.same(body.team.tags, ['lamp', 'refund']);
  t.match(side.body.items.slice(-3), [
    { kind: 'text', content: 'Wants a refund', author: { id: house.bot.id } },
    { system: { code: 'assigned', by: { id: house.bot.id }, to: null } },
    { system: { code: 'tags', by: { id: house.bot.id }, added: ['refund', 'lamp'] } },
  ]);
  await customer.say('And?');
  await house.admin.request('PATCH', path, { assigneeId: house.bot.id });
  say((await house.next()).response, { reply: 'Done.', close: true });
  await customer.line.event(isCreated('Done.'));
  t.match((await house.admin.request('GET', path)).body, { status: 'closed' });
});

t.test('a bot does not close over what came in while it wrote: that is answered first', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Thanks, bye');
  const first = await house.next();
  await customer.say('No, wait!');
  say(first.response, { reply: 'Bye!', close: true });
  await customer.line.event(isCreated('Bye!'));
  const open = { status: 'open', assignee: { id: house.bot.id } };
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, open);
  const second = await house.next();
  t.equal(second.body.message.content, 'No, wait!');
  say(second.response, { reply: 'What is it?', close: true });
  await customer.line.event(isCreated('What is it?'));
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, { status: 'closed' });
});

t.test('a bot that hands over and closes has handed over', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('A person, please');
  say((await house.next()).response, { reply: 'One moment.', handover: true, close: true });
  await customer.line.event(isCreated('One moment.'));
  const waits = { status: 'open', assignee: null, waiting: Number };
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, waits);
});

t.test('a bot that is switched off lets nobody wait for it: the next message goes to the queue', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await house.admin.request('PATCH', `bots/${house.bot.id}`, { enabled: false });
  await customer.say('Hello?');
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, { assignee: null, waiting: Number });
  t.equal(house.receiver.asked, 0);
});

t.test('a request is signed with the secret of the bot', async (t) => {
  const { Webhook } = await import('standardwebhooks');
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const house = await openHouse(t, { secret });
  const customer = await house.customer();
  await customer.say('Hello?');
  const { body, headers } = await house.next();
  const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  t.doesNotThrow(() => new Webhook(secret).verify(JSON.stringify(body), signed));
});

t.test('202, and later an answer at the replyUrl: once, signed, and by nobody else', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Hello?');
  const asked = await house.next();
  asked.response.writeHead(202).end();
  const { pathname } = new URL(asked.body.replyUrl);
  const post = (path: string, body: unknown) => house.app.request('POST', path, body);
  const forged = `${pathname.slice(0, -4)}AAAA`;
  t.equal((await post(forged, { reply: 'forged' })).status, 404);
  t.equal((await post(`/v1/bots/replies/${randomUUIDv7()}.9999999999999.AAAA`, { reply: 'forged' })).status, 404);
  t.match(await post(pathname, { tags: 5 }), { status: 400, body: { details: { path: 'tags' } } });
  t.equal((await post(pathname, { reply: 'Later, but here' })).status, 204);
  t.equal((await post(pathname, { reply: 'Once more' })).status, 404);
  await customer.line.event(isCreated('Later, but here'));
  t.same(await customer.texts(), ['Hello?', 'Later, but here']);
});
