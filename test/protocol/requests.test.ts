import t from 'tap';
import type { OkOf, Results } from '../../src/protocol/answers.ts';
import { type CommandType, commands, type Request } from '../../src/protocol/commands.ts';
import { checkRequest } from '../../src/protocol/request-check.ts';
import { ID, OTHER_ID } from './samples.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const message = { content: 'Hi' };
const send = { id: 1, type: 'message.send', conversationId: ID, message };
const manyIds = (count: number) => Array.from({ length: count }, (_, n) => `${ID.slice(0, -4)}${1000 + n}`);
const revsOf = (count: number) => Object.fromEntries(manyIds(count).map((id) => [id, 1]));

const good: Record<string, unknown> = {
  'hello with nothing but a header': { id: 0, type: 'hello' },
  'hello with a token': { id: 1, type: 'hello', token: 'abc' },
  'hello with all': { id: 1, type: 'hello', token: 'a', cursor: 'c', revs: { [ID]: 67 }, inbox: true },
  'hello with a cursor that nobody made': { id: 1, type: 'hello', cursor: 'ü%&' },
  'hello with 50 revs': { id: 1, type: 'hello', cursor: '', revs: revsOf(50) },
  'a send': send,
  'a send by an id in upper case': { ...send, conversationId: ID.toUpperCase() },
  'a send by an id of version 4': { ...send, conversationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' },
  'a send with an id of its own': { ...send, message: { id: OTHER_ID, content: 'Hi' } },
  'a send with ifSeq 0': { ...send, ifSeq: 0 },
  'a send of a file': { ...send, message: { attachments: [ID] } },
  'a send of a file with an empty content': { ...send, message: { content: '', attachments: [ID] } },
  'a send of a link': { ...send, message: { attachmentUrl: 'https://example.org/a.png' } },
  'a send of ten files': { ...send, message: { attachments: manyIds(10) } },
  'a send with quick replies': { ...send, message: { content: 'Sure?', quickReplies: ['Yes', 'No'] } },
  'a system message': { ...send, message: { content: 'The doctor is late', kind: 'system' } },
  'a send with line feeds, tabs and faces': { ...send, message: { content: 'a\r\nb\tc 🙂 \u202e\u200b' } },
  'a send to support': { id: 1, type: 'message.send', to: 'support', message },
  'a send to a queue': { id: 1, type: 'message.send', to: { queue: 'peer' }, message },
  'a send to a user': { id: 1, type: 'message.send', to: { userId: ID }, message },
  "a send to the host's user": { id: 1, type: 'message.send', to: { userExternalId: 'u-1' }, message },
  'a send to a customer': { id: 1, type: 'message.send', to: { customerId: ID }, message },
  'an edit': { id: 1, type: 'message.edit', conversationId: ID, messageId: OTHER_ID, content: 'Hello' },
  'an edit to nothing beside files': { id: 1, type: 'message.edit', conversationId: ID, messageId: ID, content: '' },
  'a delete': { id: 1, type: 'message.delete', conversationId: ID, messageId: OTHER_ID },
  'a stop': { id: 1, type: 'message.stop', conversationId: ID, messageId: OTHER_ID },
  'a read mark': { id: 1, type: 'conversation.read', conversationId: ID, seq: 1 },
  'a delivered mark': { id: MAX, type: 'conversation.delivered', conversationId: ID, seq: MAX },
  'a view': { id: 1, type: 'conversation.view', conversationId: ID, viewing: true },
  'a sync of who holds nothing': { id: 1, type: 'conversation.sync', conversationId: ID, since: 0 },
  'a sync since a rev': { id: 1, type: 'conversation.sync', conversationId: ID, since: 5, epoch: 'e' },
  typing: { id: 1, type: 'typing.set', conversationId: ID, on: true, text: 'Hel' },
  presence: { id: 1, type: 'presence.set', state: 'away', context: { page: 'https://example.org', language: 'de' } },
  'a watch': { id: 1, type: 'presence.watch', userIds: [ID, 'team'] },
  'a watch of 200': { id: 1, type: 'presence.watch', userIds: manyIds(200) },
  'a watch of nobody': { id: 1, type: 'presence.watch', userIds: [] },
  'the inbox': { id: 1, type: 'inbox.watch' },
  'the inbox, off': { id: 1, type: 'inbox.watch', on: false },
  'a ping': { id: 1, type: 'ping' },
};

t.test('a frame of every type is taken as it is', async (t) => {
  for (const [name, frame] of Object.entries(good)) {
    const copy = structuredClone(frame);
    t.same(checkRequest(frame), { ok: true, request: copy }, name);
  }
  const shown = new Set(Object.values(good).map((frame) => (frame as Request).type));
  t.same([...shown].sort(), Object.keys(commands).sort(), 'the table has every type');
});

// name: [frame, path, rule, re]
const bad: Record<string, [frame: unknown, path: string, rule: RegExp, re?: number | null]> = {
  nothing: [null, '', /must be an object/, null],
  'a text': ['hello', '', /must be an object/, null],
  'a list': [[{ id: 1, type: 'ping' }], '', /must be an object/, null],
  'an empty object': [{}, 'type', /must be text/, null],
  'no type': [{ id: 7 }, 'type', /must be text/, 7],
  'a type that is a number': [{ id: 7, type: 4 }, 'type', /must be text/, 7],
  'no id': [{ type: 'ping' }, 'id', /is required/, null],
  'an id that is a text': [{ id: '1', type: 'ping' }, 'id', /must be a whole number/, null],
  'an id below -2^53': [{ id: -(2 ** 53), type: 'ping' }, 'id', /must be at least/, null],
  'half an id': [{ id: 1.5, type: 'ping' }, 'id', /must be a whole number/, null],
  'an id beyond 2^53': [{ id: 2 ** 53, type: 'ping' }, 'id', /must be at most/, null],
  'a property too many': [{ id: 1, type: 'ping', evil: 1 }, 'evil', /is not known here/],
  'a property named __proto__': [JSON.parse('{"id":1,"type":"ping","__proto__":{}}'), '__proto__', /is not known/],
  'a property named constructor': [{ id: 1, type: 'ping', constructor: 1 }, 'constructor', /is not known here/],
  'a token that is a number': [{ id: 1, type: 'hello', token: 5 }, 'token', /must be text/],
  'an empty token': [{ id: 1, type: 'hello', token: '' }, 'token', /must not be empty/],
  'an endless token': [{ id: 1, type: 'hello', token: 'x'.repeat(8193) }, 'token', /at most 8192 characters/],
  'a token that is null': [{ id: 1, type: 'hello', token: null }, 'token', /must be text/],
  'revs without a cursor': [{ id: 1, type: 'hello', revs: { [ID]: 1 } }, 'revs', /beside a cursor/],
  'revs of what is no id': [{ id: 1, type: 'hello', cursor: '', revs: { a: 1 } }, 'revs.a', /is not known here/],
  'a rev of 0': [{ id: 1, type: 'hello', cursor: '', revs: { [ID]: 0 } }, `revs.${ID}`, /must be at least 1/],
  '51 revs': [{ id: 1, type: 'hello', cursor: '', revs: revsOf(51) }, 'revs', /must hold at most 50/],
  'revs as a list': [{ id: 1, type: 'hello', cursor: '', revs: [] }, 'revs', /must be an object/],
  'a send to nowhere': [{ id: 1, type: 'message.send', message }, 'conversationId', /is required/],
  'a send to a place and a person': [{ ...send, to: 'support' }, 'to', /is not known here/],
  'a send by no UUID': [{ ...send, conversationId: 'abc' }, 'conversationId', /must be a UUID/],
  'a send by an id with a line feed': [{ ...send, conversationId: `${ID}\n` }, 'conversationId', /must be a UUID/],
  'a send of nothing': [{ ...send, message: {} }, 'message.content', /is required where there is no attachment/],
  'a send of blanks': [{ ...send, message: { content: ' \r\n\t ' } }, 'message.content', /is required/],
  'a send without message': [{ id: 1, type: 'message.send', conversationId: ID }, 'message', /is required/],
  'a message that is a text': [{ ...send, message: 'Hi' }, 'message', /must be an object/],
  'a content that is a number': [{ ...send, message: { content: 5 } }, 'message.content', /must be text/],
  'a content with NUL': [{ ...send, message: { content: 'a\0b' } }, 'message.content', /without control characters/],
  'a content with ESC': [{ ...send, message: { content: '\u001b[31m' } }, 'message.content', /control characters/],
  'a content with half a face': [{ ...send, message: { content: '\ud83d' } }, 'message.content', /lone surrogates/],
  'an endless content': [{ ...send, message: { content: 'x'.repeat(40_001) } }, 'message.content', /at most 40000/],
  'an author': [{ ...send, message: { content: 'Hi', author: ID } }, 'message.author', /is not known here/],
  'a role': [{ ...send, message: { content: 'Hi', role: 'admin' } }, 'message.role', /is not known here/],
  'a seq': [{ ...send, message: { content: 'Hi', seq: 1 } }, 'message.seq', /is not known here/],
  'ai by hand': [{ ...send, message: { content: 'Hi', ai: true } }, 'message.ai', /is not known here/],
  'another kind': [{ ...send, message: { content: 'Hi', kind: 'text' } }, 'message.kind', /must be "system"/],
  'eleven files': [{ ...send, message: { attachments: manyIds(11) } }, 'message.attachments', /at most 10/],
  'ten files and a link': [
    { ...send, message: { attachments: manyIds(10), attachmentUrl: 'https://a.example/' } },
    'message.attachmentUrl',
    /one attachment too many/,
  ],
  'a file twice': [
    { ...send, message: { attachments: [ID, ID.toUpperCase()] } },
    'message.attachments',
    /must be different ones/,
  ],
  'a file by a bad id': [{ ...send, message: { attachments: [ID, 'x'] } }, 'message.attachments.1', /must be a UUID/],
  'a link that is not https': [
    { ...send, message: { attachmentUrl: 'http://a.example' } },
    'message.attachmentUrl',
    /https/,
  ],
  'a link to a script': [{ ...send, message: { attachmentUrl: 'javascript:1' } }, 'message.attachmentUrl', /https/],
  'nine quick replies': [
    { ...send, message: { content: 'a', quickReplies: Array(9).fill('x') } },
    'message.quickReplies',
    /at most 8/,
  ],
  'a long quick reply': [
    { ...send, message: { content: 'a', quickReplies: ['x'.repeat(81)] } },
    'message.quickReplies.0',
    /1 to 80 characters/,
  ],
  'ifSeq below 0': [{ ...send, ifSeq: -1 }, 'ifSeq', /must be at least 0/],
  'ifSeq as text': [{ ...send, ifSeq: '1' }, 'ifSeq', /must be a whole number/],
  'to nobody': [{ id: 1, type: 'message.send', to: {}, message }, 'to', /must be "support" or an object with queue or/],
  'to whom we do not know': [{ id: 1, type: 'message.send', to: 'peer', message }, 'to', /must be "support" or/],
  'to another queue': [
    { id: 1, type: 'message.send', to: { queue: 'admin' }, message },
    'to.queue',
    /must be one of "agent", "peer"/,
  ],
  'to two at once': [
    { id: 1, type: 'message.send', to: { userId: ID, customerId: ID }, message },
    'to.customerId',
    /is not known here/,
  ],
  'to an externalId with a line feed': [
    { id: 1, type: 'message.send', to: { userExternalId: 'a\n' }, message },
    'to.userExternalId',
    /1 to 200 characters/,
  ],
  'to an empty externalId': [
    { id: 1, type: 'message.send', to: { userExternalId: '' }, message },
    'to.userExternalId',
    /1 to 200/,
  ],
  'an edit without content': [
    { id: 1, type: 'message.edit', conversationId: ID, messageId: ID },
    'content',
    /is required/,
  ],
  'a delete of no message': [{ id: 1, type: 'message.delete', conversationId: ID }, 'messageId', /is required/],
  'a mark at 0': [{ id: 1, type: 'conversation.read', conversationId: ID, seq: 0 }, 'seq', /must be at least 1/],
  'a mark at 1.5': [{ id: 1, type: 'conversation.delivered', conversationId: ID, seq: 1.5 }, 'seq', /whole number/],
  'a view of maybe': [{ id: 1, type: 'conversation.view', conversationId: ID, viewing: 1 }, 'viewing', /true or false/],
  'a sync without since': [{ id: 1, type: 'conversation.sync', conversationId: ID }, 'since', /is required/],
  'a sync without epoch': [{ id: 1, type: 'conversation.sync', conversationId: ID, since: 1 }, 'epoch', /is required/],
  'an endless typing': [
    { id: 1, type: 'typing.set', conversationId: ID, on: true, text: 'x'.repeat(10_001) },
    'text',
    /at most 10000/,
  ],
  'a presence of gone': [{ id: 1, type: 'presence.set', state: 'offline' }, 'state', /one of "online", "away"/],
  'a context too large': [
    { id: 1, type: 'presence.set', state: 'away', context: { page: 'x'.repeat(1500), title: 'ü'.repeat(300) } },
    'context',
    /at most 2048 bytes/,
  ],
  'a context with an address': [
    { id: 1, type: 'presence.set', state: 'away', context: { ip: '::1' } },
    'context.ip',
    /is not known here/,
  ],
  'a watch of 201': [{ id: 1, type: 'presence.watch', userIds: manyIds(201) }, 'userIds', /must hold at most 200/],
  'a watch of everybody': [{ id: 1, type: 'presence.watch', userIds: ['*'] }, 'userIds.0', /a UUID or "team"/],
  'a ping with a cursor': [{ id: 1, type: 'ping', cursor: '' }, 'cursor', /is not known here/],
  'a name too long to tell back': [{ id: 1, type: 'ping', ['x'.repeat(100)]: 1 }, `${'x'.repeat(60)}…`, /not known/],
};

t.test('a bad frame is refused by naming the field and the rule', async (t) => {
  for (const [name, [frame, path, rule, re = 1]] of Object.entries(bad)) {
    const checked = checkRequest(frame);
    if (checked.ok) {
      t.fail(`${name}: was taken`);
      continue;
    }
    const { code, details, message } = checked.refusal.toFailure();
    t.same([code, checked.re, details?.path], ['VALIDATION', re, path], `${name}: code, re and path`);
    t.match(details?.rule, rule, `${name}: rule`);
    t.ok(message.includes(String(details?.rule)), `${name}: the message says the rule`);
  }
});

t.test('a type that does not exist is UNKNOWN_TYPE, names of object properties included', async (t) => {
  for (const type of ['message.sent', 'constructor', '__proto__', 'toString', '']) {
    const checked = checkRequest({ id: 3, type });
    t.notOk(checked.ok);
    if (checked.ok) continue;
    t.same([checked.re, checked.refusal.code], [3, 'UNKNOWN_TYPE'], `type ${JSON.stringify(type)}`);
    t.same(checked.refusal.details, { path: 'type', rule: 'is not a type of request' });
  }
});

// Judged by the type checker: a command without a result, or a result without a command, does not compile.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const everyCommandHasAResult: Same<Exclude<CommandType, 'hello'>, keyof Results> = true;
const helloIsWelcomed: OkOf<'hello'>['type'] = 'welcome';
const pingTellsTheCursor: OkOf<'ping'> = { type: 'ok', cursor: 'c' };

t.test('every command has its answer', async (t) => {
  t.ok(everyCommandHasAResult);
  t.equal(helloIsWelcomed, 'welcome');
  t.equal(pingTellsTheCursor.cursor, 'c');
});
