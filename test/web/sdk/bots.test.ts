/** A bot's answer as the client holds it: while it is written, after a cut, stopped, waited for. */
import t from 'tap';
import { systemClock } from '../../../src/web/sdk/clock.ts';
import { openHouse, say } from '../../outbound/bots/house.ts';
import { client, until } from './live.ts';
import { startProxy } from './proxy.ts';

const clock = { ...systemClock, random: () => 0 };

t.test('a streamed answer grows in every tab, over a cut too, and is whole in the end', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const proxy = await startProxy(t, house.app.url);
  const phone = client(t, proxy.url, customer.token, { clock });
  const laptop = client(t, house.app.url, customer.token, { clock, transport: 'sse' });
  for (const one of [phone, laptop]) {
    await one.connect();
    await one.conversations.open(customer.id);
  }
  await phone.send(customer.id, 'Count!').done;
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (text: string) => response.write(`data: ${JSON.stringify({ delta: text })}\n\n`);
  const holds = (text: string) => () => {
    const last = phone.conversations.messages(customer.id).at(-1);
    const other = laptop.conversations.messages(customer.id).at(-1);
    return last?.content === text && other?.content === text;
  };
  const both = async (text: string) => {
    await until(
      phone,
      `the phone has ${text}`,
      () => phone.conversations.messages(customer.id).at(-1)?.content === text,
    );
    await until(laptop, `so has the laptop`, holds(text));
  };
  write('one');
  await both('one');
  t.equal(phone.conversations.messages(customer.id).at(-1)?.state, 'streaming');
  write(', two');
  await both('one, two');
  proxy.cut();
  write(', three 😀');
  await both('one, two, three 😀');
  const tablet = client(t, house.app.url, customer.token, { clock });
  await tablet.connect();
  await tablet.conversations.open(customer.id);
  t.equal(
    tablet.conversations.messages(customer.id).at(-1)?.content,
    'one, two, three 😀',
    'who comes late has it too',
  );
  write(' and four ');
  response.end();
  await both('one, two, three 😀 and four');
  await until(phone, 'it is whole', () => phone.conversations.messages(customer.id).at(-1)?.state === undefined);
  t.same(phone.conversations.messages(customer.id), laptop.conversations.messages(customer.id));
});

t.test('the client stops an answer, and waits for one', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const phone = client(t, house.app.url, customer.token, { clock });
  await phone.connect();
  await phone.conversations.open(customer.id);
  const asked = await phone.send(customer.id, 'Count!').done;
  const waiting = phone.reply(asked);
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: {"delta":"one"}\n\n');
  const last = () => phone.conversations.messages(customer.id).at(-1);
  await until(phone, 'it begins', () => last()?.state === 'streaming');
  await phone.stop(customer.id, last()?.id as string);
  await until(phone, 'it has stopped', () => last()?.state === 'stopped');
  t.match(await waiting, { message: { id: asked.id }, reply: { state: 'stopped', content: 'one' } });
  const next = phone.send(customer.id, 'And now?');
  const message = await next.done;
  say((await house.next()).response, { reply: 'Now I am done' });
  t.equal((await phone.reply(message)).reply?.content, 'Now I am done');
});
