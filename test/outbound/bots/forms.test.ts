/** An answer in each form that its kind of stream allows, in whatever pieces it comes. */
import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { openHouse, say } from './house.ts';

const FALLBACK = { fallback: { text: 'Please write to us.' } };

/** Tells what a customer reads when the bot's program writes that, byte by byte or as it is. */
async function reader(t: Test): Promise<(type: string, body: string, pieces?: 'bytes' | 'whole') => Promise<string>> {
  let write: (response: ServerResponse) => void = () => {};
  const house = await openHouse(t, FALLBACK, (_, response) => write(response));
  return async (type, body, pieces = 'whole') => {
    write = (response) => {
      response.writeHead(200, { 'content-type': type });
      if (pieces === 'bytes') for (const byte of Buffer.from(body)) response.write(Buffer.of(byte));
      else response.write(body);
      response.end();
    };
    const customer = await house.customer();
    await customer.say('Hello?');
    const { message } = await customer.line.event(
      ({ type: event, message }) => message?.ai && (event === 'message.updated' || message.state !== 'streaming'),
    );
    customer.line.socket.close();
    return message.content;
  };
}

const SSE = 'text/event-stream';
const NDJSON = 'application/x-ndjson';

const forms: [what: string, type: string, body: string, read: string][] = [
  [
    'lines that end as on Windows',
    SSE,
    'data: {"delta":"Good "}\r\n\r\ndata: {"delta":"day 😀"}\r\n\r\n',
    'Good day 😀',
  ],
  ['comments and fields that nobody asked for', SSE, ': ping\nid: 7\nretry: 10\nnonsense\ndata: Good\n\n', 'Good'],
  ['a text of several lines, one of them empty', SSE, 'data: Good\ndata\ndata:day\n\n', 'Good\n\nday'],
  ['words that are JSON too', SSE, 'data: It is \n\ndata: null\n\ndata:  or \n\ndata: 7\n\n', 'It is null or 7'],
  ['a last event that nothing ends', SSE, 'data: {"delta":"Good "}\n\ndata: {"delta":"day"}', 'Good day'],
  ['what follows the end', SSE, 'data: {"delta":"Good"}\n\ndata: [DONE]\n\ndata: {"delta":" day"}\n\n', 'Good'],
  ['objects a line, with empty lines', NDJSON, '{"delta":"Good "}\n\n \r\n{"delta":"day"}\r\n', 'Good day'],
  ['a last object that no line ends', NDJSON, '{"delta":"Good "}\n{"delta":"day"}', 'Good day'],
];

t.test('each is read, as a whole and byte by byte', async (t) => {
  const readOf = await reader(t);
  for (const [what, type, body, read] of forms) {
    t.equal(await readOf(type, body), read, what);
    t.equal(await readOf(type, body, 'bytes'), read, `${what}, byte by byte`);
  }
});

t.test('a line that is no JSON ends the answer: what was said before it stands', async (t) => {
  const readOf = await reader(t);
  t.equal(await readOf(NDJSON, '{"delta":"Good"}\nday\n{"delta":"!"}\n'), 'Good');
  t.equal(await readOf(NDJSON, 'day\n'), FALLBACK.fallback.text);
});

t.test('a text whose length is told is one answer, in however many pieces it comes', async (t) => {
  const house = await openHouse(t);
  const customer = await house.customer();
  const waiting = customer.say('Hello?', '?wait=reply');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': '8' });
  await new Promise<void>((written) => response.write('Good', () => written()));
  response.end(' day');
  t.match((await waiting).body.reply, { content: 'Good day', state: undefined });
  t.same(await customer.texts(), ['Hello?', 'Good day']);
});

t.test('a model is told what has words, and of the rest nothing', async (t) => {
  const house = await openHouse(t, { engine: 'openai', model: 'small' });
  const customer = await house.customer();
  const attachmentUrl = 'https://example.com/a.png';
  await customer.say('Look');
  say((await house.next()).response, { choices: [{ message: { content: 'Where?' } }] });
  await customer.line.event(({ message }) => message?.ai);
  await customer.request('POST', `conversations/${customer.id}/messages`, { attachmentUrl });
  const { body, response } = await house.next();
  t.same(body.messages, [
    { role: 'user', content: 'Look' },
    { role: 'assistant', content: 'Where?' },
  ]);
  say(response, { choices: [{ message: { content: 'I cannot see it.' } }] });
  await customer.line.event(({ message }) => message?.content === 'I cannot see it.');
});
