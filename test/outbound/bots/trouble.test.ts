import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Body } from '../../helper.ts';
import { startReceiver } from '../receiver.ts';
import { openHouse, say } from './house.ts';

const FALLBACK = { fallback: { text: 'Please write to us.' } };
const isFallback = (event: Body) =>
  event.type === 'message.created' && event.message.content === FALLBACK.fallback.text;

t.test('a server in trouble is asked again, one that says no is not', async (t) => {
  let times = 0;
  const house = await openHouse(t, {}, (_, response) => {
    times += 1;
    if (times < 3) say(response, {}, 503);
    else say(response, { reply: 'At last' });
  });
  const customer = await house.customer();
  t.equal((await customer.say('Hello?', '?wait=reply')).body.reply.content, 'At last');
  t.equal(house.receiver.asked, 3);
});

t.test('a connection that breaks before there is an answer is asked again', async (t) => {
  let times = 0;
  const house = await openHouse(t, {}, (request, response) => {
    times += 1;
    if (times < 3) request.socket.destroy();
    else say(response, { reply: 'Here again' });
  });
  const customer = await house.customer();
  t.equal((await customer.say('Hello?', '?wait=reply')).body.reply.content, 'Here again');
  t.equal(house.receiver.asked, 3);
});

t.test(
  'where nobody listens, the customer hears the fallback, and the bot is asked again with the next message',
  async (t) => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((closed) => gone.close(closed));
    const house = await openHouse(t, { ...FALLBACK, url: `http://127.0.0.1:${port}/hook` });
    const customer = await house.customer();
    t.equal((await customer.say('Hello?', '?wait=reply')).body.reply.content, FALLBACK.fallback.text);
    await house.admin.request('PATCH', `bots/${house.bot.id}`, { url: `${house.receiver.url}/hook` });
    await customer.say('And now?');
    const { body, response } = await house.next();
    t.equal(body.message.content, 'And now?');
    say(response, { reply: 'Here I am' });
    await customer.line.event((event) => event.type === 'message.created' && event.message.content === 'Here I am');
  },
);

t.test('an address inside the house is not asked', async (t) => {
  const house = await openHouse(t, FALLBACK, undefined, { outboundAllow: [] });
  const customer = await house.customer();
  await customer.say('Hello?');
  await customer.line.event(isFallback);
  t.equal(house.receiver.asked, 0);
});

t.test('who fails again and again is left alone for a while, and another bot is not', async (t) => {
  const house = await openHouse(t, FALLBACK, (_, response) => say(response, {}, 404));
  const customer = await house.customer();
  for (let turn = 0; turn < 7; turn += 1) {
    await customer.say(`Hello ${turn}?`);
    await customer.line.event(isFallback);
  }
  t.equal(house.receiver.asked, 5);
  const well = await startReceiver(t, (_, response) => say(response, { reply: 'I am well' }));
  const other = await house.admin.request('POST', 'bots', { name: 'Max', engine: 'webhook', url: well.url });
  await house.admin.request('PATCH', `conversations/${customer.id}`, { assigneeId: other.body.id });
  t.equal((await customer.say('You?', '?wait=reply')).body.reply.content, 'I am well');
});

t.test('one bot that hangs holds back no other conversation', async (t) => {
  const house = await openHouse(t);
  const stuck = await house.customer();
  await stuck.say('Hello?');
  await house.next();
  const other = await house.customer();
  await other.say('And me?');
  say((await house.next()).response, { reply: 'You too' });
  await other.line.event((event) => event.type === 'message.created' && event.message.content === 'You too');
});
