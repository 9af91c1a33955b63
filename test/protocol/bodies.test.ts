import t from 'tap';
import type { TSchema } from 'typebox';
import { ApiKeyBody } from '../../src/protocol/http-api-keys.ts';
import { LinkBody, LoginBody, RefreshBody, TokenBody } from '../../src/protocol/http-auth.ts';
import { ConversationBody, ConversationPatch, MarkBody, TypingBody } from '../../src/protocol/http-conversations.ts';
import { EditBody, SendBody, SendToBody } from '../../src/protocol/http-messages.ts';
import { ParticipantBody } from '../../src/protocol/http-participants.ts';
import { PresenceBody } from '../../src/protocol/http-presence.ts';
import { MePatch, UserBody } from '../../src/protocol/http-users.ts';
import { VisitorBody } from '../../src/protocol/http-visitors.ts';
import { compileCheck } from '../../src/protocol/validate.ts';
import { ID, OTHER_ID, TIME } from './samples.ts';

const hmac = 'aB'.repeat(32);
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`field ${n}`, 'x']));

const good: [TSchema, unknown][] = [
  [VisitorBody, {}],
  [VisitorBody, { name: 'Ann', email: 'ann@example.org', fields: { plan: 'free' }, context: { page: '/' } }],
  [VisitorBody, { fields: { note: 'two\nlines' } }],
  [VisitorBody, { fields: fields(50) }],
  [VisitorBody, { identity: { externalId: 'u-1', exp: 1_769_860_800, hmac } }],
  [VisitorBody, { identity: { token: 'a.b.c' } }],
  [LoginBody, { email: 'admin@example.org', password: 'x', cookie: true }],
  [LoginBody, { email: '', password: '' }],
  [RefreshBody, {}],
  [RefreshBody, { refreshToken: 'r' }],
  [LinkBody, { link: 'l' }],
  [LinkBody, { link: 'l', password: 'long enough', name: 'Ada' }],
  [TokenBody, { externalId: 'u-1', name: 'Ann', email: 'a@b', title: 'doctor', expiresIn: 3600 }],
  [MePatch, { name: 'Ann', fields: {} }],
  [MePatch, { password: 'long enough', currentPassword: 'old' }],
  [UserBody, { email: 'bob@example.org', role: 'agent', password: 'long enough', disabled: false }],
  [ConversationBody, { kind: 'support' }],
  [ConversationBody, { kind: 'support', id: ID, subject: 'Help', customerId: ID, queue: 'peer', assigneeId: OTHER_ID }],
  [ConversationBody, { kind: 'direct', userId: ID }],
  [ConversationBody, { kind: 'direct', userExternalId: 'u-2' }],
  [ConversationBody, { kind: 'room' }],
  [ConversationBody, { kind: 'room', externalId: 'call-1', participants: [{ externalId: 'u-1', moderator: true }] }],
  [ConversationPatch, {}],
  [ConversationPatch, { status: 'closed', ifSeq: 0, assigneeId: null, subject: null, snoozedUntil: null, tags: [] }],
  [ConversationPatch, { snoozedUntil: TIME }],
  [ConversationPatch, { snoozedUntil: '2028-02-29T23:59:59Z' }],
  [MarkBody, { seq: 1 }],
  [TypingBody, { on: false }],
  [SendBody, { content: 'Hi', ifSeq: 3 }],
  [SendBody, { id: ID, attachments: [ID] }],
  [SendToBody, { to: 'support', message: { content: 'Hi' } }],
  [EditBody, { content: '' }],
  [ParticipantBody, { userId: ID, title: 'doctor' }],
  [ParticipantBody, { externalId: 'u-1', name: 'Ann' }],
  [PresenceBody, { state: 'online', context: {} }],
  [ApiKeyBody, { name: 'CRM', scopes: ['*'] }],
  [ApiKeyBody, { name: 'CRM', scopes: ['conversations:all', 'messages:write'], expiresAt: TIME }],
];

t.test('good bodies are taken as they are', async (t) => {
  for (const [schema, body] of good) {
    t.same(compileCheck(schema)(body), { ok: true, value: structuredClone(body) }, JSON.stringify(body).slice(0, 90));
  }
});

const bad: [TSchema, unknown, path: string, rule: RegExp][] = [
  [VisitorBody, null, '', /must be an object/],
  [VisitorBody, { identity: {} }, 'identity', /must be an object with externalId, exp, hmac or an object with token/],
  [VisitorBody, { identity: { externalId: 'u', exp: 1, hmac: 'abc' } }, 'identity.hmac', /HMAC-SHA256/],
  [VisitorBody, { identity: { externalId: 'u', exp: '1', hmac } }, 'identity.exp', /whole number/],
  [VisitorBody, { identity: { externalId: 'u\0', exp: 1, hmac } }, 'identity.externalId', /control characters/],
  [VisitorBody, { identity: { token: 't' }, role: 'admin' }, 'role', /is not known here/],
  [VisitorBody, { name: '' }, 'name', /1 to 200 characters/],
  [VisitorBody, { name: 'a\nb' }, 'name', /1 to 200 characters/],
  [VisitorBody, { name: 'a', id: ID }, 'id', /is not known here/],
  [VisitorBody, { email: 'nobody' }, 'email', /an e-mail address/],
  [VisitorBody, { email: 'a@b\r\nBcc: c@d' }, 'email', /an e-mail address/],
  [VisitorBody, { fields: { plan: 5 } }, 'fields.plan', /must be text/],
  [VisitorBody, { fields: { plan: 'x'.repeat(1001) } }, 'fields.plan', /at most 1000/],
  [VisitorBody, { fields: fields(51) }, 'fields', /must hold at most 50/],
  [VisitorBody, { fields: { ['x'.repeat(201)]: 'x' } }, `fields.${'x'.repeat(60)}…`, /is not known here/],
  [LoginBody, { email: ['a'], password: 'x' }, 'email', /must be text/],
  [LoginBody, { email: 'a' }, 'password', /is required/],
  [LoginBody, { email: 'a', password: 'x'.repeat(201) }, 'password', /at most 200/],
  [LinkBody, { link: 'l', password: 'short' }, 'password', /at least 8 characters/],
  [TokenBody, { externalId: '' }, 'externalId', /1 to 200/],
  [TokenBody, { externalId: 'u', expiresIn: 400 * 86_400 + 1 }, 'expiresIn', /at most 34560000/],
  [TokenBody, { externalId: 'u', role: 'admin' }, 'role', /is not known here/],
  [MePatch, { role: 'admin' }, 'role', /is not known here/],
  [MePatch, { password: 'long enough' }, 'currentPassword', /is required beside password/],
  [UserBody, { role: 'bot' }, 'role', /must be one of "user", "peer", "agent", "admin"/],
  [ConversationBody, { kind: 'direct', userId: ID, userExternalId: 'u' }, 'userId', /one of the two/],
  [ConversationBody, { kind: 'room', customerId: ID }, 'customerId', /is not known here/],
  [ConversationBody, { kind: 'room', participants: [{}] }, 'participants.0.userId', /or externalId is required/],
  [ConversationBody, { kind: 'room', maxLength: 0 }, 'maxLength', /at least 1/],
  [ConversationBody, { kind: 'support', subject: 'x'.repeat(201) }, 'subject', /1 to 200/],
  [ConversationPatch, { status: 'snoozed' }, 'status', /one of "open", "closed"/],
  [ConversationPatch, { assigneeId: 'me' }, 'assigneeId', /must be a UUID/],
  [ConversationPatch, { tags: ['a', 'a'] }, 'tags', /must be different ones/],
  [ConversationPatch, { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'tags', /at most 20/],
  [ConversationPatch, { tags: ['x'.repeat(51)] }, 'tags.0', /1 to 50/],
  [ConversationPatch, { snoozedUntil: 'tomorrow' }, 'snoozedUntil', /a time in ISO 8601/],
  [ConversationPatch, { snoozedUntil: '2026-02-30T00:00:00Z' }, 'snoozedUntil', /a time that exists/],
  [ConversationPatch, { snoozedUntil: '2026-02-01T24:00:00Z' }, 'snoozedUntil', /a time that exists/],
  [ConversationPatch, { snoozedUntil: '2026-02-01T00:00:00+02:00' }, 'snoozedUntil', /a time in ISO 8601/],
  [ConversationPatch, { seq: 5 }, 'seq', /is not known here/],
  [MarkBody, { seq: '1' }, 'seq', /whole number/],
  [TypingBody, { on: 'true' }, 'on', /true or false/],
  [SendBody, { content: 'Hi', conversationId: ID }, 'conversationId', /is not known here/],
  [SendBody, { ifSeq: 1 }, 'content', /is required where there is no attachment/],
  [SendToBody, { to: 'support', message: { content: 'Hi' }, ifSeq: 1 }, 'ifSeq', /is not known here/],
  [SendToBody, { message: { content: 'Hi' } }, 'to', /is required/],
  [ParticipantBody, { name: 'Ann' }, 'userId', /or externalId is required/],
  [PresenceBody, { state: 'offline' }, 'state', /one of "online", "away"/],
  [ApiKeyBody, { name: 'CRM', scopes: [] }, 'scopes', /at least 1/],
  [ApiKeyBody, { name: 'CRM', scopes: ['All'] }, 'scopes.0', /a scope such as/],
];

t.test('bad bodies are refused by naming the field and the rule', async (t) => {
  for (const [schema, body, path, rule] of bad) {
    const checked = compileCheck(schema)(body);
    t.match(checked, { ok: false, path, rule }, `${path}: ${rule}`);
  }
});
