/** Document 002's store: users, the conversations of pairs and their messages, as CSV and as pg_dump writes them. */
import t, { type Test } from 'tap';
import type { TestApp } from '../../helper.ts';
import { history, importing } from './bring-in.ts';

const users = '\uFEFFid,name,email\r\n1,Una,una@example.com\r\n2,"Ulf ""the"" Dane",ulf@example.com\r\n3,Eve,\r\n';
const conversations = 'id,user1_id,user2_id,created_at\r\n7,1,2,2025-02-01 08:00:00\r\n8,1,1,2025-02-01 08:00:00\r\n';
const rows: (string | number)[][] = [
  [103, 7, 2, 1, 'three', '', 't', '2025-02-01 09:10:00+00', 'f', '2025-02-01 09:00:02+00'],
  [101, 7, 1, 2, 'one', '', 't', '2025-02-01 09:05:00+00', 'f', '2025-02-01 09:00:00+00'],
  [102, 7, 1, 2, '"two, in\r\ntwo lines"', '', 't', '2025-02-01 09:05:00+00', 'f', '2025-02-01 09:00:01+00'],
  [104, 7, 2, 1, 'four', 'https://x.example/a.pdf', 'f', '', 'f', '2025-02-01 09:00:03+00'],
  [105, 7, 2, 1, 'five', '', 'f', '', 't', '2025-02-01 09:00:04+00'],
  [106, 7, 1, 2, 'six', '', 'f', '', 'f', '2025-02-01 09:00:05+00'],
  [107, 7, 1, 2, 'seven', '', 'f', '', 'f', '2025-02-01 09:00:05+00'],
  [108, 7, 3, 2, 'not mine', '', 'f', '', 'f', '2025-02-01 09:00:06+00'],
];
const header = 'id,conversation_id,sender_id,receiver_id,content,attachment_url,is_read,read_at,is_deleted,created_at';
const csv = `${header}\r\n${rows.map((row) => row.join(',')).join('\r\n')}\r\n`;

async function isAsItWas(t: Test, app: TestApp): Promise<void> {
  const [una, ulf] = [await app.hostUser('1'), await app.hostUser('2')];
  t.equal(ulf.user.name, 'Ulf "the" Dane');
  const [pair] = (await una.request('GET', 'conversations?kind=direct')).body.items;
  t.match(pair, { kind: 'direct', seq: 7, last: { seq: 7, text: 'seven' }, my: { unread: 1 } });
  const all = await history(t, ulf, pair.id);
  t.same(
    all.map(({ content }) => content),
    ['one', 'two, in\ntwo lines', 'three', 'four', null, 'six', 'seven'],
    'by time, of one time by the file',
  );
  t.match(all[3], { kind: 'file', attachments: [{ url: 'https://x.example/a.pdf', name: 'a.pdf' }] });
  t.type(all[4].deletedAt, 'string');
  t.equal((await una.request('GET', 'unread')).body.total, 1, 'four; five is gone');
  t.equal((await ulf.request('GET', 'unread')).body.total, 2, 'six and seven');
  const { reads } = (await una.request('GET', `conversations/${pair.id}/messages`)).body;
  const readAt = (who: string, seq: number) =>
    reads
      .filter((read: { userId: string; seq: number }) => read.userId === who && read.seq >= seq)
      .sort((a: { seq: number }, b: { seq: number }) => a.seq - b.seq)[0]?.at;
  t.equal(readAt(ulf.user.id, 1), '2025-02-01T09:05:00.000Z');
  t.equal(readAt(ulf.user.id, 2), '2025-02-01T09:05:00.000Z');
  t.equal(readAt(una.user.id, 3), '2025-02-01T09:10:00.000Z');
  t.equal(readAt(una.user.id, 4), undefined, 'what was not read was not read');
  const read = await ulf.request('POST', `conversations/${pair.id}/read`, { seq: 6 });
  t.match(read, { status: 200, body: { unread: 1 } });
  const again = await una.request('POST', 'messages', { to: { userExternalId: '2' }, message: { content: 'eight' } });
  t.match(again.body, { conversationId: pair.id, seq: 8 });
  t.equal((await ulf.request('GET', 'unread')).body.total, 2);
  await ulf.request('POST', `conversations/${pair.id}/read`, { seq: 8 });
  t.equal((await ulf.request('GET', 'unread')).body.total, 0);
}

t.test('CSV: order, authors, what was read and when, what was deleted', async (t) => {
  const source = importing(t);
  const files = { 'messages.csv': csv, 'users.csv': users, 'conversations.csv': conversations };
  const told = await source.run('002', files);
  t.match(told, { code: 7, users: 3, conversations: 1, messages: 7, skipped: 2 });
  t.match(
    told.reasons.map(({ reason, places }) => [reason, places]),
    [
      ['the conversation is not one of two people', ['conversations.csv:3']],
      ['its author is not one of the two', ['messages.csv:10']],
    ],
    'the line is that of the file, in which a message has two',
  );
  await isAsItWas(t, await source.serve({ direct: 'everybody' }));
});

const escaped = (value: string | number): string => {
  const text = String(value).replace(/^"|"$/g, '');
  return text === '' ? '\\N' : text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
};
const copied = rows.map((row) => row.map(escaped).join('\t')).join('\n');
const dump = `--
-- PostgreSQL database dump
--
\\restrict abc
SET statement_timeout = 0;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.updated_at = now(); RETURN NEW; END; $$;
CREATE TABLE public.users (id integer NOT NULL, name character varying(100) DEFAULT 'a,b'::character varying, email text);
COPY public.users (id, name, email) FROM stdin;
1\tUna\tuna@example.com
2\tUlf "the" Dane\tulf@example.com
3\tEve\t\\N
\\.

INSERT INTO public.conversations VALUES (7, 1, 2, '2025-02-01 08:00:00'), (8, 1, 1, now());
CREATE TABLE public.conversations (id integer, user1_id integer, user2_id integer, created_at timestamp);
INSERT INTO public.conversations VALUES
  (7, 1, 2, '2025-02-01 08:00:00'::timestamp without time zone);
COPY public.messages (${header}) FROM stdin;
${copied}
\\.
SELECT pg_catalog.setval('public.users_id_seq', 3, true);
`;

t.test('a dump of PostgreSQL says the same', async (t) => {
  const source = importing(t);
  const told = await source.run('002', { 'chat.sql': dump });
  t.match(told, { users: 3, conversations: 1, messages: 7, skipped: 2 });
  t.match(told.reasons[0], { reason: 'a value is missing', places: ['chat.sql:15'] });
  await isAsItWas(t, await source.serve({ direct: 'everybody' }));
});

t.test('without conversations, the pair of sender and receiver is one', async (t) => {
  const source = importing(t);
  const bare = 'id;from_user_id;to_id;text;sent_at\n1;una;ulf;hi;1738400000\n2;ulf;una;hello;1738400001000\n';
  t.match(await source.run('002', { 'chat.csv': bare }, '--table', 'chat=messages'), {
    code: 0,
    users: 2,
    conversations: 1,
    messages: 2,
  });
  const app = await source.serve({ direct: 'everybody' });
  const una = await app.hostUser('una');
  const [pair] = (await una.request('GET', 'conversations?kind=direct')).body.items;
  t.match(await history(t, una, pair.id), [
    { content: 'hi', createdAt: '2025-02-01T08:53:20.000Z' },
    { content: 'hello', createdAt: '2025-02-01T08:53:21.000Z' },
  ]);
});
