import { randomUUIDv7 } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Change, Target } from '../../src/chat/change.ts';
import { decider, want } from '../../src/chat/decide/judge.ts';
import { Rates } from '../../src/chat/decide/rates.ts';
import type { Publication } from '../../src/chat/publication.ts';
import { Store } from '../../src/db/open.ts';
import type { UserRow } from '../../src/db/rows.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { Message } from '../../src/protocol/message.ts';
import { by, LIMITS, openWorld, sendChange, type World } from '../world.ts';

interface Sent {
  message: Message;
  made: boolean;
}

interface Made {
  conversation: Conversation;
  made: boolean;
}

const nothing = { id: null, ip: null, userAgent: null, context: {} };
const support: Target = { support: 'agent' };

/** Sends and waits: gives what was answered, or the code of the refusal. */
async function told<T>(pending: PromiseLike<unknown>): Promise<T & { code?: string }> {
  try {
    return (await pending) as T & { code?: string };
  } catch (error) {
    return { code: (error as { code: string }).code } as T & { code: string };
  }
}

const all = <T>(...pending: PromiseLike<unknown>[]) => Promise.all(pending.map((one) => told<T>(one)));

/** Every text in the file, in the order in which it was written, with its conversation's kind. */
function written(world: World): string[] {
  return world.store.reader.$client
    .prepare("select content from messages where kind = 'text' order by id")
    .pluck()
    .all() as string[];
}

function conversations(world: World, kind: string): number {
  return world.store.reader.$client
    .prepare('select count(*) from conversations where kind = ?')
    .pluck()
    .get(kind) as number;
}

/** A customer whose question is open, and the agent who may answer. */
async function question(t: Test, options: Parameters<typeof openWorld>[1] = {}) {
  const world = openWorld(t, options);
  const [ann, ben] = [world.user('Ann'), world.user('Ben', 'agent')];
  const first = await told<Sent>(world.send(ann, support, 'Hello?'));
  return { world, ann, ben, first: first.message, here: { conversation: first.message.conversationId } };
}

/** Small and large batches: what happens at once is judged together, or one after another. */
for (const batchSize of [1, 256]) {
  t.test(`with ${batchSize} changes in a transaction`, async (t) => {
    t.test('the same id again is the same message, however often and whenever', async (t) => {
      const { world, ann, first, here } = await question(t, { batchSize });
      const again = () => world.send(ann, here, 'Hello?', { id: first.id });
      const atOnce = await all<Sent>(again(), again(), world.send(ann, here, 'more'), again());
      const later = await told<Sent>(again());
      for (const { message, made } of [atOnce[0], atOnce[1], atOnce[3], later] as Sent[]) {
        t.same([message, made], [first, false]);
      }
      t.equal((atOnce[2] as Sent).message.seq, 2);
      t.same(written(world), ['Hello?', 'more']);
    });

    t.test('an id that is new and comes several times at once is written once', async (t) => {
      const { world, ann, first, here } = await question(t, { batchSize });
      const id = first.id.replace(/.{4}$/, '0000');
      const sends = await all<Sent>(...[1, 2, 3].map(() => world.send(ann, here, 'once', { id })));
      t.same(
        sends.map(({ made }) => made),
        [true, false, false],
      );
      t.same(new Set(sends.map(({ message }) => message.seq)), new Set([2]));
      t.same(written(world), ['Hello?', 'once']);
    });

    t.test('other content under the same id is refused, and the message stays', async (t) => {
      const { world, ann, first, here } = await question(t, { batchSize });
      const [other, same] = await all<Sent>(
        world.send(ann, here, 'Goodbye?', { id: first.id }),
        world.send(ann, here, 'Hello?', { id: first.id }),
      );
      t.equal(other?.code, 'ID_REUSED');
      t.same(same?.message, first);
      t.same(written(world), ['Hello?']);
    });

    t.test("somebody else's id is refused in the same conversation, and means nothing in another", async (t) => {
      const { world, ann, ben, first, here } = await question(t, { batchSize });
      const cas = world.user('Cas');
      const [inHere, elsewhere] = await all<Sent>(
        world.send(ben, here, 'Hello?', { id: first.id }),
        world.send(cas, support, 'Hello?', { id: first.id }),
      );
      t.equal(inHere?.code, 'ID_REUSED');
      t.equal(elsewhere?.made, true);
      t.equal(elsewhere?.message.id, first.id);
      t.not(elsewhere?.message.conversationId, first.conversationId);
      t.same((await told<Sent>(world.send(ann, here, 'Hello?', { id: first.id }))).message, first);
    });

    t.test('a retry is answered with the message as it is now', async (t) => {
      const { world, ann, first, here } = await question(t, { batchSize });
      const named = { by: by(ann), conversation: here.conversation, id: first.id };
      const retry = (content: string) => told<Sent>(world.send(ann, here, content, { id: first.id }));
      await world.writer.submit({ type: 'message.edit', ...named, content: 'Hello!' });
      t.match(await retry('Hello?'), { made: false, message: { seq: 1, content: 'Hello!' } });
      await world.writer.submit({ type: 'message.delete', ...named });
      t.match(await retry('Hello?'), { made: false, message: { seq: 1, content: null } });
      await world.writer.submit({
        type: 'conversation.patch',
        by: by(world.user('Cas', 'agent')),
        conversation: here.conversation,
        status: 'closed',
        ifSeq: null,
      });
      t.match(await retry('anything'), { made: false, message: { seq: 1, content: null } }, 'and reopens nothing');
      t.equal(
        world.store.reader.$client.prepare("select status from conversations where kind = 'support'").pluck().get(),
        'closed',
      );
    });

    t.test('two first messages to the team at once make one conversation', async (t) => {
      const world = openWorld(t, { batchSize });
      const ann = world.user('Ann');
      const [one, two] = await all<Sent>(world.send(ann, support, 'one'), world.send(ann, support, 'two'));
      t.equal(one?.message.conversationId, two?.message.conversationId);
      t.same([one?.message.seq, two?.message.seq], [1, 2]);
      t.equal(conversations(world, 'support'), 1);
      t.equal(conversations(world, 'side'), 1);
    });

    t.test('the same first message twice at once makes one conversation and one message', async (t) => {
      const {
        world,
        first: { id },
      } = await question(t, { batchSize });
      const dot = world.user('Dot');
      const [one, two] = await all<Sent>(
        world.send(dot, support, 'Hi', { id }),
        world.send(dot, support, 'Hi', { id }),
      );
      t.same([one?.made, two?.made], [true, false]);
      t.same(one?.message, two?.message);
      t.equal(conversations(world, 'support'), 2);
    });

    t.test('a pair that begins from both sides at once has one conversation', async (t) => {
      const world = openWorld(t, { batchSize });
      const [ann, ben] = [world.user('Ann'), world.user('Ben')];
      const create = (user: UserRow, other: UserRow) =>
        world.writer.submit({
          type: 'conversation.create',
          kind: 'direct',
          by: by(user),
          beginning: nothing,
          user: { uuid: other.uuid },
        });
      const sends = await all<Sent>(
        world.send(ann, { user: { uuid: ben.uuid } }, 'from Ann'),
        world.send(ben, { user: { uuid: ann.uuid } }, 'from Ben'),
      );
      const made = await all<Made>(create(ann, ben), create(ben, ann));
      t.same(
        sends.map(({ message }) => message.seq),
        [1, 2],
      );
      t.same(
        made.map(({ made }) => made),
        [false, false],
      );
      const ids = [
        ...sends.map(({ message }) => message.conversationId),
        ...made.map(({ conversation }) => conversation.id),
      ];
      t.equal(new Set(ids).size, 1);
      t.equal(conversations(world, 'direct'), 1);
    });

    t.test('what the host ties to an id of its own is made once, with its people', async (t) => {
      const world = openWorld(t, { batchSize });
      const create = (name: string) =>
        world.writer.submit({
          type: 'conversation.create',
          kind: 'room',
          by: { user: null, session: null, line: null, key: null },
          beginning: nothing,
          subject: name,
          externalId: 'call-7',
          maxLength: null,
          guests: [{ user: { externalId: 'ann' }, name: 'Ann', title: 'patient', moderator: false }],
        });
      const made = await all<Made>(create('first'), create('second'));
      t.same(
        made.map(({ made }) => made),
        [true, false],
      );
      t.same(
        made.map(({ conversation }) => conversation.subject),
        ['first', 'first'],
      );
      t.equal(conversations(world, 'room'), 1);
      t.equal(
        world.store.reader.$client.prepare("select count(*) from identities where subject = 'ann'").pluck().get(),
        1,
      );
    });

    t.test('a message to the team is found again when its conversation is closed', async (t) => {
      const { world, ann, ben, first, here } = await question(t, { batchSize });
      await world.writer.submit({ type: 'conversation.patch', by: by(ben), ...here, status: 'closed', ifSeq: null });
      t.match(await told<Sent>(world.send(ann, support, 'Hello?', { id: first.id })), { made: false, message: first });
      t.equal(conversations(world, 'support'), 1);
      t.match(await told<Sent>(world.send(ann, support, 'Something else')), { made: true, message: { seq: 1 } });
      t.equal(conversations(world, 'support'), 2, 'what is new begins another');
    });

    // What a send by `to` wrote earlier in the same batch is not among what was loaded for the next one.
    t.test('a message to the team is found again though its conversation was closed at the same moment', async (t) => {
      const { world, ann, ben, first, here } = await question(t, { batchSize });
      const id = first.id.replace(/.{4}$/, '0001');
      const sends = await all<Sent>(
        world.send(ann, support, 'again', { id }),
        world.writer.submit({ type: 'conversation.patch', by: by(ben), ...here, status: 'closed', ifSeq: null }),
        world.send(ann, support, 'again', { id }),
      );
      t.equal(sends[2]?.made, false);
      t.same(written(world), ['Hello?', 'again']);
    });

    t.test('of two who take a waiting conversation at once both are obeyed, in their order', async (t) => {
      const { world, ben, here } = await question(t, { batchSize });
      const cas = world.user('Cas', 'agent');
      const take = (user: UserRow) =>
        world.writer.submit({
          type: 'conversation.patch',
          by: by(user),
          ...here,
          assignee: { uuid: user.uuid },
          ifSeq: null,
        });
      const taken = await all<Made>(take(ben), take(cas));
      t.same(
        taken.map(({ conversation }) => conversation.assignee?.id),
        [ben.uuid, cas.uuid],
      );
      const revs = taken.map(({ conversation }) => conversation.rev);
      t.equal((revs[1] as number) - (revs[0] as number), 1);
    });

    t.test('of two who answer a waiting conversation at once the first has it', async (t) => {
      const { world, ben, here } = await question(t, { batchSize });
      const cas = world.user('Cas', 'agent');
      const answers = await all<Sent & Made>(world.send(ben, here, 'I am here'), world.send(cas, here, 'So am I'));
      t.same(
        answers.map(({ conversation }) => conversation.assignee?.id),
        [ben.uuid, ben.uuid],
      );
      t.same(
        answers.map(({ message }) => message.seq),
        [2, 3],
      );
    });

    t.test('of two who answer without having seen each other one is told', async (t) => {
      const { world, ann, ben, here } = await question(t, { batchSize });
      const cas = world.user('Cas', 'agent');
      const answers = await all<Sent>(
        world.send(ben, here, 'Yes', { ifSeq: 1 }),
        world.send(cas, here, 'No', { ifSeq: 1 }),
        world.send(ben, here, 'and', { ifSeq: 1 }),
        world.send(ann, here, 'Thanks'),
        world.writer.submit({ type: 'conversation.patch', by: by(ben), ...here, status: 'closed', ifSeq: 3 }),
      );
      t.same(
        answers.map(({ code }) => code),
        [undefined, 'NEWER_MESSAGES', undefined, undefined, 'NEWER_MESSAGES'],
      );
      t.same(written(world), ['Hello?', 'Yes', 'and', 'Thanks']);
    });

    t.test('who is taken off a conversation writes no more into it', async (t) => {
      const { world, ben, here } = await question(t, { batchSize });
      const [pat, sam] = [world.user('Pat', 'peer'), world.user('Sam', 'peer')];
      const assign = (to: UserRow) =>
        world.writer.submit({
          type: 'conversation.patch',
          by: by(ben),
          ...here,
          assignee: { uuid: to.uuid },
          ifSeq: null,
        });
      const [, early, , late, now] = await all<Sent>(
        assign(pat),
        world.send(pat, here, 'I help'),
        assign(sam),
        world.send(pat, here, 'still me'),
        world.send(sam, here, 'my turn'),
      );
      t.same([early?.made, late?.code, now?.made], [true, 'NOT_FOUND', true]);
    });

    t.test('a message that is deleted right after it was sent leaves the one before to be shown', async (t) => {
      const { world, ann, first, here } = await question(t, { batchSize });
      const id = first.id.replace(/.{4}$/, '0002');
      const [, gone] = await all<Sent & Made>(
        world.send(ann, support, 'oops', { id }),
        world.writer.submit({ type: 'message.delete', by: by(ann), ...here, id }),
      );
      t.match(gone?.conversation.last, { seq: 1, text: 'Hello?' });
    });
  });
}

t.test('a retry is found again after a restart', async (t) => {
  const { world, ann, first, here } = await question(t);
  await world.store.close();
  const store = new Store({
    folder: world.folder,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 100,
    batchSize: 100,
  });
  t.teardown(() => store.close());
  const writer = store.openWriter<Change, Publication>({
    want,
    decide: decider(LIMITS, new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { settle } of decided) settle();
    },
  });
  const [same, other, more] = await all<Sent>(
    writer.submit(sendChange(ann, here, 'Hello?', { id: first.id })),
    writer.submit(sendChange(ann, here, 'Goodbye?', { id: first.id })),
    writer.submit(sendChange(ann, support, 'more')),
  );
  t.match(same, { made: false, message: first });
  t.equal(other?.code, 'ID_REUSED');
  t.match(more, { made: true, message: { seq: 2, conversationId: first.conversationId } });
});
