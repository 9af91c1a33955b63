/** Document 000's store: sessions with an automated agent or a volunteer, as mongoexport writes them. */
import t from 'tap';
import type { Body } from '../../helper.ts';
import { history, importing, jsonLines } from './bring-in.ts';

const oid = (number: number) => ({ $oid: number.toString(16).padStart(24, '0') });
const date = (text: string) => ({ $date: text });

const sessions = jsonLines([
  { _id: oid(1), sessionId: 's-1', userId: 'una', type: 'agent', createdAt: date('2025-03-01T10:00:00Z') },
  {
    _id: oid(2),
    sessionId: 'peer-1741-x',
    userId: 'una',
    type: 'peer',
    peerId: 'pat',
    status: 'closed',
    createdAt: date('2025-03-02T10:00:00Z'),
    endedAt: { $date: { $numberLong: String(Date.parse('2025-03-03T10:00:00Z')) } },
  },
  { _id: oid(3), sessionId: 's-3', userId: 'ulf', type: 'peer', createdAt: date('2025-03-04T10:00:00Z') },
]);
const messages = jsonLines([
  {
    _id: oid(11),
    sessionId: 's-1',
    userId: 'una',
    from: 'agent',
    content: 'By going to bed.',
    timestamp: date('2025-03-01T10:00:05Z'),
  },
  {
    _id: oid(10),
    sessionId: 's-1',
    userId: 'una',
    from: 'user',
    content: 'How do I sleep?',
    timestamp: date('2025-03-01T10:00:01Z'),
  },
  {
    _id: oid(12),
    sessionId: 'peer-1741-x',
    userId: 'una',
    from: 'user',
    content: 'Are you there?',
    timestamp: 1740910000000,
  },
  {
    _id: oid(13),
    sessionId: 'peer-1741-x',
    userId: 'una',
    from: 'peer',
    content: 'I am.',
    timestamp: { $numberLong: '1740910001000' },
  },
  {
    _id: oid(14),
    sessionId: oid(3),
    userId: 'ulf',
    from: 'user',
    content: 'Anybody?',
    createdAt: date('2025-03-04T10:00:01Z'),
  },
  {
    _id: oid(15),
    sessionId: 'nowhere',
    userId: 'ulf',
    from: 'user',
    content: 'Lost',
    createdAt: date('2025-03-04T10:00:01Z'),
  },
]);
const users = jsonLines([{ _id: 'pat', name: 'Pat', role: 'peer', email: 'Pat@example.com' }]);

t.test('sessions become support conversations of their queue, with their authors, order and times', async (t) => {
  const source = importing(t);
  const files = { 'chatsessions.jsonl': sessions, 'chatmessages.jsonl': messages, 'users.jsonl': users };
  const told = await source.run('000', files);
  t.match(told, { code: 7, conversations: 3, messages: 5, already: 0, skipped: 1 });
  t.match(told.reasons, [{ reason: /conversation is not among/, count: 1, places: ['chatmessages.jsonl:6'] }]);

  const app = await source.serve();
  const una = await app.hostUser('una');
  const admin = await app.admin();
  const mine = (await una.request('GET', 'conversations?queue=agent')).body.items;
  t.equal(mine.length, 1, 'the host’s own user has their talks');
  t.match(mine[0], { status: 'open', last: { text: 'By going to bed.', at: '2025-03-01T10:00:05.000Z' } });
  t.same(mine[0].my, { readSeq: 2, unread: 0 }, 'a store without marks: all was read');
  const talk = await history(t, una, mine[0].id);
  t.same(
    talk.map(({ content, ai, author, createdAt }) => [content, ai, author.role, createdAt]),
    [
      ['How do I sleep?', false, 'user', '2025-03-01T10:00:01.000Z'],
      ['By going to bed.', true, 'bot', '2025-03-01T10:00:05.000Z'],
    ],
    'by their times, not by the file',
  );
  const [peers] = (await una.request('GET', 'conversations?queue=peer')).body.items;
  t.match(peers, { status: 'closed', closedAt: '2025-03-03T10:00:00.000Z', assignee: { name: 'Pat', role: 'peer' } });
  t.same(
    (await history(t, una, peers.id)).map(({ author }) => [author.role, author.name]),
    [
      ['user', null],
      ['peer', 'Pat'],
    ],
    'what is stamped with the owner’s id is the peer’s all the same',
  );
  const waiting = (await admin.request('GET', 'conversations?assignee=none&queue=peer')).body.items;
  t.match(waiting, [{ last: { text: 'Anybody?' }, waiting: Number }], 'named by its ObjectId; it waits for a peer');
  const found = (await admin.request('GET', 'search?q=bed')).body.items;
  t.match(found, [{ message: { content: 'By going to bed.' } }]);

  const line = await una.connect();
  const sent = await line.call({ type: 'message.send', to: 'support', message: { content: 'Thanks' } });
  t.match(sent.message, { conversationId: mine[0].id, seq: 3, rev: 4 }, 'it goes on as if it had always been here');
});

t.test('brought in again it adds nothing; what is new is added', async (t) => {
  const source = importing(t);
  const files = { 'chatsessions.jsonl': sessions, 'chatmessages.jsonl': messages };
  await source.run('000', files);
  t.match(await source.run('000', files), { users: 0, conversations: 0, messages: 0, already: 5 });
  const later = jsonLines([
    { _id: oid(20), sessionId: 's-1', from: 'user', content: 'And then?', timestamp: date('2025-03-01T11:00:00Z') },
  ]);
  const told = await source.run('000', { 'chatmessages.jsonl': messages + later }, '--close-before', '2025-03-05');
  t.match(told, { conversations: 0, messages: 1 }, 'without the sessions, which are here');
  const app = await source.serve();
  const una = await app.hostUser('una');
  const [talk] = (await una.request('GET', 'conversations?queue=agent')).body.items;
  t.same(
    (await history(t, una, talk.id)).map(({ content }: Body) => content),
    ['How do I sleep?', 'By going to bed.', 'And then?'],
  );
});
