/** What the light client takes in by itself, and what it leaves to the full one. */
import t from 'tap';
import type { Sync } from '../../../src/protocol/catching-up.ts';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import type { DurableEvent } from '../../../src/protocol/events.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Role } from '../../../src/protocol/person.ts';
import { type Held, takeMark, takeNewest, takeNext } from '../../../src/web/widget/light/held.ts';
import { me } from '../sdk/model-server.ts';

const id = 'c';
const conversation = (fields: Partial<Conversation> = {}) =>
  ({ id, kind: 'support', seq: 2, rev: 3, status: 'open', activity: 1, participants: [], ...fields }) as Conversation;

const message = (seq: number, role: Role = 'agent', fields: Partial<Message> = {}) =>
  ({
    id: `m${seq}`,
    conversationId: id,
    seq,
    rev: seq + 1,
    kind: 'text',
    author: { id: role === 'user' ? me.id : 'jonas', name: '', role },
    content: `Number ${seq}`,
    createdAt: '2026-05-04T09:00:00.000Z',
    deletedAt: null,
    ...fields,
  }) as Message;

const created = (seq: number, role?: Role) =>
  ({
    type: 'message.created',
    conversationId: id,
    rev: seq + 1,
    message: message(seq, role),
  }) as DurableEvent;

/** A conversation of two messages, the newer unread. */
function begun(): Held {
  const my = { readSeq: 1, unread: 1 };
  return {
    me,
    conversations: new Map([[id, conversation({ my })]]),
    threads: new Map([[id, [message(1, 'user'), message(2)]]]),
  };
}
const texts = ({ threads }: Held) => threads.get(id)?.map(({ content }) => content);

t.test('the next message is taken, with what it tells of its conversation', async (t) => {
  const held = begun();
  t.ok(takeNext(held, created(3)));
  t.same(texts(held), ['Number 1', 'Number 2', 'Number 3']);
  t.match(held.conversations.get(id), {
    rev: 4,
    seq: 3,
    teamReadSeq: 3,
    my: { readSeq: 1, unread: 2 },
    last: { seq: 3 },
  });
});

t.test('one that was taken already changes nothing', async (t) => {
  const held = begun();
  t.ok(takeNext(held, created(2)));
  t.same(texts(held), ['Number 1', 'Number 2']);
  t.equal(held.conversations.get(id)?.my?.unread, 1);
});

const left: [string, DurableEvent][] = [
  ['after a gap', created(4)],
  ['of a conversation that is not known', { ...created(3), conversationId: 'another' }],
  [
    'that says that all is to be read anew',
    { type: 'conversation.updated', conversationId: id, rev: 4, conversation: conversation({ rev: 4 }), reset: true },
  ],
  [
    'of a room that one comes into',
    {
      type: 'conversation.created',
      conversationId: 'room',
      rev: 9,
      conversation: conversation({ id: 'room', kind: 'room' }),
    },
  ],
];
for (const [name, event] of left) {
  t.test(`an event ${name} is left to the full client, and nothing is taken of it`, async (t) => {
    const held = begun();
    t.notOk(takeNext(held, event));
    t.same(texts(held), ['Number 1', 'Number 2']);
    t.equal(held.conversations.get(id)?.rev, 3);
  });
}

t.test('a new conversation is empty, and its first message shows', async (t) => {
  const held: Held = { me, conversations: new Map(), threads: new Map() };
  const own = conversation({ seq: 0, rev: 1 });
  t.ok(takeNext(held, { type: 'conversation.created', conversationId: id, rev: 1, conversation: own }));
  t.ok(takeNext(held, created(1, 'user')));
  t.same(texts(held), ['Number 1']);
  t.same(held.conversations.get(id)?.my, { readSeq: 1, unread: 0 });
});

t.test('an edit and a deletion stand where the message stood', async (t) => {
  const held = begun();
  const edited = message(1, 'user', { content: 'Better', rev: 4 });
  t.ok(takeNext(held, { type: 'message.updated', conversationId: id, rev: 4, message: edited }));
  const gone = message(2, 'agent', { content: null, deletedAt: '2026-05-04T09:01:00.000Z', rev: 5 });
  t.ok(takeNext(held, { type: 'message.deleted', conversationId: id, rev: 5, message: gone }));
  t.same(texts(held), ['Better', null]);
  t.equal(held.conversations.get(id)?.my?.unread, 0, 'what is gone is not unread');
});

t.test('marks only rise, and a copy of the conversation takes none back', async (t) => {
  const held = begun();
  const at = '2026-05-04T09:02:00.000Z';
  takeMark(held, { conversationId: id, userId: 'team', readSeq: 2, readAt: at });
  takeMark(held, { conversationId: id, userId: 'team', readSeq: 1, readAt: null });
  takeMark(held, { conversationId: id, userId: me.id, readSeq: 2, readAt: at, unread: 0 });
  const copy = conversation({ rev: 4, teamReadSeq: 1, teamReadAt: null, subject: 'A lamp' });
  t.ok(takeNext(held, { type: 'conversation.updated', conversationId: id, rev: 4, conversation: copy }));
  t.match(held.conversations.get(id), {
    subject: 'A lamp',
    teamReadSeq: 2,
    teamReadAt: at,
    my: { readSeq: 2, unread: 0 },
  });
});

t.test('a newest page is taken, unless events went beyond it', async (t) => {
  const page = (rev: number) =>
    ({
      conversation: conversation({ rev, my: { readSeq: 2, unread: 0 } }),
      messages: [message(2)],
      more: false,
      rev,
    }) as unknown as Sync;
  const held = begun();
  t.notOk(takeNewest(held, page(2)));
  t.same(texts(held), ['Number 1', 'Number 2']);
  t.ok(takeNewest(held, page(4)));
  t.same(texts(held), ['Number 2']);
  t.same(held.conversations.get(id)?.my, { readSeq: 2, unread: 0 }, 'it counted what is yet to be told');
});
