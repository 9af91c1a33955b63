import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { type CommandType, commands } from '../../src/protocol/commands.ts';
import { CODES } from '../../src/protocol/errors.ts';
import { type Body, startApp } from '../helper.ts';
import { openLine } from '../line.ts';
import { ask, frame, upgrade } from './raw-socket.ts';

const id = randomUUIDv7();
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** One good request of each type: what the table takes apart. */
const good: Record<CommandType, Body> = {
  hello: { token: 'pv_nothing' },
  'message.send': { conversationId: id, message: { content: 'Hi' } },
  'message.edit': { conversationId: id, messageId: id, content: 'Hi' },
  'message.delete': { conversationId: id, messageId: id },
  'message.stop': { conversationId: id, messageId: id },
  'conversation.read': { conversationId: id, seq: 1 },
  'conversation.delivered': { conversationId: id, seq: 1 },
  'conversation.view': { conversationId: id, viewing: true },
  'conversation.sync': { conversationId: id, since: 0 },
  'typing.set': { conversationId: id, on: true },
  'presence.set': { state: 'online' },
  'presence.watch': { userIds: [id] },
  'inbox.watch': { on: true },
  ping: {},
};

const json = (body: object) => JSON.stringify(body);

/** Texts that are no request, with the code that each is answered with; `re` is 1 where the id can be read. */
const bad: { name: string; text: string | Buffer; code: string; re: number | null }[] = [
  ...['', ' ', '{', '}', 'null,', '{"id":1,}', "{'id':1}", 'undefined', 'NaN', '{"id":1} x', '\u0000', '"', '[1,2'].map(
    (text) => ({ name: `not JSON: ${JSON.stringify(text)}`, text, code: 'BAD_JSON', re: null }),
  ),
  { name: 'a binary frame', text: Buffer.from('{"id":1,"type":"ping"}'), code: 'BAD_JSON', re: null },
  ...['null', 'true', '0', '1.5', '"ping"', '[]', '[{"id":1,"type":"ping"}]', '-0', '1e400'].map((text) => ({
    name: `no object: ${text}`,
    text,
    code: 'VALIDATION',
    re: null,
  })),
  ...[undefined, null, '1', -(2 ** 53), 1.5, 2 ** 53, true, [1], {}].map((value) => ({
    name: `an id of ${json({ value })}`,
    text: json({ id: value, type: 'ping' }),
    code: 'VALIDATION',
    re: null,
  })),
  ...[undefined, null, 1, true, ['ping'], {}].map((type) => ({
    name: `a type of ${json({ type })}`,
    text: json({ id: 1, type }),
    code: 'VALIDATION',
    re: 1,
  })),
  ...[
    '',
    'Ping',
    'pong',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'message.create',
    'x'.repeat(9999),
  ].map((type) => ({
    name: `the type ${type.slice(0, 20)}`,
    text: json({ id: 1, type }),
    code: 'UNKNOWN_TYPE',
    re: 1,
  })),
  { name: 'depth 33', text: `{"id":1,"type":"ping","x":${deep(32)}}`, code: 'VALIDATION', re: 1 },
  { name: 'depth 60,000', text: deep(60_000), code: 'VALIDATION', re: null },
  { name: '__proto__', text: '{"id":1,"type":"ping","__proto__":{"on":true}}', code: 'VALIDATION', re: 1 },
  ...(Object.keys(commands) as CommandType[]).flatMap((type) => everyWrong(type)),
];

/** A command with one property too many, and with each of its properties of a wrong kind or missing. */
function everyWrong(type: CommandType): typeof bad {
  const request = { id: 1, type, ...good[type] };
  const wrong = (name: string, body: object) => ({
    name: `${type}: ${name}`,
    text: json(body),
    code: 'VALIDATION',
    re: 1,
  });
  const properties = Object.keys(good[type]);
  return [
    wrong('a property too many', { ...request, role: 'admin' }),
    ...properties.flatMap((property) => [
      wrong(`${property} null`, { ...request, [property]: null }),
      wrong(`${property} a number`, { ...request, [property]: -1.5 }),
      wrong(`${property} a list`, { ...request, [property]: [[]] }),
      wrong(`${property} an object`, { ...request, [property]: { $ne: '' } }),
    ]),
    ...(properties.includes('conversationId') ? [wrong('no UUID', { ...request, conversationId: `${id}'` })] : []),
  ];
}

t.test('every malformed frame is answered by a named error, and the line stays', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  t.ok(bad.length >= 100, `${bad.length} frames`);
  // Fewer than twenty a line: more than that closes it.
  for (let from = 0; from < bad.length; from += 19) {
    const line = await visitor.connect();
    for (const { name, text, code, re } of bad.slice(from, from + 19)) {
      const before = line.frames.length;
      line.send(text);
      t.equal((await line.call({ type: 'ping' })).type, 'ok', `${name}: the line stays`);
      const [answer, ...more] = line.frames.slice(before).filter((one) => one.type === 'error');
      t.match(answer, { re, type: 'error', code, message: String }, name);
      t.same(more, [], `${name}: one answer`);
      t.ok(CODES.includes(answer?.code), 'a code of the table');
      if (code === 'VALIDATION') t.match(answer.details, { path: String, rule: String }, `${name}: field and rule`);
    }
    line.socket.close();
    await line.closed;
  }
  t.equal((await app.request('GET', '/healthz')).status, 200);
});

t.test('the twentieth bad frame within a minute closes the line for good', async (t) => {
  const app = await startApp(t);
  const line = await (await app.visitor()).connect();
  for (let count = 0; count < 19; count += 1) line.send('{');
  t.equal((await line.call({ type: 'ping' })).type, 'ok', 'nineteen do not');
  line.send('{');
  t.same(await line.closed, { code: 4200, reason: '' });
  t.match(line.frames.at(-1), { type: 'bye', code: 4200, retryMs: 0 });
  t.equal(line.frames.filter((one) => one.code === 'BAD_JSON').length, 20, 'each was answered');
});

const text = 0x81;
const ATTACKS: { name: string; bytes: Buffer[]; code: number }[] = [
  { name: 'a frame that is not masked', bytes: [frame(text, '{}', { masked: false })], code: 1002 },
  { name: 'RSV1 without an extension', bytes: [frame(0xc1, '{}')], code: 1002 },
  { name: 'RSV2', bytes: [frame(0xa1, '{}')], code: 1002 },
  { name: 'a reserved opcode', bytes: [frame(0x83, '{}')], code: 1002 },
  { name: 'a reserved control opcode', bytes: [frame(0x8b, '')], code: 1002 },
  { name: 'a ping of 126 bytes', bytes: [frame(0x89, 'x'.repeat(126))], code: 1002 },
  { name: 'a ping in parts', bytes: [frame(0x09, 'x')], code: 1002 },
  { name: 'a continuation of nothing', bytes: [frame(0x80, 'x')], code: 1002 },
  { name: 'a new frame inside another', bytes: [frame(0x01, 'x'), frame(text, 'y')], code: 1002 },
  { name: 'a close of one byte', bytes: [frame(0x88, 'x')], code: 1002 },
  { name: 'a close with a reserved code', bytes: [frame(0x88, Buffer.from([0x03, 0xed]))], code: 1002 },
  { name: 'text that is not UTF-8', bytes: [frame(text, Buffer.from([0x22, 0xff, 0xfe, 0x22]))], code: 1007 },
  { name: 'a frame above the limit', bytes: [frame(text, 'x'.repeat(128 * 1024 + 1))], code: 1009 },
  { name: 'a length of 100 MB', bytes: [frame(text, 'x', { lie: 100_000_000 })], code: 1009 },
  { name: 'a length of 2^62', bytes: [frame(text, 'x', { lie: 2 ** 62 })], code: 1009 },
  {
    name: 'parts that come to too much',
    bytes: [frame(0x01, 'x'), ...Array.from({ length: 3 }, () => frame(0x00, 'x'.repeat(60_000)))],
    code: 1009,
  },
];

t.test('malformed frames keep the codes of the standard, and the process lives', async (t) => {
  const app = await startApp(t);
  for (const { name, bytes, code } of ATTACKS) {
    const raw = await upgrade(t, app.url);
    for (const one of bytes) raw.socket.write(one);
    t.equal(await raw.closed, code, name);
  }
  t.equal((await app.request('GET', '/healthz')).status, 200);
});

t.test('20,000 fragments of one byte neither block nor end the process', async (t) => {
  const app = await startApp(t);
  const raw = await upgrade(t, app.url);
  const parts = [frame(0x01, '{'), ...Array.from({ length: 20_000 }, () => frame(0x00, ' ')), frame(0x80, '}')];
  raw.socket.write(Buffer.concat(parts));
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'ping' }), { code: 'UNAUTHENTICATED' }, 'others are answered');
});

t.test('the largest frame that is allowed comes through', async (t) => {
  const app = await startApp(t);
  const line = await (await app.visitor()).connect();
  const padded = `{"id":900,"type":"ping"${' '.repeat(128 * 1024 - 24)}}`;
  t.equal(padded.length, 128 * 1024);
  line.send(padded);
  t.equal((await line.call({ type: 'ping' })).type, 'ok');
  t.match(
    line.frames.find((one) => one.re === 900),
    { type: 'ok' },
  );
});

t.test('a refused upgrade leaves no open socket, whoever refused it', async (t) => {
  const app = await startApp(t, { maxSockets: 1 });
  const refused: [string, string, string[], string | null][] = [
    ['another route', '/healthz', [], '404'],
    ['no route', '/v1/nothing', [], '404'],
    ['the stream', '/v1/events', [], '404'],
    ['a strange origin', '/v1/ws', ['Origin: https://evil.example'], '403'],
    ['an address that cannot be read', '/%zz', [], '400'],
    ['no version that is known', '/v1/ws', ['Sec-WebSocket-Version: 7'], '400'],
    ['a protocol that cannot be read', '/v1/ws', ['Sec-WebSocket-Protocol: ,'], '400'],
  ];
  for (const [name, path, headers, status] of refused) {
    const socket = await ask(t, app.url, path, headers);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    t.ok(answer.startsWith(`HTTP/1.1 ${status}`), `${name}: ${answer.split('\r\n')[0]}`);
  }
  const line = await openLine(t, app.url);
  t.match(await line.call({ type: 'ping' }), { code: 'UNAUTHENTICATED' }, 'the one place there is is free');
});

t.test('without an upgrade there is nothing to get', async (t) => {
  const app = await startApp(t);
  t.match(await app.request('GET', 'ws'), { status: 404, body: { code: 'NOT_FOUND' } });
  t.match(await app.request('POST', 'ws', {}), { status: 404 });
});
