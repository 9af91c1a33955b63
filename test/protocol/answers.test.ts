import t from 'tap';
import type { TSchema } from 'typebox';
import { Failure, StreamWelcome, Welcome } from '../../src/protocol/answers.ts';
import { ApiKey } from '../../src/protocol/api-key.ts';
import { Changes, History, Page, Sync } from '../../src/protocol/catching-up.ts';
import { Conversation } from '../../src/protocol/conversation.ts';
import { Event } from '../../src/protocol/events.ts';
import { HttpFailure } from '../../src/protocol/http-failure.ts';
import { Message } from '../../src/protocol/message.ts';
import { Me, Person, User } from '../../src/protocol/person.ts';
import { ref } from '../../src/protocol/schema.ts';
import { conforms } from './conforms.ts';
import { ann, conversation, ID, me, message, OTHER_ID, participant, TIME } from './samples.ts';

const sync = {
  epoch: 'e',
  reset: false,
  more: false,
  rev: 2,
  conversation,
  participants: [participant],
  messages: [message],
  reads: [{ userId: ID, seq: 1, at: TIME }],
};
const changes = { epoch: 'e', reset: false, more: false, cursor: 'c', conversations: [conversation], removed: [ID] };
const stream = {
  type: 'welcome',
  version: '1.0.0',
  user: me,
  heartbeatMs: 25_000,
  limits: { maxLength: 1000, maxFrame: 1, maxFile: 1, maxFiles: 10, fileTypes: ['image/png'], editWindowMs: 1 },
  ticket: { value: 't', expiresAt: TIME },
  ...changes,
};
const system = (told: object) => ({ ...message, kind: 'system', author: null, content: '', system: told });
const on = { conversationId: ID };

const good: [TSchema, unknown][] = [
  [Person, ann],
  [Person, { ...ann, name: null, title: 'doctor', avatar: '/v1/attachments/x' }],
  [Me, me],
  [User, { ...me, createdAt: TIME, lastSeenAt: null, blockedAt: null, disabledAt: TIME }],
  [Message, message],
  [Message, { ...message, author: null, content: null, deletedAt: TIME }],
  [Message, { ...message, ai: true, state: 'streaming', quickReplies: ['Yes'], afterSeq: 0 }],
  [Message, { ...message, kind: 'file', attachments: [{ id: ID, name: 'a.png', type: 'image/png', size: 5 }] }],
  [Message, system({ code: 'joined', user: ann })],
  [Message, system({ code: 'assigned', by: null, to: ann })],
  [Message, system({ code: 'reopened', by: ann })],
  [Message, system({ code: 'tags', by: ann, added: ['a'], removed: [] })],
  [Message, system({ code: 'snoozed', by: null, until: null })],
  [Message, system({ code: 'notice' })],
  [Conversation, conversation],
  [Conversation, { ...conversation, last: null, waiting: null, my: { readSeq: 0, unread: 1 }, participantCount: 2 }],
  [Sync, sync],
  [Changes, changes],
  [History, { epoch: 'e', rev: 2, items: [message] }],
  [Page(ref(Conversation)), { items: [conversation], next: null }],
  [Welcome, { ...stream, synced: { [OTHER_ID]: sync } }],
  [StreamWelcome, stream],
  [Failure, { code: 'NEWER_MESSAGES', message: 'There are newer ones.', details: { seq: 5 } }],
  [HttpFailure, { statusCode: 429, error: 'Too Many Requests', code: 'RATE_LIMITED', message: 'Wait.', retryMs: 5 }],
  [ApiKey, { id: ID, name: 'CRM', scopes: ['*'], createdAt: TIME, lastUsedAt: null, expiresAt: null, key: 'k' }],
  [Event, { type: 'message.created', ...on, rev: 2, message }],
  [Event, { type: 'message.updated', ...on, parentId: OTHER_ID, rev: 2, message, conversation }],
  [Event, { type: 'participant.updated', ...on, rev: 2, participant }],
  [Event, { type: 'conversation.created', ...on, rev: 2, conversation }],
  [Event, { type: 'conversation.updated', ...on, rev: 2, conversation, reset: true }],
  [Event, { type: 'conversation.removed', ...on }],
  [Event, { type: 'participant.read', ...on, userId: 'team', readSeq: 1, readAt: null, deliveredSeq: 1, unread: 0 }],
  [Event, { type: 'me.updated', user: me }],
  [Event, { type: 'message.delta', ...on, messageId: ID, offset: 0, text: 'Hel' }],
  [Event, { type: 'typing', ...on, user: ann, on: true, text: 'H' }],
  [Event, { type: 'viewer', ...on, users: [ann] }],
  [Event, { type: 'presence', users: [{ id: 'team', state: 'online', lastSeenAt: null }] }],
  [Event, { type: 'inbox.counts', queue: 1, mine: 0, open: 2, snoozed: 0 }],
  [Event, { type: 'bye', code: 4100, retryMs: 1000 }],
];

t.test('answers and events have their shapes', async (t) => {
  for (const [schema, value] of good) t.equal(conforms(schema, value), null, JSON.stringify(value).slice(0, 90));
});

const bad: [name: string, TSchema, unknown][] = [
  ['an e-mail address in a person', Person, { ...ann, email: 'ann@example.org' }],
  ['an e-mail address of an author', Message, { ...message, author: me }],
  [
    'an e-mail address of a participant',
    Conversation,
    { ...conversation, participants: [{ ...participant, user: me }] },
  ],
  ['a password', User, { ...me, createdAt: TIME, lastSeenAt: null, blockedAt: null, disabledAt: null, password: 'x' }],
  ['a row id', Message, { ...message, rowId: 5 }],
  ['a message without rev', Message, { ...message, rev: undefined }],
  ['a seq of 0', Message, { ...message, seq: 0 }],
  ['a rev beyond 2^53', Conversation, { ...conversation, rev: 2 ** 53 }],
  ['a code that is not in the table', Failure, { code: 'OOPS', message: 'Oops' }],
  ['a durable event without rev', Event, { type: 'message.created', ...on, message }],
  ['an event of another type', Event, { type: 'message.sent', ...on, rev: 2, message }],
  [
    'a leak two levels down',
    Sync,
    { ...sync, conversation: { ...conversation, last: { ...conversation.last, ip: '' } } },
  ],
  ['synced in a stream', StreamWelcome, { ...stream, synced: {} }],
];

t.test('an answer that says too much, too little or nonsense does not conform', async (t) => {
  for (const [name, schema, value] of bad) t.type(conforms(schema, value), 'string', name);
});
