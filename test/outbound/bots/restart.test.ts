import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { refusingUpdates, rowsBeside } from '../../database.ts';
import { type Body, startApp } from '../../helper.ts';
import { openHouse, say } from './house.ts';

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bots-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const again = (t: Test, folder: string, now: () => number = Date.now) =>
  startApp(t, { outboundAllow: ['127.0.0.1'] }, { folder, now });

t.test('a turn that a stop left unanswered is asked again at the next start', async (t) => {
  const folder = folderOf(t);
  const house = await openHouse(t, {}, undefined, { folder });
  const customer = await house.customer();
  await customer.say('Hello?');
  await house.next();
  await customer.say('Anybody?');
  await house.app.stop();
  const app = await again(t, folder);
  const ear = await app.actor(customer.token, customer.user).connect();
  const first = await house.next();
  t.equal(first.body.message.content, 'Hello?', 'the turn is the same, and so is what it covers');
  say(first.response, { reply: 'to the first' });
  const second = await house.next();
  t.equal(second.body.message.content, 'Anybody?');
  say(second.response, { reply: 'to the second' });
  await ear.event((event) => event.type === 'message.created' && event.message.content === 'to the second');
  const history = await app.request('GET', `conversations/${customer.id}/messages`, undefined, customer.token);
  t.same(
    history.body.items.map((message: Body) => message.content),
    ['Hello?', 'Anybody?', 'to the first', 'to the second'],
  );
});

t.test(
  'an answer that a stop broke off stands as interrupted with all that was told, and the fallback follows',
  async (t) => {
    const folder = folderOf(t);
    const house = await openHouse(t, { fallback: { text: 'Please write to us.' } }, undefined, { folder });
    const customer = await house.customer();
    await customer.say('Count!');
    const { response } = await house.next();
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('one');
    await customer.line.event((event) => event.type === 'message.created' && event.message.ai);
    response.write(', two');
    await customer.line.event('message.delta');
    await house.app.stop();
    const app = await again(t, folder);
    const visitor = app.actor(customer.token, customer.user);
    const ear = await visitor.connect();
    const messages = async () => (await visitor.request('GET', `conversations/${customer.id}/messages`)).body.items;
    while ((await messages()).length < 3) await ear.rest();
    t.match(await messages(), [
      { content: 'Count!' },
      { content: 'one, two', state: 'interrupted' },
      { content: 'Please write to us.', ai: true },
    ]);
    t.equal(house.receiver.asked, 1, 'it is not asked again');
  },
);

t.test('a replyUrl is good over a restart', async (t) => {
  const folder = folderOf(t);
  const house = await openHouse(t, {}, undefined, { folder });
  const customer = await house.customer();
  const waiting = customer.say('Hello?', '?wait=reply');
  const asked = await house.next();
  asked.response.writeHead(202).end();
  await new Promise((resolve) => asked.response.on('close', resolve));
  await house.app.stop();
  t.equal((await waiting.catch(() => ({ status: 503 }))).status, 503, 'whoever waits is told to come back');
  const app = await again(t, folder);
  const visitor = app.actor(customer.token, customer.user);
  const ear = await visitor.connect();
  t.equal((await app.request('POST', new URL(asked.body.replyUrl).pathname, { reply: 'Back' })).status, 204);
  await ear.rest();
  const history = await visitor.request('GET', `conversations/${customer.id}/messages`);
  t.equal(history.body.items.at(-1).content, 'Back');
});

t.test('who has not answered at the replyUrl in its time has failed, and answers nothing more', async (t) => {
  const folder = folderOf(t);
  const house = await openHouse(t, { fallback: { text: 'Please write to us.' } }, undefined, { folder });
  const customer = await house.customer();
  await customer.say('Hello?');
  const asked = await house.next();
  asked.response.writeHead(202).end();
  const state = async () => (await rowsBeside(folder, 'select state from turns'))[0]?.state;
  while ((await state()) !== 'deferred') await turnOfTheLoop();
  await house.app.stop();
  const app = await again(t, folder, () => Date.now() + 15 * 60_000);
  const visitor = app.actor(customer.token, customer.user);
  const ear = await visitor.connect();
  const texts = async () =>
    (await visitor.request('GET', `conversations/${customer.id}/messages`)).body.items.map(
      ({ content }: Body) => content,
    );
  while ((await texts()).length < 2) await ear.rest();
  const late = await app.request('POST', new URL(asked.body.replyUrl).pathname, { reply: 'Too late' });
  t.equal(late.status, 404);
  t.same(await texts(), ['Hello?', 'Please write to us.']);
  t.equal(house.receiver.asked, 1);
});

t.test('what a crash broke off and the store refuses at the start is settled when it can be', async (t) => {
  const folder = folderOf(t);
  const house = await openHouse(t, { fallback: { text: 'Please write to us.' } }, undefined, { folder });
  const customer = await house.customer();
  await customer.say('Count!');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write('one');
  await customer.line.event((event) => event.type === 'message.created' && event.message.ai);
  await house.app.stop();
  const taken = await refusingUpdates(folder, "new.state = 'interrupted'");
  const app = await again(t, folder);
  const visitor = app.actor(customer.token, customer.user);
  const ear = await visitor.connect();
  // Written behind the refusal.
  const { body } = await visitor.request('POST', `conversations/${customer.id}/messages`, { content: 'Hello?' });
  t.equal(body.seq, 3);
  await taken();
  t.match((await ear.event('message.updated')).message, { content: 'one', state: 'interrupted' });
  await ear.event((event) => event.message?.content === 'Please write to us.');
});
