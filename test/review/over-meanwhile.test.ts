/** What is taken away because its time is over stays where somebody came back before it went. */
import { randomUUIDv7 } from 'node:crypto';
import t, { type Test } from 'tap';
import { HOST } from '../../src/chat/caller.ts';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import { createRetention } from '../../src/chat/retention.ts';
import { allDuties } from '../../src/db/duties.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { by, openWorld } from '../world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const toAgents = { support: 'agent' } as const;
const nothing = { id: null, ip: null, userAgent: null, context: {} };

/** A world whose clock goes on by two days when it is swept. */
function open(t: Test) {
  let now = Date.now();
  const world = openWorld(t, { clock: () => now });
  const { $client: file } = world.store.reader;

  return {
    ...world,
    said: () => file.prepare("select content from messages where kind <> 'system' order by id").pluck().all(),
    inside: () => file.prepare('select count(*) from participants').pluck().get(),

    async closed(customer: UserRow, agent: UserRow): Promise<string> {
      const { conversationId: conversation } = ((await world.send(customer, toAgents, 'Hello')) as Sent).message;
      const change = { type: 'conversation.patch', by: by(agent), conversation, ifSeq: null } as const;
      await world.writer.submit({ ...change, status: 'closed' });
      return conversation;
    },

    /** Takes away what is over; what is handed over right behind it is judged after it has looked, and before it takes. */
    async sweep(retentionDays: number | null, meanwhile: () => PromiseLike<unknown>[]): Promise<void> {
      now += 2 * DAY_MS;
      const faults: unknown[] = [];
      const retention = createRetention({
        db: world.store.questions,
        writer: world.writer,
        duties: allDuties,
        retentionDays: () => retentionDays,
        now: () => now,
        onError: (error) => faults.push(error),
      });
      await Promise.all([retention.sweep(), ...meanwhile()]);
      t.same(faults, []);
    },
  };
}

t.test('a closed conversation in which its customer, or the team, just wrote', async (t) => {
  const world = open(t);
  const [ann, ben, bob] = [world.user('ann'), world.user('ben'), world.user('bob', 'agent')];
  const [anns, bens] = [await world.closed(ann, bob), await world.closed(ben, bob)];
  await world.closed(world.user('cas'), bob);
  await world.sweep(1, () => [
    world.send(ann, { conversation: anns }, 'It broke again.'),
    world.send(bob, { conversation: bens }, 'One more thing.'),
  ]);
  t.same(world.said(), ['Hello', 'Hello', 'It broke again.', 'One more thing.']);
});

t.test('one that an admin deletes meanwhile keeps no other', async (t) => {
  const world = open(t);
  const [ada, bob] = [world.user('ada', 'admin'), world.user('bob', 'agent')];
  const conversation = await world.closed(world.user('ann'), bob);
  await world.closed(world.user('ben'), bob);
  await world.sweep(1, () => [world.writer.submit({ type: 'conversation.delete', by: by(ada), conversation })]);
  t.same(world.said(), []);
});

t.test('a visitor who says something at last', async (t) => {
  const world = open(t);
  const visitor = (name: string) => world.user(name, 'user', { anonymous: true });
  const vic = visitor('vic');
  const conversation = randomUUIDv7();
  for (const [who, id] of [[vic, conversation] as const, [visitor('vera'), null] as const]) {
    await world.writer.submit({
      type: 'conversation.create',
      by: by(who),
      beginning: { ...nothing, id },
      kind: 'support',
      subject: null,
      customer: null,
      queue: 'agent',
      assignee: null,
    } as Change);
  }
  await world.sweep(null, () => [world.send(vic, { conversation }, 'Is anybody there?')]);
  t.same(world.said(), ['Is anybody there?']);
  t.equal(world.inside(), 1, 'who said nothing is gone');
});

t.test('a room that the host made for a visitor, and in which nobody has said anything yet', async (t) => {
  const world = open(t);
  const [vic, dora] = [world.user('vic', 'user', { anonymous: true }), world.user('dora')];
  await world.writer.submit({
    type: 'conversation.create',
    by: HOST,
    beginning: nothing,
    kind: 'room',
    subject: null,
    externalId: 'appointment',
    maxLength: null,
    guests: [vic, dora].map(({ uuid }) => ({ user: { uuid }, name: null })),
  });
  await world.sweep(null, () => []);
  t.equal(world.inside(), 2);
});
