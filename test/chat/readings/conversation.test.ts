import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Caller } from '../../../src/chat/caller.ts';
import { as, key, MAX_LENGTH, openShelf, refused } from './shelf.ts';

t.test('who may read a conversation, and how much of it they are shown', async (t) => {
  const shelf = openShelf(t);
  const [customer, stranger] = [shelf.user('Ann'), shelf.user('Ed')];
  const [agent, admin] = [shelf.user('Bo', 'agent'), shelf.user('Cy', 'admin')];
  const [peer, otherPeer] = [shelf.user('Di', 'peer'), shelf.user('El', 'peer')];
  const [bot, otherBot] = [shelf.user('Robo', 'bot'), shelf.user('Robi', 'bot')];
  const peers = shelf.support(customer, { queue: 'peer' });
  const assigned = shelf.support(customer, { queue: 'peer', assignee: peer.id });
  const bots = shelf.support(customer, { assignee: bot.id });
  const direct = shelf.direct(customer, agent);
  const room = shelf.room([stranger, bot]);

  const all: [string, Caller][] = [
    ...[customer, stranger, agent, admin, peer, otherPeer, bot, otherBot].map((who): [string, Caller] => [
      who.name ?? '',
      as(who),
    ]),
    ['key', key('conversations')],
    ['whole key', key('conversations:all')],
  ];
  const seen = async (uuid: string) => {
    const found: Record<string, string> = {};
    for (const [name, caller] of all) {
      await shelf.readings.conversation(caller, uuid).then(
        ({ team }) => (found[name] = team === undefined ? 'plain' : team.ip === null ? 'without ip' : 'team'),
        (error: unknown) => t.match(error, refused('NOT_FOUND')),
      );
    }
    return found;
  };
  const team = { Bo: 'team', Cy: 'team', key: 'team', 'whole key': 'team' };
  t.same(await seen(peers.row.uuid), { Ann: 'plain', ...team, Di: 'plain', El: 'plain' });
  t.same(await seen(assigned.row.uuid), { Ann: 'plain', ...team, Di: 'without ip' });
  t.same(await seen(bots.row.uuid), { Ann: 'plain', ...team, Robo: 'plain' });
  t.same(await seen(direct.uuid), { Ann: 'plain', Bo: 'plain', 'whole key': 'plain' });
  t.same(await seen(room.uuid), { Ed: 'plain', Robo: 'plain', 'whole key': 'plain' });
  t.same(await seen(peers.side.uuid), {}, 'a side conversation is no conversation of its own');
  shelf.leave(room, stranger);
  t.same(await seen(room.uuid), { Robo: 'plain', 'whole key': 'plain' }, 'who left reads nothing any more');
  await t.rejects(shelf.readings.conversation(key('messages'), peers.row.uuid), refused('FORBIDDEN'));
});

t.test('what may not be read answers exactly as what does not exist', async (t) => {
  const shelf = openShelf(t);
  const [customer, stranger] = [shelf.user('Ann'), shelf.user('Ed')];
  const { row } = shelf.support(customer);
  const told = (id: string) =>
    shelf.readings.conversation(as(stranger), id).catch((error: { toFailure(): object }) => error.toFailure());
  t.same(await told(row.uuid), await told(randomUUIDv7()));
  t.same(await told('nonsense'), await told(randomUUIDv7()));
});

t.test('a support conversation is told in full, an absent part not at all', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent] = [shelf.user('Ann'), shelf.user('Bo', 'agent')];
  const { row, side } = shelf.support(customer, { assignee: agent.id, waiting: 7, subject: 'Help', maxLength: 5_000 });
  shelf.say(row, customer, 'hello');
  const shown = await shelf.readings.conversation(as(agent), row.uuid.toUpperCase());
  t.same(shown, {
    id: row.uuid,
    kind: 'support',
    seq: 1,
    rev: 2,
    status: 'open',
    subject: 'Help',
    maxLength: 5_000,
    participants: [
      {
        user: { id: customer.uuid, name: 'Ann', role: 'user' },
        joinedAt: '2026-01-31T12:00:00.000Z',
        leftAt: null,
        moderator: false,
        rev: 1,
        readSeq: 0,
        readAt: null,
        deliveredSeq: 0,
      },
    ],
    assignee: { id: agent.uuid, name: 'Bo', role: 'agent' },
    queue: 'agent',
    teamReadSeq: 0,
    teamReadAt: null,
    waiting: 7,
    rating: null,
    last: { seq: 1, authorId: customer.uuid, kind: 'text', text: 'hello', at: '2026-01-31T12:00:00.000Z' },
    activity: row.activity,
    createdAt: '2026-01-31T12:00:00.000Z',
    closedAt: null,
    my: { readSeq: 0, unread: 1 },
    team: {
      id: side.uuid,
      seq: 0,
      rev: 1,
      tags: [],
      snoozedUntil: null,
      ip: '192.0.2.1',
      userAgent: 'Test/1',
      context: {},
    },
  });
});

t.test('a room tells how many are in it, and who by pages of any size', async (t) => {
  const shelf = openShelf(t);
  const people = shelf.fast(() => Array.from({ length: 7 }, (_, n) => shelf.user(`Person ${n}`)));
  const [first, gone] = people;
  if (first === undefined || gone === undefined) throw new Error('nobody is there');
  const row = shelf.room([], { externalId: 'call-1' });
  for (const who of people) shelf.join(row, who, { moderator: who === first, title: 'doctor' });
  shelf.leave(row, gone);
  const shown = await shelf.readings.conversation(as(first), row.uuid);
  t.match(shown, { participantCount: 6, participants: [], externalId: 'call-1', maxLength: MAX_LENGTH });
  t.equal(shown.my?.moderator, true);
  t.notOk('assignee' in shown || 'queue' in shown || 'team' in shown);

  const expected = people.filter((who) => who !== gone).map(({ uuid }) => uuid);
  for (let limit = 1; limit <= 8; limit += 1) {
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await shelf.readings.participants(as(first), row.uuid, {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      t.ok(page.items.every(({ user, leftAt }) => user.title === 'doctor' && leftAt === null));
      found.push(...page.items.map(({ user }) => user.id));
      if (page.next === null) break;
      cursor = page.next;
    }
    t.same(found, expected);
  }
  await t.rejects(shelf.readings.participants(as(gone), row.uuid, {}), refused('NOT_FOUND'));
});

t.test('somebody is in the rooms that they have not left', async (t) => {
  const shelf = openShelf(t);
  const member = shelf.user('Ann');
  shelf.support(member);
  const [room, other] = [shelf.room([member]), shelf.room([member])];
  t.same(await shelf.readings.rooms(member.id), [room.id, other.id]);
  shelf.leave(room, member);
  t.same(await shelf.readings.rooms(member.id), [other.id]);
});
