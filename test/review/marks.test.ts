/** Read marks: what they need to look up, and what they may not cost others. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import { want } from '../../src/chat/decide/judge.ts';
import type { Sent } from '../../src/chat/messages.ts';
import { Loader } from '../../src/db/loader.ts';
import { prepareLoader } from '../../src/db/loader-statements.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { WorkingSet } from '../../src/db/working-set.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import { by, openWorld } from '../world.ts';
import { reopened } from './reopened.ts';

const nothing = { id: null, ip: null, userAgent: null, context: {} };
const read = (user: UserRow, conversation: string, seq: number): Change => ({
  type: 'mark.read',
  by: by(user),
  conversation,
  seq,
});

t.test('a whole room that reads at once is one commit', async (t) => {
  const world = openWorld(t);
  const host = world.user('host', 'admin');
  const people = Array.from({ length: 40 }, (_, index) => world.user(`user ${index}`));
  const made = await world.writer.submit<{ conversation: Conversation }>({
    type: 'conversation.create',
    by: by(host),
    beginning: nothing,
    kind: 'room',
    subject: null,
    externalId: null,
    maxLength: null,
    guests: people.map(({ uuid }) => ({ user: { uuid }, name: null })),
  });
  const conversation = made.conversation.id;
  for (const content of ['one', 'two', 'three']) await world.send(people[0] as UserRow, { conversation }, content);
  // One of them has written above what they have not read.
  await world.send(people[1] as UserRow, { conversation }, 'four');

  const again = await reopened(t, world);
  const sent = again.send(people[2] as UserRow, { conversation }, 'five');
  const marks = people.slice(3).map((user) => again.writer.submit(read(user, conversation, 3)));
  t.same(
    await Promise.all(marks),
    marks.map(() => ({ readSeq: 3, unread: 2 })),
  );
  await sent;
  t.same(again.batches, [38]);

  again.batches.length = 0;
  const own = people[1] as UserRow;
  const answers = await Promise.all([
    again.send(people[3] as UserRow, { conversation }, 'six'),
    again.writer.submit(read(own, conversation, 3)),
    again.writer.submit(read(own, conversation, 5)),
  ]);
  t.same(answers.slice(1), [
    { readSeq: 4, unread: 2 },
    { readSeq: 5, unread: 1 },
  ]);
  t.same(again.batches, [1, 1, 1], 'whoever wrote what they pass needs to see the batch before written');
});

t.test('who moves no mark of the team has nothing counted for it', async (t) => {
  const world = openWorld(t);
  const [ann, eve, bot, bob] = [
    world.user('ann'),
    world.user('eve'),
    world.user('robo', 'bot'),
    world.user('bob', 'agent'),
  ];
  const { message } = (await world.send(ann, { support: 'agent' }, 'Hello')) as Sent;
  const conversation = message.conversationId;
  const change = { type: 'conversation.patch', by: by(bob), conversation, ifSeq: null, assignee: { uuid: bot.uuid } };
  await world.writer.submit(change as Change);
  for (const content of ['one', 'two', 'three']) await world.send(bot, { conversation }, content);
  await world.send(ann, { conversation }, 'Thank you');

  const database = new Database(join(world.folder, 'parley.db'), { readonly: true });
  t.teardown(() => database.close());
  const counted = (user: UserRow) => {
    const set = new WorkingSet({
      id: 1,
      epoch: '',
      position: 0,
      lastId: 0,
      fileBytes: 0,
      searchMark: 0,
      searchVersion: 0,
    });
    const loader = new Loader(prepareLoader(drizzle(database, { casing: 'snake_case' })));
    loader.begin(set);
    want(read(user, conversation, 3), loader);
    return [...set.passed.keys()].map((key) => key.split(' ')[1]);
  };
  t.same([counted(bob), counted(ann), counted(eve)], [['team'], [String(ann.id)], []]);
  t.same(await world.writer.submit(read(bob, conversation, 3)), { readSeq: 4, unread: 1 });
});
