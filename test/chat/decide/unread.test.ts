import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { participants } from '../../../src/db/schema/conversations.ts';
import { messages } from '../../../src/db/schema/messages.ts';
import fc from '../../property.ts';
import { by, openWorld, type World } from '../../world.ts';

interface Answered {
  readSeq: number;
  unread: number;
}

type Step =
  | { do: 'send'; who: number }
  | { do: 'read'; who: number; seq: number }
  | { do: 'delete'; seq: number }
  | { do: 'system' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), who: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('read' as const), who: fc.nat(2), seq: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), seq: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('system' as const) }) },
);

/** What unread is by counting rows: the promise that the arithmetic keeps. */
function counted(world: World, conversation: number, user: number): { unread: number; readSeq: number } {
  const { reader } = world.store;
  const mark = reader
    .select()
    .from(participants)
    .all()
    .find((row) => row.conversation === conversation && row.user === user);
  const authors = reader.$client.prepare('select id, user from authors').all() as { id: number; user: number }[];
  const userOf = new Map(authors.map((row) => [row.id, row.user]));
  const unread = reader
    .select()
    .from(messages)
    .all()
    .filter(
      (row) =>
        row.conversation === conversation &&
        row.seq > (mark?.readSeq ?? 0) &&
        row.kind !== 'system' &&
        row.deletedAt === null &&
        userOf.get(row.author as number) !== user,
    ).length;
  return { unread, readSeq: mark?.readSeq ?? 0 };
}

t.test('unread is what counting says, after any sends, reads, deletions and comings and goings', async (t) => {
  const world = openWorld(t);
  const host = world.user('host', 'admin');
  const people = ['a', 'b', 'c'].map((name) => world.user(name));
  const guests = people.map((user) => ({ user: { uuid: user.uuid }, name: null, moderator: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, together) => {
      const made = await world.writer.submit<{ conversation: { id: string } }>({
        type: 'conversation.create',
        by: by(host),
        beginning: { id: null, ip: null, userAgent: null, context: {} },
        kind: 'room',
        subject: null,
        externalId: null,
        maxLength: null,
        guests,
      });
      const conversation = made.conversation.id;
      const sent: { id: string; who: number }[] = [];
      const marks = new Map<number, number>();
      const results: PromiseLike<unknown>[] = [];
      let seq = 0;
      for (const step of steps) {
        const result = carryOut(step);
        if (result !== null) results.push(result);
        if (!together) await result;
      }
      function carryOut(step: Step): PromiseLike<unknown> | null {
        if (step.do === 'send') {
          const user = people[step.who];
          if (user === undefined) return null;
          seq += 1;
          // Noted at once, so that a deletion may stand in the same batch as the send.
          const id = randomUUIDv7();
          sent.push({ id, who: step.who });
          return world.send(user, { conversation }, `message ${seq}`, { id });
        }
        if (step.do === 'read') {
          const user = people[step.who];
          if (user === undefined) return null;
          return world.writer
            .submit<Answered>({ type: 'mark.read', by: by(user), conversation, seq: step.seq })
            .then((told) => {
              t.ok(told.readSeq >= (marks.get(step.who) ?? 0), 'a mark never steps back');
              t.ok(told.unread >= 0, 'unread is never negative');
              marks.set(step.who, told.readSeq);
            });
        }
        if (step.do === 'delete') {
          const message = sent[step.seq % Math.max(1, sent.length)];
          const user = message === undefined ? undefined : people[message.who];
          if (message === undefined || user === undefined) return null;
          return world.writer.submit({ type: 'message.delete', by: by(user), conversation, id: message.id });
        }
        const passing = { user: { externalId: `guest ${results.length}` }, name: null };
        return world.writer.submit({ type: 'participant.put', by: by(host), conversation, guest: passing });
      }
      await Promise.all(results);
      const key = world.store.reader.$client
        .prepare('select id from conversations where uuid = ?')
        .pluck()
        .get(conversation) as number;
      for (const user of people) {
        const truth = counted(world, key, user.id);
        const told = await world.writer.submit<Answered>({ type: 'mark.read', by: by(user), conversation, seq: 1 });
        t.equal(told.readSeq >= truth.readSeq, true);
        const after = counted(world, key, user.id);
        t.equal(told.unread, after.unread, 'the arithmetic agrees with counting');
      }
    }),
    { numRuns: 150 },
  );
});
