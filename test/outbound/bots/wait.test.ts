import t from 'tap';
import { openHouse, say } from './house.ts';

t.test('the reply comes in the answer to the message', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const waiting = customer.say('Hello?', '?wait=reply');
  say((await house.next()).response, { reply: 'Hi!' });
  const answer = await waiting;
  t.equal(answer.status, 201);
  t.match(answer.body, { message: { content: 'Hello?' }, reply: { content: 'Hi!', ai: true } });
  t.notOk('handedOver' in answer.body);
});

t.test('the one call: a new visitor writes to support, whose first assignee is the bot', async (t) => {
  const house = await openHouse(t);
  await house.admin.request('PATCH', 'settings', { firstAssignee: { agent: house.bot.id } });
  const visitor = await house.app.visitor();
  const body = { to: 'support', message: { content: 'Hello?' } };
  const waiting = visitor.request('POST', 'messages?wait=reply', body);
  say((await house.next()).response, { reply: 'Hi!' });
  const answer = await waiting;
  t.match(answer, { status: 201, body: { message: { seq: 1 }, reply: { content: 'Hi!', seq: 2 } } });
  const path = `conversations/${answer.body.message.conversationId}`;
  t.match((await house.admin.request('GET', path)).body, { assignee: { id: house.bot.id }, waiting: null });
  const person = visitor.request('POST', 'messages?wait=reply', { ...body, message: { content: 'A person, please' } });
  await house.next();
  await visitor.request('POST', `${path}/handover`);
  t.match(await person, { status: 201, body: { reply: null, handedOver: true } });
});

t.test('the same id waits for the same reply and never asks twice', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const path = `conversations/${customer.id}/messages?wait=reply`;
  const body = { id: '01890a5d-ac96-774b-bcce-b302099a8057', content: 'Hello?' };
  const first = customer.request('POST', path, body);
  const asked = await house.next();
  const second = customer.request('POST', path, body);
  await customer.line.rest();
  say(asked.response, { reply: 'Hi!' });
  const answers = [await first, await second, await customer.request('POST', path, body)];
  t.same(
    answers.map(({ status }) => status),
    [201, 200, 200],
  );
  t.equal(new Set(answers.map((answer) => answer.body.reply.id)).size, 1);
  t.equal(house.receiver.asked, 1);
});

t.test('without a bot there is nobody to wait for, and the message is kept', async (t) => {
  const house = await openHouse(t);
  const visitor = await house.app.visitor();
  const body = { to: 'support', message: { content: 'Anybody?' } };
  const answer = await visitor.request('POST', 'messages?wait=reply', body);
  t.match(answer, { status: 409, body: { code: 'NO_BOT', details: { message: { content: 'Anybody?' } } } });
  const { id, conversationId } = answer.body.details.message;
  t.equal((await visitor.request('GET', `conversations/${conversationId}/messages/${id}`)).status, 200);
  t.equal((await visitor.request('POST', 'messages?wait=other', body)).status, 400);
});

t.test('a bot that fails: 502 where a person takes over, a reply where the fallback is a text', async (t) => {
  const house = await openHouse(t, {}, (_, response) => say(response, { no: 'text' }));
  const customer = await house.customer();
  const failed = await customer.say('Hello?', '?wait=reply');
  t.match(failed, { status: 502, body: { code: 'BOT_FAILED', details: { message: { content: 'Hello?' } } } });
  t.match((await house.admin.request('GET', `conversations/${customer.id}`)).body, { assignee: null });

  await house.admin.request('PATCH', `bots/${house.bot.id}`, { fallback: { text: 'Please write to us.' } });
  const other = await house.customer();
  const fallen = await other.say('Hello?', '?wait=reply');
  t.match(fallen, { status: 201, body: { reply: { content: 'Please write to us.', ai: true } } });
  t.match((await house.admin.request('GET', `conversations/${other.id}`)).body, { assignee: { id: house.bot.id } });
});

t.test('a person who takes over ends the waiting without a reply', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const waiting = customer.say('Hello?', '?wait=reply');
  await house.next();
  await house.admin.request('POST', `conversations/${customer.id}/messages`, { content: 'I am here' });
  t.match(await waiting, { status: 201, body: { reply: null, handedOver: true } });
});

t.test('a reply that hands over says so', async (t) => {
  const house = await openHouse(t, {}, (_, response) => say(response, { reply: 'One moment', handover: true }));
  const customer = await house.customer();
  const answer = await customer.say('A person!', '?wait=reply');
  t.match(answer.body, { reply: { content: 'One moment' }, handedOver: true });
});

t.test('a late answer is 504, and still comes as a message', async (t) => {
  const house = await openHouse(t, { timeoutMs: 100 });
  const customer = await house.customer();
  const waiting = customer.say('Hello?', '?wait=reply');
  const asked = await house.next();
  asked.response.writeHead(202).end();
  t.match(await waiting, { status: 504, body: { code: 'BOT_LATE', details: { message: { content: 'Hello?' } } } });
  await house.app.request('POST', new URL(asked.body.replyUrl).pathname, { reply: 'Here I am' });
  await customer.line.event((event) => event.type === 'message.created' && event.message.content === 'Here I am');
});
