/** What is brought in where people have written already, and beside it the command's own words. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Body } from '../../helper.ts';
import { startApp } from '../../helper.ts';
import { runParley } from '../parley.ts';
import { history, importing } from './bring-in.ts';

t.setTimeout(300_000);

t.test('rooms with who was in them, as files of any name tell it', async (t) => {
  const source = importing(t);
  const write = (name: string, ...lines: string[]) => {
    writeFileSync(join(source.source, name), `${lines.join('\n')}\n`);
    return join(source.source, name);
  };
  const files = [
    `conversations=${write('one', 'room_id,topic,status,created_at,ended_at', 'r1,Knees,ended,2025-01-01,2025-01-02', 'r2,,open,2025-01-03,')}`,
    `participants=${write(
      'two',
      '{"roomId": "r1", "userId": "una", "name": "Una", "role": "doctor", "isHost": true, "joinedAt": "2025-01-01"}',
      '{"roomId": "r1", "userId": "una", "role": "surgeon"}',
      '{"roomId": "r2", "userId": "ulf", "name": "Ulf"}',
      '{"roomId": "r2"}',
    )}`,
    `messages=${write(
      'three',
      'INSERT INTO messages (id, room_id, user_id, is_ai, message_type, content, file_url, is_deleted, created_at) VALUES',
      "(1, 'r1', 'una', NULL, NULL, 'Look', 'https://files.example/%zz.png', NULL, '2025-01-01T10:00:00Z'),",
      "(2, 'r1', NULL, true, NULL, 'I counted two knees', NULL, NULL, '2025-01-01T10:00:01Z'),",
      "(3, 'r1', NULL, NULL, 'system', 'what nobody may read', NULL, true, '2025-01-01T10:00:02Z');",
    )}`,
  ];
  const args = ['import', ...files, '--from', '001', '--data', source.data];
  const first = await runParley(args);
  t.equal(first.code, 7, first.err);
  t.equal(
    first.out,
    [
      'brought in: 3 users, 2 conversations, 3 messages',
      'left out: 1 row',
      '  1 × the participant has no user or no conversation: two:4',
      '',
    ].join('\n'),
  );
  t.match(first.err, /^reading\n(.+\n)*indexing for the search\n$/);
  t.match((await runParley(args)).out, /^brought in: 0 users, 0 conversations, 0 messages\nthere before: 3 messages\n/);

  const app = await source.serve();
  const [una, ulf] = [await app.hostUser('una'), await app.hostUser('ulf')];
  const rooms = (await una.request('GET', 'conversations')).body.items;
  t.match(rooms, [{ externalId: 'r1', subject: 'Knees', status: 'closed', closedAt: '2025-01-02T00:00:00.000Z' }]);
  t.match((await ulf.request('GET', 'conversations')).body.items, [
    { externalId: 'r2', subject: null, status: 'open' },
  ]);
  const { items } = (await una.request('GET', `conversations/${rooms[0].id}/participants`)).body;
  const me = items.find(({ user }: Body) => user.id === una.user.id);
  t.match(
    me,
    { user: { title: 'doctor' }, moderator: true, joinedAt: '2025-01-01T00:00:00.000Z' },
    'what was told first',
  );
  t.match(await history(t, una, rooms[0].id), [
    { content: 'Look', author: { name: 'Una' }, attachments: [{ name: /zz\.png$/ }] },
    { content: 'I counted two knees', ai: true, author: { name: 'Assistant', role: 'bot' } },
    { kind: 'system', content: null, deletedAt: String, author: null },
  ]);
});

t.test('it joins what is there, and says no word of others in it', async (t) => {
  const source = importing(t);
  const before = await startApp(t, { direct: 'everybody' }, { folder: source.data });
  const [una, ulf] = [await before.hostUser('una', { name: 'Una' }), await before.hostUser('ulf')];
  const talk = await una.request('POST', 'messages', { to: { userId: ulf.user.id }, message: { content: 'Of today' } });
  const admin = await before.admin();
  const gone = await before.hostUser('gone');
  t.equal((await admin.request('DELETE', `users/${gone.user.id}`)).status, 202);
  await before.stop();

  const users = 'id,email,name,role\n7,Admin@example.com,Somebody else,admin\n8,ann@example.com,Ann,agent\n';
  const direct = [
    'id,sender_id,receiver_id,content,created_at',
    '1,una,ulf,Of old,2025-01-01T10:00:00Z',
    '2,ulf,una,Older,2024-01-01T10:00:00Z',
    '3,una,una,To myself,2025-01-01T10:00:02Z',
  ];
  const told = await source.run('002', { 'messages.csv': direct.join('\n') });
  t.match(told, { code: 7, users: 0, conversations: 0, messages: 2, skipped: 1 });
  const support = {
    'users.csv': users,
    'conversations.csv': 'id,user_id,agent_id,status\n1,una,8,open\n2,una,,open\n3,ulf,9,closed\n',
    'messages.csv': [
      'id,conversation_id,sender_id,sender_role,content,is_read,created_at',
      '1,1,una,user,Help,true,2025-01-01T10:00:00Z',
      '2,1,7,admin,By an admin,true,2025-01-01T10:00:01Z',
      '3,2,una,user,Help again,false,2025-01-02T10:00:00Z',
      '4,2,,,Whose is this,false,2025-01-02T10:00:01Z',
      '5,3,ulf,,Bye,true,2025-01-03T10:00:00Z',
      '6,3,,bot,Good bye,true,2025-01-03T10:00:01Z',
    ].join('\n'),
  };
  const more = await source.run('004', support);
  t.match(more, { code: 7, conversations: 3, messages: 5, skipped: 1 });
  t.match(more.reasons, [{ reason: 'it does not tell who wrote it', places: ['messages.csv:5'] }]);

  const app = await source.serve({ direct: 'everybody' });
  const again = await app.hostUser('una');
  const read = await history(t, again, talk.body.conversationId);
  t.same(
    read.map(({ content, author }) => [content, author.name]),
    [
      ['Of today', 'Una'],
      ['Older', null],
      ['Of old', 'Una'],
    ],
    'behind what is there: numbers that were given stay',
  );
  const mine = (await again.request('GET', 'conversations?kind=support')).body.items;
  t.same(
    mine.map(({ last, assignee }: Body) => [last.text, assignee?.name ?? null]),
    [
      ['Help again', null],
      ['By an admin', 'Ann'],
    ],
  );
  const [, answered] = await history(t, again, mine[1].id);
  t.equal(answered?.author.name, (await app.admin()).user.name, 'an admin is known by their address');
  const sent = await again.request('POST', 'messages', { to: 'support', message: { content: 'Once more' } });
  t.equal(sent.body.conversationId, mine[0].id, 'the one that was written in last');
  const team = (await (await app.admin()).request('GET', 'users?role=admin')).body.items;
  t.equal(team.length, 1);
});

t.test('what is asked wrongly changes nothing', async (t) => {
  const source = importing(t);
  const file = join(source.source, 'messages.csv');
  writeFileSync(file, 'id,session_id,sender_id,content,created_at\n1,call,una,one,2025-01-01\n');
  const run = (...more: string[]) => runParley(['import', file, '--from', '001', '--data', source.data, ...more]);
  t.match(await run('--close-before', 'soon'), { code: 2, err: /--close-before takes a time/ });
  t.match(await run('--table', 'messages'), { code: 2, err: /--table takes name=value, not "messages"/ });
  t.match(await run('--map', '=body'), { code: 2, err: /--map takes name=value/ });
  t.match(await run('--report', join(source.source, 'no', 'report')), { code: 4, err: /report cannot be written/ });
  const skipped = await run('--table', 'messages=skip,', '--map', ' messages.content = said ');
  t.match(skipped, { code: 2, err: /does not tell what its rows are/ });
});
