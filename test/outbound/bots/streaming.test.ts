import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import Database from 'better-sqlite3';
import t from 'tap';
import { breathMs, MIN_BREATH_MS } from '../../../src/outbound/bots/breath.ts';
import { ofTheFile, refusingUpdates, rowsBeside } from '../../database.ts';
import type { Body } from '../../helper.ts';
import { type Asked, type House, openHouse, say } from './house.ts';

const isDelta = (event: Body) => event.type === 'message.delta';
const isUpdated = (event: Body) => event.type === 'message.updated';
const isBegun = (event: Body) => event.type === 'message.created' && event.message.ai;

function stream(response: ServerResponse, type = 'text/event-stream') {
  response.writeHead(200, { 'content-type': type });
  response.flushHeaders();
  return {
    piece: (text: string) =>
      response.write(type === 'text/event-stream' ? `data: ${JSON.stringify({ delta: text })}\n\n` : text),
    end: (text = '') => response.end(text),
  };
}

/** The text of the answer as it is stored. */
const keptOf = async ({ app }: House) =>
  (await rowsBeside(app.folder, 'select content from messages where seq = 2 and ai'))[0]?.content;

/** A customer who has asked, and the stream that answers. */
async function begun(t: Parameters<typeof openHouse>[0], first = 'One') {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Count!');
  const asked = await house.next();
  const writer = stream(asked.response);
  writer.piece(first);
  const created = await customer.line.event(isBegun);
  const path = `conversations/${customer.id}/messages/${created.message.id}`;
  return { house, customer, asked, writer, created, path };
}

t.test('an answer takes its seq when it begins, is told as it is written, and is whole at its end', async (t) => {
  const { house, customer, writer, created, path } = await begun(t);
  t.match(created.message, { seq: 2, content: 'One', state: 'streaming', author: { id: house.bot.id } });
  writer.piece(', two');
  t.match(await customer.line.event(isDelta), { messageId: created.message.id, offset: 3, text: ', two' });
  t.equal((await customer.request('GET', path)).body.content, 'One, two', 'who comes later reads what there is');
  const sync = await customer.request('GET', `conversations/${customer.id}/sync`);
  t.equal(sync.body.messages.at(-1).content, 'One, two');
  const second = await customer.say('Meanwhile');
  t.equal(second.body.seq, 3, 'others write behind it');
  writer.piece(', three 😀');
  t.match(await customer.line.event(isDelta), { offset: 8, text: ', three 😀' });
  writer.end('data: [DONE]\n\n');
  const updated = await customer.line.event(isUpdated);
  t.match(updated, { rev: created.rev + 2, message: { content: 'One, two, three 😀', seq: 2, editedAt: null } });
  t.notOk('state' in updated.message);
});

t.test('deltas go to the customer and to who views, never to the whole inbox', async (t) => {
  const { house, customer, writer } = await begun(t);
  const inbox = await house.admin.connect({ inbox: true });
  const viewer = await house.admin.connect();
  await viewer.call({ type: 'conversation.view', conversationId: customer.id, viewing: true });
  writer.piece(', two');
  await viewer.event(isDelta);
  await customer.line.event(isDelta);
  t.same((await inbox.rest()).filter(isDelta), []);
  writer.end();
  await inbox.event((event) => isUpdated(event) && event.message.content === 'One, two');
});

t.test('a stream is looked at some twenty times a second, in however many pieces it comes', async (t) => {
  const { customer, writer } = await begun(t);
  const began = performance.now();
  for (let piece = 0; piece < 300; piece += 1) {
    writer.piece(' and');
    // What reads it has a turn for each piece.
    await turnOfTheLoop();
  }
  writer.end();
  const { message } = await customer.line.event(isUpdated);
  t.equal(message.content, `One${' and'.repeat(300)}`);
  const deltas = customer.line.frames.filter(isDelta);
  // Timers end a millisecond early at most; the first look is at once.
  const looks = 1 + Math.ceil((performance.now() - began) / (MIN_BREATH_MS - 1));
  t.ok(deltas.length <= looks, `${deltas.length} deltas, at ${looks} looks`);
});

t.test('the more bots write the rarer each of them is looked at, up to a quarter of a second', async (t) => {
  t.same([1, 50, 120, 250, 5_000].map(breathMs), [MIN_BREATH_MS, 62.5, 150, 250, 250]);
});

t.test('what there is is kept every half second, without a rev and without an event', async (t) => {
  const { house, customer, writer, created, path } = await begun(t);
  writer.piece(', two');
  await customer.line.event(isDelta);
  const { rev } = created;
  while ((await keptOf(house)) !== 'One, two') await turnOfTheLoop();
  t.equal((await customer.request('GET', `conversations/${customer.id}`)).body.rev, rev);
  t.equal((await customer.request('GET', path)).body.rev, rev);
  t.same((await customer.line.rest()).filter(isUpdated), []);
  writer.end();
});

t.test('what was added is kept behind what is kept, whatever characters it has', async (t) => {
  const { house, customer, writer } = await begun(t, 'One 😀');
  let all = 'One 😀';
  for (const piece of [', two é', ', three 👩‍🚀', ', four']) {
    writer.piece(piece);
    all += piece;
    await customer.line.event(isDelta);
    while ((await keptOf(house)) !== all) await turnOfTheLoop();
  }
  writer.end();
  t.equal((await customer.line.event(isUpdated)).message.content, all);
});

t.test('the customer stops it: what was told stays, and the request ends', async (t) => {
  const { house, customer, asked, writer, path } = await begun(t);
  const cut = new Promise((resolve) => asked.response.on('close', resolve));
  writer.piece(', two');
  await customer.line.event(isDelta);
  const stopped = await customer.request('POST', `${path}/stop`);
  t.match(stopped.body, { state: 'stopped', content: 'One, two' });
  await cut;
  t.match((await customer.line.event(isUpdated)).message, { state: 'stopped', content: 'One, two' });
  t.match((await customer.request('POST', `${path}/stop`)).body, { state: 'stopped' }, 'to stop late is no error');
  await customer.say('Next');
  say((await house.next()).response, { reply: 'Next answer' });
  await customer.line.event((event) => event.type === 'message.created' && event.message.content === 'Next answer');
});

t.test('while it is written nobody edits it, and who deletes it stops it', async (t) => {
  const { house, customer, asked, path } = await begun(t);
  const cut = new Promise((resolve) => asked.response.on('close', resolve));
  for (const actor of [customer, house.admin]) {
    t.match(await actor.request('PATCH', path, { content: 'Mine' }), { status: 409, body: { code: 'STREAMING' } });
  }
  t.match((await house.admin.request('DELETE', path)).body, { content: null, deletedAt: String });
  await cut;
  t.match((await customer.request('GET', path)).body, { content: null });
});

t.test('a person who takes over stops it', async (t) => {
  const { house, customer } = await begun(t);
  await house.admin.request('POST', `conversations/${customer.id}/messages`, { content: 'Let me' });
  t.match((await customer.line.event(isUpdated)).message, { state: 'stopped', content: 'One' });
});

t.test('a stream that breaks off stands as interrupted, and the fallback follows', async (t) => {
  const { house, customer, asked } = await begun(t);
  asked.response.destroy();
  t.match((await customer.line.event(isUpdated)).message, { state: 'interrupted', content: 'One' });
  const { body } = await house.admin.request('GET', `conversations/${customer.id}`);
  const side = await house.admin.request('GET', `conversations/${body.team.id}/messages`);
  t.match(side.body.items.slice(-2), [{ system: { code: 'bot_failed' } }, { system: { code: 'assigned', to: null } }]);
});

t.test('10,000 characters are the end of an answer, which stands as interrupted', async (t) => {
  const { customer, writer } = await begun(t, 'x'.repeat(9_999));
  writer.piece('😀yz');
  const { message } = await customer.line.event(isUpdated);
  t.equal(message.state, 'interrupted');
  t.equal(message.content, `${'x'.repeat(9_999)}😀`);
});

const STREAMS: [string, string, (asked: Asked) => void][] = [
  [
    'NDJSON',
    'application/x-ndjson',
    ({ response }) => response.end('{"text":"Good "}\n{"text":"day","quickReplies":["Hi"]}\n'),
  ],
  [
    'n8n',
    'application/json',
    ({ response }) =>
      response.end(
        '{"type":"begin"}\n{"type":"item","content":"Good "}\n{"type":"item","content":"day"}\n{"type":"end"}\n',
      ),
  ],
  ['plain text in pieces', 'text/plain', ({ response }) => response.write('Good ', () => response.end('day'))],
  ['SSE with raw text', 'text/event-stream', ({ response }) => response.end('data: Good \n\ndata: day\n\n')],
  [
    'SSE of a model',
    'text/event-stream',
    ({ response }) =>
      response.end(
        'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"choices":[{"delta":{"content":"Good "}}]}\n\ndata: {"choices":[{"delta":{"content":"day"}}]}\n\ndata: [DONE]\n\n',
      ),
  ],
];
for (const [name, type, answer] of STREAMS) {
  t.test(`${name} is a stream`, async (t) => {
    const house = await openHouse(t);
    const customer = await house.customer();
    await customer.say('Hello?');
    const asked = await house.next();
    asked.response.writeHead(200, { 'content-type': type });
    answer(asked);
    const { message } = await customer.line.event(isUpdated);
    t.equal(message.content, 'Good day');
    t.notOk('state' in message);
  });
}

t.test('what was said before a fault in the same packet stands, and nothing of what is behind it', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Hello?');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end('data: {"delta":"Good "}\n\ndata: {"delta":"day"}\n\nevent: error\ndata: {}\n\ndata: {"delta":"!"}\n\n');
  t.match((await customer.line.event(isUpdated)).message, { state: 'interrupted', content: 'Good day' });
});

t.test('characters and line ends that are cut in the middle come whole, control characters do not come', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  await customer.say('Hello?');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const piece of ['\n  a\r', '\nb\u0000\u001b[31m', '\ud83d', '\ude00', ' end \n']) {
    response.write(`data: ${JSON.stringify({ delta: piece })}\n\n`);
  }
  response.end();
  t.equal((await customer.line.event(isUpdated)).message.content, 'a\nb[31m😀 end');
});

t.test(
  'an answer whose end could not be written stands as interrupted, and the fallback follows',
  { skip: ofTheFile },
  async (t) => {
    const house = await openHouse(t, { fallback: { text: 'Please write to us.' } });
    const customer = await house.customer();
    await customer.say('Count!');
    const { response } = await house.next();
    const writer = stream(response);
    writer.piece('One');
    await customer.line.event(isBegun);
    const holder = new Database(join(house.app.folder, 'parley.db'));
    t.teardown(() => holder.close());
    holder.exec('BEGIN IMMEDIATE');
    writer.piece(', two');
    await customer.line.event(isDelta);
    writer.end();
    // Refused as the end is, which waits before the second of them.
    for (let count = 0; count < 2; count += 1) t.match(await customer.say('Are you there?'), { status: 503 });
    holder.exec('ROLLBACK');
    t.match((await customer.line.event(isUpdated)).message, { content: 'One, two', state: 'interrupted' });
    await customer.line.event((event) => event.message?.content === 'Please write to us.');
    t.same(await customer.texts(), ['Count!', 'One, two', 'Please write to us.']);
  },
);

t.test('a stopped answer whose end is refused at that moment is written when it can be', async (t) => {
  const { house, customer, asked, writer, path } = await begun(t);
  writer.piece(', two');
  await customer.line.event(isDelta);
  const taken = await refusingUpdates(house.app.folder, "new.state = 'stopped'");
  const cut = new Promise((resolve) => asked.response.on('close', resolve));
  await house.admin.request('POST', `conversations/${customer.id}/messages`, { content: 'Let me' });
  await cut;
  // Written behind the refusal: the end was handed over before the connection was cut.
  await customer.say('Thank you');
  t.match((await customer.request('GET', path)).body, { content: 'One, two', state: 'streaming' });
  await taken();
  t.match((await customer.line.event(isUpdated)).message, { content: 'One, two', state: 'stopped' });
});

t.test('an answer whose end is refused, and then a person takes over, does not stay as it is', async (t) => {
  const { house, customer, writer } = await begun(t);
  const taken = await refusingUpdates(house.app.folder, "old.state = 'streaming'");
  writer.end();
  await customer.say('Are you there?');
  await house.admin.request('POST', `conversations/${customer.id}/messages`, { content: 'Let me' });
  await taken();
  t.match((await customer.line.event(isUpdated)).message, { content: 'One' });
});
