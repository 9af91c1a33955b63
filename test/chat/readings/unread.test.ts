import assert from 'node:assert/strict';
import t from 'tap';
import fc from '../../property.ts';
import { as, key, openShelf, refused } from './shelf.ts';

t.test(
  'unread is what a reader has not seen of others: no tombstone, no system message, nothing of their own',
  async (t) => {
    const shelf = openShelf(t);
    const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
    const row = shelf.room([a, b]);
    const my = async () => (await shelf.readings.conversation(as(a), row.uuid)).my;
    const first = shelf.say(row, b, 'one');
    shelf.say(row, b, 'two');
    t.same(await my(), { readSeq: 0, unread: 2, moderator: false });
    shelf.say(row, null, '', { kind: 'system', extra: { system: { code: 'joined', user: shelf.authorOf(b) } } });
    t.equal((await my())?.unread, 2);
    shelf.alter(row, first, { content: null, deletedAt: 1 });
    t.equal((await my())?.unread, 1);
    shelf.say(row, a, 'mine, with something unread before it');
    shelf.mark(row, a, 0, 1);
    t.equal((await my())?.unread, 1);
    shelf.mark(row, a, 4);
    t.same(await my(), { readSeq: 4, unread: 0, moderator: false });
  },
);

t.test('the subtraction is the count, in any thread and for any mark', async (t) => {
  const shelf = openShelf(t);
  const [a, b] = [shelf.user('Ann'), shelf.user('Bo')];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('mine', 'theirs', 'system', 'deleted'), { maxLength: 40 }),
      fc.nat(40),
      async (acts, at) => {
        const row = shelf.room([a, b]);
        shelf.fast(() => {
          for (const act of acts) {
            if (act === 'system') shelf.say(row, null, '', { kind: 'system', extra: { system: { code: 'notice' } } });
            else {
              const message = shelf.say(row, act === 'mine' ? a : b, 'x');
              if (act === 'deleted') shelf.alter(row, message, { content: null, deletedAt: 1 });
            }
          }
        });
        const mark = Math.min(at, acts.length);
        const behind = acts.slice(mark);
        shelf.mark(row, a, mark, behind.filter((act) => act === 'mine').length);
        const unread = behind.filter((act) => act === 'theirs').length;
        assert.deepEqual((await shelf.readings.conversation(as(a), row.uuid)).my, {
          readSeq: mark,
          unread,
          moderator: false,
        });
        const total = await shelf.readings.unread(as(a));
        assert.equal(total.conversations.find(({ id }) => id === row.uuid)?.unread ?? 0, unread);
        assert.equal(
          total.total,
          total.conversations.reduce((sum, one) => sum + one.unread, 0),
        );
      },
    ),
    { numRuns: 60 },
  );
});

t.test('in support the team has one mark, and an agent’s own unread is what is assigned to them', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent, other, peer] = [
    shelf.user('Ann'),
    shelf.user('Bo', 'agent'),
    shelf.user('Cy', 'admin'),
    shelf.user('Di', 'peer'),
  ];
  const bot = shelf.user('Robo', 'bot');
  const mine = shelf.support(customer, { assignee: agent.id });
  const queued = shelf.support(customer, { queue: 'peer' });
  const direct = shelf.direct(agent, other);
  for (let n = 0; n < 3; n += 1) shelf.say(mine.row, customer, `${n}`);
  shelf.say(mine.row, bot, 'beep');
  shelf.change(mine.row, { teamReadSeq: 1, botAfterRead: 1 });
  shelf.say(queued.row, customer, 'anybody?');
  shelf.say(direct, other, 'psst');
  shelf.mark(direct, other, 1);

  t.match((await shelf.readings.conversation(as(other), mine.row.uuid)).my, { readSeq: 1, unread: 2 });
  t.match((await shelf.readings.conversation(as(customer), mine.row.uuid)).my, { readSeq: 0, unread: 4 });
  t.notOk('my' in (await shelf.readings.conversation(key('conversations'), mine.row.uuid)), 'a key has no mark');

  t.same(await shelf.readings.unread(as(agent)), {
    total: 3,
    conversations: [
      { id: direct.uuid, unread: 1 },
      { id: mine.row.uuid, unread: 2 },
    ],
    team: { queue: 1, mine: 1 },
  });
  t.same(await shelf.readings.unread(as(other)), { total: 0, conversations: [], team: { queue: 1, mine: 0 } });
  t.same(await shelf.readings.unread(as(peer)), { total: 0, conversations: [], team: { queue: 1, mine: 0 } });
  t.equal((await shelf.readings.unread(as(customer))).team, undefined);
  await t.rejects(shelf.readings.unread(key('*')), refused('FORBIDDEN'));
});

t.test('all count, and the newest are told one by one, of whatever kind', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent] = [shelf.user('Ann'), shelf.user('Bo', 'agent')];
  const ids: string[] = [];
  shelf.fast(() => {
    for (let n = 0; n < 220; n += 1) {
      const row = n % 2 === 0 ? shelf.room([agent]) : shelf.support(customer, { assignee: agent.id }).row;
      shelf.say(row, customer, 'one');
      shelf.say(row, customer, 'two');
      ids.unshift(row.uuid);
    }
  });
  const { total, conversations } = await shelf.readings.unread(as(agent));
  t.equal(total, 440);
  t.same(
    conversations,
    ids.slice(0, 200).map((id) => ({ id, unread: 2 })),
  );
});

t.test('the numbers of the inbox are of open conversations, and a peer’s are of what they may read', async (t) => {
  const shelf = openShelf(t);
  const [customer, agent, peer] = [shelf.user('Ann'), shelf.user('Bo', 'agent'), shelf.user('Di', 'peer')];
  const snooze = ({ side }: ReturnType<typeof shelf.support>) => shelf.change(side, { snoozedUntil: 1 });
  shelf.support(customer, { queue: 'agent' });
  shelf.support(customer, { queue: 'peer' });
  shelf.support(customer, { queue: 'peer', status: 'closed' });
  snooze(shelf.support(customer, { queue: 'peer' }));
  shelf.support(customer, { assignee: agent.id });
  snooze(shelf.support(customer, { assignee: agent.id }));
  shelf.support(customer, { assignee: peer.id });
  t.same(await shelf.readings.counts(as(agent)), { queue: 2, mine: 2, open: 4, snoozed: 2 });
  t.same(await shelf.readings.counts(as(peer)), { queue: 1, mine: 1, open: 2, snoozed: 0 });
  shelf.support(customer, { queue: 'agent' });
  t.match(await shelf.readings.counts(as(agent)), { queue: 3, open: 5 }, 'counted anew after a change');
  await t.rejects(shelf.readings.counts(as(customer)), refused('FORBIDDEN'));
});
