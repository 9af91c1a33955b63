/** The stores of the documents 003 and 004: visitors with a session, and users with admins, as dumps of SQL. */
import t from 'tap';
import type { Body } from '../../helper.ts';
import { history, importing } from './bring-in.ts';

const visitors = `PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "ChatSession" ("id" TEXT NOT NULL PRIMARY KEY, "sessionId" TEXT, "ip" TEXT, "userAgent" TEXT, "createdAt" DATETIME, CONSTRAINT x UNIQUE (sessionId));
INSERT INTO ChatSession VALUES('c1','sess-1','203.0.113.7','Firefox',1740000000000);
INSERT INTO ChatSession VALUES('c2','sess-2',NULL,NULL,1740000100000);
CREATE TABLE "ChatMessage" (id INTEGER PRIMARY KEY, "sessionId" TEXT, content TEXT, sender TEXT, "isAI" BOOLEAN, "createdAt" DATETIME);
INSERT INTO ChatMessage VALUES(1,'sess-1','Is it in stock?','visitor',0,1740000001000);
INSERT INTO ChatMessage VALUES(2,'sess-1','I am a machine','admin',1,1740000002000);
INSERT INTO ChatMessage VALUES(3,'sess-1',replace('It is;\\nI looked','\\n',char(10)),'admin',0,1740000003000);
INSERT INTO ChatMessage VALUES(4,'c2',unistr('caf\\u00e9?'),'visitor',0,'2025-02-19T21:21:41.000Z');
INSERT INTO ChatMessage VALUES(5,'sess-1','','visitor',0,1740000004000);
COMMIT;
`;

t.test('sessions of visitors become support conversations of people whom nobody has named', async (t) => {
  const source = importing(t);
  const told = await source.run('003', { 'dev.sql': visitors }, '--close-before', '2025-02-19T21:21:00Z');
  t.match(told, { code: 7, conversations: 2, messages: 4, skipped: 1 });
  t.match(told.reasons, [{ reason: 'the message says nothing', places: ['dev.sql:11'] }]);
  const app = await source.serve();
  const admin = await app.admin();
  const { items } = (await admin.request('GET', 'conversations?kind=support')).body;
  t.same(
    items.map(({ status, waiting }: Body) => [status, waiting !== null]),
    [
      ['open', true],
      ['closed', false],
    ],
    'newest first; the old one is closed',
  );
  const [open, closed] = items;
  const about = (await admin.request('GET', `conversations/${closed.id}`)).body;
  t.match(about, { team: { ip: '203.0.113.7', userAgent: 'Firefox' }, my: { unread: 0 } });
  t.match(about.participants, [{ user: { name: null, role: 'user' } }]);
  t.same(
    (await history(t, admin, closed.id)).map(({ content, ai, author }) => [content, ai, author.role, author.name]),
    [
      ['Is it in stock?', false, 'user', null],
      ['I am a machine', true, 'bot', 'Assistant'],
      ['It is;\nI looked', false, 'agent', 'Team'],
    ],
  );
  t.match(await history(t, admin, open.id), [{ content: 'café?' }], 'named by its row');
  t.equal((await admin.request('POST', `conversations/${open.id}/claim`)).status, 200);
  const list = (await admin.request('GET', 'users?role=agent')).body.items;
  t.match(list, [{ name: 'Team', disabledAt: String }], 'nobody comes in as who only stands for the team');
});

const admins = {
  'User.csv':
    'id,email,name,role\n1,root@example.com,Rita,ADMIN\n2,una@example.com,Una,USER\n3,ulf@example.com,Ulf,USER\n',
  'Conversation.csv':
    'id,userId,adminId,status,createdAt\n10,2,1,ACTIVE,2025-05-01T10:00:00Z\n11,2,,CLOSED,2025-04-01T10:00:00Z\n12,3,,ACTIVE,2025-05-02T10:00:00Z\n',
  'Message.csv': [
    'id,conversationId,senderId,senderRole,content,isRead,createdAt',
    '1,10,2,USER,My order?,true,2025-05-01T10:00:01Z',
    '2,10,1,ADMIN,On its way,true,2025-05-01T10:00:02Z',
    '3,10,1,ADMIN,It is there,false,2025-05-01T10:00:03Z',
    '4,11,2,USER,Old,true,2025-04-01T10:00:01Z',
    '5,12,3,USER,Hello,false,2025-05-02T10:00:01Z',
    '6,12,3,USER,Hello?,false,2025-05-02T10:00:02Z',
    '',
  ].join('\n'),
};

t.test('users and admins: status, who is in charge, and both sides’ unread', async (t) => {
  const source = importing(t);
  const told = await source.run('004', admins);
  t.match(told, { code: 0, users: 3, conversations: 3, messages: 6, skipped: 0 });
  const app = await source.serve();
  const [admin, una] = [await app.admin(), await app.hostUser('2')];
  const { items } = (await admin.request('GET', 'conversations?kind=support')).body;
  t.same(
    items.map(({ status, assignee, my, waiting }: Body) => [
      status,
      assignee?.name ?? null,
      my.unread,
      waiting !== null,
    ]),
    [
      ['open', null, 2, true],
      ['open', 'Rita', 0, false],
      ['closed', null, 0, false],
    ],
  );
  t.match(items[1].assignee, { role: 'agent' }, 'nobody becomes an admin by a file');
  t.equal((await una.request('GET', 'unread')).body.total, 1);
  const sent = await una.request('POST', 'messages', { to: 'support', message: { content: 'Thank you' } });
  t.equal(sent.body.conversationId, items[1].id, 'to support means the open one');
  const rita = (await admin.request('GET', 'users?role=agent')).body.items[0];
  t.match(rita, { email: 'root@example.com', disabledAt: null });
  const report = (await admin.request('GET', 'reports?from=2025-04-01T00:00:00.000Z&to=2025-06-01T00:00:00.000Z'))
    .status;
  t.equal(report, 200);
});
