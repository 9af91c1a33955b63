import t from 'tap';
import type { Body } from '../../helper.ts';
import { BAD_PROGRAMS } from './bad-programs.ts';
import { openHouse, say } from './house.ts';

const FALLBACK = { fallback: { text: 'Please write to us.' } };
const isFallback = (event: Body) =>
  event.type === 'message.created' && event.message.content === FALLBACK.fallback.text;

for (const [name, listener] of Object.entries(BAD_PROGRAMS)) {
  t.test(`a bot that ${name}: the customer hears the fallback, and nothing of it`, async (t) => {
    const house = await openHouse(t, { ...FALLBACK, timeoutMs: 700 }, listener);
    const customer = await house.customer();
    await customer.say('Hello?');
    t.match((await customer.line.event(isFallback)).message, { ai: true });
    t.same(await customer.texts(), ['Hello?', FALLBACK.fallback.text]);
  });
}

t.test('NUL and other control characters are taken out of what is a text otherwise', async (t) => {
  const house = await openHouse(t, {}, (_, response) => say(response, { reply: 'a\u0000b\r\nc\u0007 \ud800' }));
  const customer = await house.customer();
  const answer = await customer.say('Hello?', '?wait=reply');
  t.equal(answer.body.reply.content, 'ab\nc \ufffd');
});

t.test('markup is text', async (t) => {
  const reply = '<img src=x onerror=alert(1)> **bold**';
  const house = await openHouse(t, {}, (_, response) => say(response, { reply }));
  const customer = await house.customer();
  t.equal((await customer.say('Hello?', '?wait=reply')).body.reply.content, reply);
});
