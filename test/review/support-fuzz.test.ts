/** Whatever is done to a support conversation, in whatever batches: its numbers are those that counting gives. */
import { randomUUIDv7 } from 'node:crypto';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import t, { type Test } from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { MessageRow, UserRow } from '../../src/db/rows.ts';
import { conversations, participants, tags } from '../../src/db/schema/conversations.ts';
import { messages } from '../../src/db/schema/messages.ts';
import { authors } from '../../src/db/schema/people.ts';
import fc from '../property.ts';
import { by, openWorld, type World } from '../world.ts';

type Who = 'customer' | 'agent' | 'other' | 'peer' | 'bot';
const everybody: Who[] = ['customer', 'agent', 'other', 'peer', 'bot'];

type Step =
  | { do: 'send' | 'note'; who: Who }
  | { do: 'read'; who: Who; seq: number }
  | { do: 'delete' | 'edit'; who: Who; of: number }
  | { do: 'assign'; to: Who | null }
  | { do: 'status'; to: 'open' | 'closed' }
  | { do: 'claim' | 'handover'; who: Who }
  | { do: 'tag'; tags: string[] }
  | { do: 'snooze'; on: boolean }
  | { do: 'rate'; score: number }
  | { do: 'notice' };

const LATER = Date.UTC(2036, 0, 31);

const one = <T>(value: T) => fc.constant(value);
const who = fc.constantFrom(...everybody);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: one('send' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: one('note' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: one('read' as const), who, seq: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'edit' as const), who, of: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('assign' as const),
      to: fc.constantFrom<Who | null>('agent', 'other', 'peer', 'bot', null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('status' as const), to: fc.constantFrom('open', 'closed') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('claim' as const, 'handover' as const), who }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('tag' as const), tags: fc.subarray(['a', 'b', 'c']) }) },
  { weight: 2, arbitrary: fc.record({ do: one('snooze' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: one('rate' as const), score: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: one('notice' as const) }) },
);

/** The rows of a conversation and its side as the file has them. */
function kept(world: World, uuid: string) {
  const db = drizzle(world.store.reader.$client, { casing: 'snake_case' });
  const rows = db.select().from(conversations).all();
  const main = rows.find((row) => row.uuid === uuid);
  const side = rows.find((row) => row.parent === main?.id);
  if (main === undefined || side === undefined) throw new Error('not kept');
  const userOf = new Map(
    db
      .select()
      .from(authors)
      .all()
      .map((row) => [row.id, row]),
  );
  const thread = (id: number) =>
    db
      .select()
      .from(messages)
      .all()
      .filter((row) => row.conversation === id)
      .sort((a, b) => a.seq - b.seq);
  const members = db
    .select()
    .from(participants)
    .all()
    .filter((row) => row.conversation === main.id);
  const tagged = db
    .select()
    .from(tags)
    .all()
    .filter((row) => row.conversation === side.id)
    .map(({ tag }) => tag);
  return { tagged, main, side, userOf, said: thread(main.id), noted: thread(side.id), members };
}

/** What the side tells of tags and of putting off comes, told after each other, to what is. */
function checkSystem(t: Test, noted: MessageRow[], is: { tags: string[]; until: number | null }): void {
  const told = new Set<string>();
  let until: number | null = null;
  for (const { extra } of noted) {
    const system = extra?.system;
    if (system?.code === 'snoozed') {
      t.not(system.until, until, 'each tells something new');
      until = system.until ?? null;
    }
    if (system?.code !== 'tags') continue;
    for (const tag of system.removed ?? []) t.ok(told.delete(tag), 'only what is there goes');
    for (const tag of system.added ?? []) {
      t.notOk(told.has(tag), 'nothing is added twice');
      told.add(tag);
    }
  }
  t.same([[...told].toSorted(), until], [is.tags, is.until]);
}

t.test('numbers, marks and events of a support conversation', async (t) => {
  const world = openWorld(t);
  const people = {
    agent: world.user('agent', 'agent'),
    other: world.user('other', 'agent'),
    peer: world.user('peer', 'peer'),
    bot: world.user('bot', 'bot'),
  };
  const key = { user: null, session: null, line: null, key: null };
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, together) => {
      runs += 1;
      world.published.length = 0;
      const cast: Record<Who, UserRow> = { ...people, customer: world.user(`customer ${runs}`) };
      const first = (await world.send(cast.customer, { support: 'agent' }, 'first')) as Sent;
      const conversation = first.message.conversationId;
      const side = kept(world, conversation).side.uuid;
      const sent = [first.message.id];
      let wanted: string[] = [];
      const send = (user: UserRow, to: string) => {
        sent.push(randomUUIDv7());
        return world.send(user, { conversation: to }, `text ${sent.length}`, { id: sent.at(-1) as string });
      };
      const patch = (what: object) =>
        world.writer.submit({
          type: 'conversation.patch',
          by: by(cast.agent),
          conversation,
          ifSeq: null,
          ...what,
        } as Change);
      const carryOut = (step: Step): PromiseLike<unknown> => {
        const about = (of: number) => ({ conversation, id: sent[of % sent.length] as string });
        switch (step.do) {
          case 'send':
            return send(cast[step.who], conversation);
          case 'note':
            return send(cast[step.who], side);
          case 'read':
            return world.writer.submit({ type: 'mark.read', by: by(cast[step.who]), conversation, seq: step.seq });
          case 'delete':
            return world.writer.submit({ type: 'message.delete', by: by(cast[step.who]), ...about(step.of) });
          case 'edit':
            return world.writer.submit({
              type: 'message.edit',
              by: by(cast[step.who]),
              ...about(step.of),
              content: `edited ${step.of}`,
            });
          case 'assign':
            return patch({ assignee: step.to === null ? null : { uuid: cast[step.to].uuid } });
          case 'status':
            return patch({ status: step.to });
          case 'claim':
          case 'handover':
            return world.writer.submit({ type: `conversation.${step.do}`, by: by(cast[step.who]), conversation });
          case 'tag':
            wanted = step.tags;
            return patch({ tags: step.tags });
          case 'snooze':
            return patch({ snoozedUntil: step.on ? LATER : null });
          case 'rate':
            return world.writer.submit({
              type: 'conversation.rate',
              by: by(cast.customer),
              conversation,
              score: step.score,
              comment: 'said of it',
            });
          case 'notice':
            return world.writer.submit({
              type: 'message.create',
              by: key,
              target: { conversation },
              beginning: null,
              id: randomUUIDv7(),
              content: 'notice',
              system: true,
              quickReplies: null,
              attachments: [],
              link: null,
              ifSeq: null,
            });
        }
      };
      const answers: Promise<unknown>[] = [];
      for (const step of steps) {
        const answer = Promise.resolve(carryOut(step)).catch((error) => {
          if (error.code === 'INTERNAL') t.fail(`${JSON.stringify(step)} was a fault`);
        });
        answers.push(answer);
        if (!together) await answer;
      }
      await Promise.all(answers);

      const { tagged, main, side: beside, userOf, said, noted, members } = kept(world, conversation);
      const [me] = members;
      const authorOf = (row: (typeof said)[number]) => (row.author === null ? undefined : userOf.get(row.author));
      const counts = (row: (typeof said)[number]) => row.kind !== 'system' && row.deletedAt === null;
      for (const [row, thread] of [
        [main, said],
        [beside, noted],
      ] as const) {
        t.same(
          thread.map(({ seq }) => seq),
          Array.from({ length: row.seq }, (_, index) => index + 1),
          'seq is dense',
        );
        const last = thread.findLast(counts);
        t.same([row.lastSeq, row.lastText], [last?.seq ?? null, last?.content ?? null]);
        t.equal(row.lastUser, last === undefined ? null : (authorOf(last)?.user ?? null));
        t.equal(row.lastUncounted, thread.findLast((one) => !counts(one))?.seq ?? 0);
        t.ok(thread.every(({ rev }) => rev <= row.rev));
        // Each rev was told once, in order, and none is left out.
        const told = world.published
          .flatMap((one) => (one.type === 'thread' ? one.events : []))
          .flatMap(({ event }) => (event.conversationId === row.uuid ? [event.rev] : []));
        t.same(
          told,
          Array.from({ length: row.rev - 1 }, (_, index) => index + 2),
        );
      }
      t.equal(members.length, 1);
      t.equal(
        main.seq -
          (me?.readSeq ?? 0) -
          said.filter((row) => row.seq > (me?.readSeq ?? 0) && !counts(row)).length -
          (me?.ownAfterRead ?? 0),
        said.filter((row) => row.seq > (me?.readSeq ?? 0) && counts(row) && authorOf(row)?.user !== cast.customer.id)
          .length,
        'what the customer has not read',
      );
      const beyond = said.filter((row) => row.seq > main.teamReadSeq && counts(row));
      t.equal(beyond.filter((row) => authorOf(row)?.role === 'bot').length, main.botAfterRead);
      t.ok(
        beyond.every((row) => authorOf(row)?.role === 'bot' || authorOf(row)?.user === cast.customer.id),
        'an answer moves the mark of the team to itself',
      );
      const state = (await world.writer.submit<{ unread: number }>({
        type: 'mark.read',
        by: by(cast.agent),
        conversation,
        seq: 0,
      })) as { unread: number };
      t.equal(state.unread, beyond.filter((row) => authorOf(row)?.user === cast.customer.id).length);
      const assignee = everybody.find((name) => cast[name].id === main.assignee) ?? null;
      if (main.status === 'closed' || assignee === 'bot') t.equal(main.waiting, null, 'nobody waits there');
      else if (assignee === null) t.ok(main.waiting, 'who is in the queue waits');
      t.equal(main.status === 'open', main.openKey !== null, 'it is the only one of its customer');
      t.same(tagged, wanted.toSorted(), 'the tags are those last given');
      if (main.status === 'closed') t.equal(beside.snoozedUntil, null, 'what is closed is not put off');
      checkSystem(t, noted, { tags: tagged, until: beside.snoozedUntil });
      t.equal(
        noted.some(({ extra }) => extra?.system?.code === 'rated'),
        main.rating !== null,
      );
    }),
    { numRuns: 80 },
  );
});
