import t from 'tap';
import type { Body } from '../helper.ts';
import type { Person } from './server.ts';
import { startServer } from './server.ts';
import { ask, heardOf, look, say } from './words.ts';

const server = await startServer(t, { direct: 'everybody' });
const agent = await server.member('agent', 'ann');
const bob = await server.member('agent', 'bob');
const key = await server.key('*');
let last = 0;

async function pair(): Promise<{ one: Person; two: Person; id: string }> {
  last += 1;
  const [one, two] = [await server.hostUser(`unread-one-${last}`), await server.hostUser(`unread-two-${last}`)];
  const { body } = await one.post('conversations', { kind: 'direct', userId: two.id });
  return { one, two, id: body.id };
}
const my = async (who: Person, id: string) => (await look(who, id)).my;
const read = async (who: Person, id: string, seq: number) => (await who.post(`conversations/${id}/read`, { seq })).body;

t.test(
  'a send moves the sender’s mark only when nothing unread lies before it; else one’s own are taken off',
  async (t) => {
    const { one, two, id } = await pair();
    await say(one, id, '1');
    t.match(
      [await my(one, id), await my(two, id)],
      [
        { readSeq: 1, unread: 0 },
        { readSeq: 0, unread: 1 },
      ],
    );
    await say(two, id, '2');
    t.match(await my(two, id), { readSeq: 0, unread: 1 }, 'an unread one lies before it');
    await say(two, id, '3');
    t.match(
      [await my(one, id), await my(two, id)],
      [
        { readSeq: 1, unread: 2 },
        { readSeq: 0, unread: 1 },
      ],
    );
    t.match(await read(two, id, 1), { readSeq: 3, unread: 0 }, 'a mark steps over own messages directly behind it');
    t.match(await read(one, id, 2), { readSeq: 2, unread: 1 });
    t.match(await read(one, id, 1), { readSeq: 2, unread: 1 }, 'read marks only move forward');
    t.match(await read(one, id, 99), { readSeq: 3, unread: 0 }, 'not beyond what there is');
  },
);

t.test('deletions take back what they had counted', async (t) => {
  const { one, two, id } = await pair();
  const path = `conversations/${id}/messages`;
  const messages = [];
  for (let count = 0; count < 5; count += 1) messages.push(await say(one, id, `${count}`));
  t.match(await my(two, id), { readSeq: 0, unread: 5 });
  await one.delete(`${path}/${messages[2].id}`);
  t.match(await my(two, id), { unread: 4 }, 'one in the middle');
  await one.delete(`${path}/${messages[4].id}`);
  t.match(await my(two, id), { unread: 3 }, 'the last');
  t.match(await read(two, id, 2), { readSeq: 3, unread: 1 }, 'a mark steps over tombstones');
  await one.delete(`${path}/${messages[0].id}`);
  t.match(await my(two, id), { unread: 1 }, 'one that was read');
  const own = await say(two, id, 'own');
  t.match(await my(two, id), { unread: 1 });
  await two.delete(`${path}/${own.id}`);
  t.match(await my(two, id), { unread: 1 }, 'one’s own above one’s mark');
  t.match(await read(two, id, 6), { readSeq: 6, unread: 0 });
  const { items } = (await two.get(path)).body;
  t.equal(items.filter(({ deletedAt }: Body) => deletedAt !== null).length, 4);
});

t.test('system messages do not count; a newcomer starts at seq', async (t) => {
  const people = [
    await server.hostUser('unread-a'),
    await server.hostUser('unread-b'),
    await server.hostUser('unread-c'),
  ] as const;
  const [a, b, c] = people;
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: a.id }] });
  await say(a, room.id, '1');
  await say(a, room.id, '2');
  await key.post(`conversations/${room.id}/participants`, { userId: b.id });
  t.match([await my(a, room.id), await my(b, room.id)], [{ unread: 0 }, { unread: 0 }]);
  await say(a, room.id, '4');
  t.match(await my(b, room.id), { unread: 1 });
  await key.post(`conversations/${room.id}/participants`, { userId: c.id });
  await key.delete(`conversations/${room.id}/participants/${c.id}`);
  t.match([await my(a, room.id), await my(b, room.id)], [{ unread: 0 }, { unread: 1 }]);
  await say(b, room.id, 'own');
  t.match([await my(a, room.id), await my(b, room.id)], [{ unread: 1 }, { unread: 1 }]);
  t.match(await read(b, room.id, 4), { readSeq: 7, unread: 0 }, 'over the system messages and one’s own');
});

t.test('the arithmetic agrees with counting, whatever is done', async (t) => {
  const { one, two, id } = await pair();
  const path = `conversations/${id}/messages`;
  const sent: [Person, Body][] = [];
  // A fixed walk through sends, deletions and marks: what is checked is the sum, not the path.
  const walk = [
    3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7, 9, 5, 0, 2, 8, 8, 4, 1, 9,
    7,
  ];
  for (const [step, turn] of walk.entries()) {
    const who = turn % 2 === 0 ? one : two;
    if (turn < 6) sent.push([who, await say(who, id, `${step}`)]);
    else if (turn < 8 && sent.length > 0) {
      const [author, message] = sent[(step * 7) % sent.length] as [Person, Body];
      await author.delete(`${path}/${message.id}`);
    } else await read(who, id, Math.max(1, Math.floor((sent.length * turn) / 10)));
    const { items } = (await one.get(`${path}?limit=200`)).body;
    for (const person of [one, two]) {
      const { readSeq, unread } = await my(person, id);
      const counted = items.filter(
        ({ seq, author, kind, deletedAt }: Body) =>
          seq > readSeq && author?.id !== person.id && kind !== 'system' && deletedAt === null,
      );
      t.equal(unread, counted.length, `step ${step}`);
    }
  }
});

t.test(
  'participant.read: to the reader’s own sockets with unread, to the others without; a send’s own move is told by no event',
  async (t) => {
    const { one, two, id } = await pair();
    await say(one, id, '1');
    await say(one, id, '2');
    const lines = [await two.connect(), await two.connect(), await one.connect()] as const;
    const answer = await lines[0].call({ type: 'conversation.read', conversationId: id, seq: 1 });
    t.match(answer, { type: 'ok', readSeq: 1, unread: 1 });
    t.match(await heardOf(lines[1], id), [
      { type: 'participant.read', userId: two.id, readSeq: 1, readAt: String, unread: 1 },
    ]);
    const [told] = await heardOf(lines[2], id);
    t.match(told, { type: 'participant.read', userId: two.id, readSeq: 1, readAt: String });
    t.notOk('unread' in told, 'unread: to the reader alone');
    t.notOk('rev' in told, 'marks carry no rev');
    await say(two, id, '3');
    await read(two, id, 2);
    for (const line of lines) await line.rest();
    await say(two, id, '4');
    for (const line of lines)
      t.same(
        (await heardOf(line, id)).map(({ type }) => type),
        ['message.created'],
      );
  },
);

t.test('conversation.read by one whose reading moves nothing answers the mark as it stands', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer);
  await agent.patch(`conversations/${id}`, { assigneeId: bob.id });
  const team = await agent.connect({ inbox: true });
  t.match(
    await team.call({ type: 'conversation.read', conversationId: id, seq: 1 }),
    { type: 'ok', readSeq: 0, unread: 1 },
    'not the assignee',
  );
  t.same(await heardOf(team, id), []);
  t.match(await read(customer, id, 1), { readSeq: 1, unread: 0 });
});

t.test('in rooms of up to 50 the others hear of it, in larger ones nobody but the reader', async (t) => {
  const [one, two] = [await server.hostUser('unread-room-one'), await server.hostUser('unread-room-two')];
  const crowd = Array.from({ length: 48 }, (_, index) => ({ externalId: `unread-crowd-${index}` }));
  const participants = [{ userId: one.id }, { userId: two.id }, ...crowd];
  const { body: room } = await key.post('conversations', { kind: 'room', participants });
  t.equal(room.participantCount, 50);
  await say(one, room.id, '1');
  const [reader, other, third] = [await two.connect(), await one.connect(), await two.connect()];
  await reader.call({ type: 'conversation.read', conversationId: room.id, seq: 1 });
  t.match(await heardOf(third, room.id), [{ type: 'participant.read', unread: 0 }]);
  t.match(await heardOf(other, room.id), [{ type: 'participant.read', userId: two.id }]);
  await key.post(`conversations/${room.id}/participants`, { externalId: 'unread-the-51st' });
  const { seq } = await say(one, room.id, '2');
  for (const line of [reader, other, third]) await line.rest();
  await reader.call({ type: 'conversation.read', conversationId: room.id, seq });
  t.match(await heardOf(third, room.id), [{ type: 'participant.read', unread: 0 }]);
  t.same(await heardOf(other, room.id), []);
});

t.test('a delivered mark is told at once, takes no rev, and is refused in rooms', async (t) => {
  const { one, two, id } = await pair();
  await say(one, id, '1');
  const [reader, other] = [await two.connect(), await one.connect()];
  t.match(await reader.call({ type: 'conversation.delivered', conversationId: id, seq: 1 }), { type: 'ok' });
  t.match(await heardOf(other, id), [{ type: 'participant.read', userId: two.id, readSeq: 0, deliveredSeq: 1 }]);
  t.equal((await look(one, id)).rev, 2);
  await read(two, id, 1);
  t.match(
    (await look(one, id)).participants.find(({ user }: Body) => user.id === two.id),
    { readSeq: 1, deliveredSeq: 1, readAt: String },
  );
  const { body: room } = await key.post('conversations', { kind: 'room', participants: [{ userId: one.id }] });
  await say(one, room.id, '1');
  t.match(await one.post(`conversations/${room.id}/delivered`, { seq: 1 }), {
    status: 400,
    body: { code: 'VALIDATION' },
  });
});

t.test('direct keeps each move: reads of history and sync tell who had read up to where, and when', async (t) => {
  const { one, two, id } = await pair();
  for (const content of ['1', '2', '3']) await say(one, id, content);
  await read(two, id, 1);
  await read(two, id, 3);
  const wanted = [
    { userId: two.id, seq: 1, at: String },
    { userId: two.id, seq: 3, at: String },
  ];
  for (const path of [`conversations/${id}/messages`, `conversations/${id}/sync?since=0`]) {
    const { body } = await one.get(path);
    t.match(
      body.reads.filter(({ userId }: Body) => userId === two.id),
      wanted,
      path,
    );
  }
  const customer = await server.visitor();
  t.notOk('reads' in (await customer.get(`conversations/${await ask(customer)}/messages`)).body, 'in direct');
});

t.test(
  'GET /v1/unread: total and per conversation; the team’s own are direct, rooms and what is assigned to them',
  async (t) => {
    const { one, two, id } = await pair();
    t.same((await two.get('unread')).body, { total: 0, conversations: [] });
    await say(one, id, '1');
    await say(one, id, '2');
    const { body: room } = await key.post('conversations', {
      kind: 'room',
      participants: [{ userId: one.id }, { userId: two.id }],
    });
    await say(one, room.id, '1');
    const { body } = await two.get('unread');
    t.equal(body.total, 3);
    t.same(
      new Map(body.conversations.map((entry: Body) => [entry.id, entry.unread])),
      new Map([
        [id, 2],
        [room.id, 1],
      ]),
    );
    t.notOk('team' in body);

    const cyd = await server.member('agent', 'cyd');
    const customer = await server.visitor();
    const support = await ask(customer);
    const before = (await cyd.get('unread')).body;
    t.match(before, { total: 0, conversations: [], team: { mine: 0 } });
    t.ok(before.team.queue >= 1, 'the queue is counted apart');
    await agent.patch(`conversations/${support}`, { assigneeId: cyd.id });
    await say(customer, support, 'two');
    const after = (await cyd.get('unread')).body;
    t.match(after, {
      total: 2,
      conversations: [{ id: support, unread: 2 }],
      team: { queue: before.team.queue - 1, mine: 1 },
    });
    const { body: direct } = await one.post('messages', { to: { userId: cyd.id }, message: { content: 'Hi' } });
    t.match((await cyd.get('unread')).body, { total: 3 });
    await read(cyd, direct.conversationId, 1);
    await read(cyd, support, 2);
    t.match((await cyd.get('unread')).body, { total: 0, conversations: [], team: { mine: 1 } });
  },
);
