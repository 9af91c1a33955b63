import t from 'tap';
import type { Message } from '../../../src/protocol/message.ts';
import { ParleyError } from '../../../src/web/sdk/errors.ts';
import { createOutbox, type Outbox } from '../../../src/web/sdk/outbox.ts';
import type { OutboxItem } from '../../../src/web/sdk/outbox-item.ts';
import { memoryStorage, type Storage } from '../../../src/web/sdk/storage.ts';
import { createUuids } from '../../../src/web/sdk/uuid.ts';
import fc from '../../property.ts';
import { manualClock, settled } from './manual-clock.ts';

type Sending = { item: OutboxItem; store(): Message; fail(code: ParleyError['code'], retryMs?: number): void };

/** Waits until the browser has given up the locks of tabs that closed. */
async function locksFree(storage: Storage): Promise<void> {
  for (const key of storage.keys()) await navigator.locks.request(key.replace(/\.[^.]*$/, ''), () => {});
}

/** A server that answers when the test says so, and the outboxes of tabs before it. */
function bench(storage: Storage = memoryStorage()) {
  const time = manualClock();
  const stored: Message[] = [];
  const sending: Sending[] = [];
  const uploaded: Blob[] = [];

  function keep({ id, target, draft }: OutboxItem): Message {
    const former = stored.find((one) => one.id === id);
    if (former) return former;
    const message = {
      id,
      conversationId: 'conversationId' in target ? target.conversationId : 'made',
      seq: stored.length + 1,
      content: draft.content ?? '',
    } as Message;
    stored.push(message);
    return message;
  }

  function tab(options: { name?: string; userId?: string } = {}) {
    const told: OutboxItem[] = [];
    const outbox = createOutbox({
      storage,
      clock: time.clock,
      newId: createUuids(() => time.clock.now()),
      name: options.name ?? 'test',
      userId: options.userId,
      changed: (item) => told.push(item),
      upload: async (file, progress) => {
        uploaded.push(file);
        progress(0.5);
        return `file-${uploaded.length}`;
      },
      send: (item) =>
        new Promise((resolve, reject) => {
          sending.push({
            item,
            store() {
              const message = keep(item);
              resolve(message);
              return message;
            },
            fail: (code, retryMs) => reject(new ParleyError(code, code, retryMs)),
          });
        }),
    });
    return { outbox, told, states: () => outbox.list().map(({ state }) => state) };
  }

  /** The next message that the server has to answer. */
  async function next(): Promise<Sending> {
    await settled();
    const one = sending.shift();
    if (!one) throw new Error('nothing is being sent');
    return one;
  }
  return { time, storage, stored, sending, uploaded, tab, next, keep };
}

const to = (conversationId: string) => ({ conversationId });
const contents = (messages: readonly { content: string | null }[]) => messages.map(({ content }) => content);

t.test('one at a time a conversation, in their order, conversations side by side', async (t) => {
  const { tab, next, sending, stored } = bench();
  const { outbox } = tab();
  outbox.resume('u');
  const done = outbox.add(to('a'), { content: '1' });
  void outbox.add(to('a'), { content: '2' });
  void outbox.add(to('b'), { content: '3' });
  await settled();
  t.same(
    sending.map(({ item }) => item.draft.content),
    ['1', '3'],
    'the second of a waits for its first',
  );
  const first = await next();
  first.store();
  t.equal((await done).seq, 1, 'it settles with the acknowledgement');
  (await next()).store();
  (await next()).store();
  t.same(contents(stored), ['1', '3', '2']);
  await settled();
  t.same(outbox.list(), [], 'nothing is left');
});

t.test('an unknown outcome is sent again with the same id, as soon as there is a line', async (t) => {
  const { tab, next, stored, sending, keep } = bench();
  const { outbox, states } = tab();
  outbox.resume('u');
  void outbox.add(to('a'), { content: '1' });
  void outbox.add(to('a'), { content: '2' });
  const first = await next();
  keep(first.item);
  outbox.pause();
  first.fail('NETWORK');
  await settled();
  t.same(states(), ['queued', 'queued']);
  t.equal(sending.length, 0, 'nothing goes out without a line');
  outbox.resume('u');
  const again = await next();
  t.equal(again.item.id, first.item.id);
  again.store();
  (await next()).store();
  t.same(contents(stored), ['1', '2'], 'stored once each');
});

t.test('"too fast" waits as long as the server says, and what is behind it waits too', async (t) => {
  const { tab, next, sending, time, stored } = bench();
  const { outbox } = tab();
  outbox.resume('u');
  void outbox.add(to('a'), { content: '1' });
  void outbox.add(to('a'), { content: '2' });
  (await next()).fail('RATE_LIMITED', 3000);
  await settled();
  t.match(outbox.list()[0], { state: 'queued', error: { code: 'RATE_LIMITED' }, retryAt: time.clock.now() + 3000 });
  await time.advance(2999);
  t.equal(sending.length, 0);
  outbox.pause();
  outbox.resume('u');
  await settled();
  t.equal(sending.length, 0, 'a new line does not make it sooner');
  await time.advance(1);
  (await next()).store();
  (await next()).store();
  t.same(contents(stored), ['1', '2']);
});

t.test('what the server refuses stays with its reason; it can be sent again or taken back', async (t) => {
  const { tab, next, stored, sending } = bench();
  const { outbox, states, told } = tab();
  outbox.resume('u');
  const done = outbox.add(to('a'), { content: '1' });
  void outbox.add(to('a'), { content: '2' });
  (await next()).fail('CLOSED');
  await t.rejects(done, { code: 'CLOSED' });
  (await next()).store();
  await settled();
  t.same(states(), ['failed'], 'what was behind it went on');
  const [failed] = outbox.list();
  const again = outbox.retry(failed?.id as string);
  (await next()).fail('CLOSED');
  await t.rejects(again, { code: 'CLOSED' });
  outbox.discard(failed?.id as string);
  t.same(outbox.list(), []);
  t.equal(told.at(-1)?.state, 'discarded');
  await t.rejects(outbox.retry(failed?.id as string), { code: 'NOT_FOUND' });
  t.same([contents(stored), sending], [['2'], []]);
});

t.test("a server's own mistake is tried three times before it is told", async (t) => {
  const { tab, next, time } = bench();
  const { outbox, states } = tab();
  outbox.resume('u');
  const done = outbox.add(to('a'), { content: '1' });
  for (const state of ['queued', 'queued', 'failed']) {
    (await next()).fail('INTERNAL');
    await settled();
    t.same(states(), [state]);
    await time.advance(20_000);
  }
  await t.rejects(done, { code: 'INTERNAL' });
});

t.test('taken back while it is under way: the promise says so, a late answer changes nothing', async (t) => {
  const { tab, next } = bench();
  const { outbox, told } = tab();
  outbox.resume('u');
  const done = outbox.add(to('a'), { content: '1' });
  const first = await next();
  outbox.discard(first.item.id);
  await t.rejects(done, { code: 'DISCARDED' });
  first.store();
  await settled();
  t.same(
    told.map(({ state }) => state),
    ['queued', 'sending', 'discarded'],
  );
});

t.test('a message that arrives by itself is sent, without asking again', async (t) => {
  const { tab, next, sending, keep } = bench();
  const { outbox, told } = tab();
  outbox.resume('u');
  const done = outbox.add(to('a'), { content: '1' });
  const first = await next();
  outbox.pause();
  first.fail('NETWORK');
  outbox.seen(keep(first.item));
  t.match(await done, { content: '1' });
  outbox.resume('u');
  await settled();
  t.same(sending, []);
  t.match(told.at(-1), { state: 'sent', message: { seq: 1 } });
});

t.test('to whom and in which conversation become one order once it is known', async (t) => {
  const { tab, next, sending } = bench();
  const { outbox } = tab();
  outbox.resume('u');
  void outbox.add({ to: 'support' }, { content: '1' });
  void outbox.add({ to: 'support' }, { content: '2' });
  (await next()).store();
  await settled();
  void outbox.add(to('made'), { content: '3' });
  await settled();
  t.same(
    sending.map(({ item }) => item.draft.content),
    ['2'],
    'the third waits for the second',
  );
  t.same(
    outbox.list(to('made')).map(({ draft }) => draft.content),
    ['2', '3'],
  );
});

t.test('after a reload what was unsent goes out, in its order, and what failed has still failed', async (t) => {
  const { tab, next, stored, time, storage } = bench();
  const before = tab();
  before.outbox.resume('u');
  const promises = ['1', '2', '3'].map((content) => before.outbox.add(to('a'), { content }));
  (await next()).fail('CLOSED');
  (await next()).store();
  await next();
  before.outbox.close();
  await locksFree(storage);
  await t.rejects(promises[2] as Promise<Message>, { code: 'STOPPED' });

  const after = tab({ userId: 'u' });
  await settled();
  t.same(after.states(), ['failed', 'queued'], 'shown before there is a line');
  time.clock.chance = 0;
  after.outbox.resume('u');
  void after.outbox.add(to('a'), { content: '4' });
  (await next()).store();
  (await next()).store();
  t.same(contents(stored), ['2', '3', '4']);
  after.outbox.discard(after.outbox.list()[0]?.id as string);
  await settled();
  t.same([after.outbox.list(), storage.keys()], [[], []], 'nothing is left behind');
});

t.test('a tab that lives keeps its messages; of one that is gone another takes them over', async (t) => {
  const { tab, next, sending, storage } = bench();
  const one = tab();
  one.outbox.resume('u');
  void one.outbox.add(to('a'), { content: '1' });
  await next();
  const two = tab();
  two.outbox.resume('u');
  await settled();
  t.same(two.outbox.list(), []);
  one.outbox.close();
  await locksFree(storage);
  two.outbox.resume('u');
  await settled();
  t.equal(two.outbox.list().length, 1);
  (await next()).store();
  await settled();
  t.same([sending, storage.keys()], [[], []]);
});

t.test('messages of another user, or under another name, are left alone', async (t) => {
  const { tab, next, sending, storage } = bench();
  const one = tab();
  one.outbox.resume('ann');
  void one.outbox.add(to('a'), { content: '1' });
  await next();
  one.outbox.close();
  await locksFree(storage);
  const other = tab();
  other.outbox.resume('bob');
  const otherName = tab({ name: 'console' });
  otherName.outbox.resume('ann');
  await settled();
  t.same([other.outbox.list(), otherName.outbox.list(), sending], [[], [], []]);
  const merged = tab();
  merged.outbox.resume('named', ['ann']);
  t.equal((await next()).item.draft.content, '1', 'who became another user sends what they wrote before');
});

t.test('signing out forgets all of it', async (t) => {
  const { tab, storage } = bench();
  const one = tab();
  one.outbox.resume('ann');
  const done = one.outbox.add(to('a'), { content: '1' });
  one.outbox.clear();
  await t.rejects(done, { code: 'DISCARDED' });
  t.same([one.outbox.list(), storage.keys()], [[], []]);
});

t.test('files are uploaded first, once more when the server no longer has them', async (t) => {
  const { tab, next, uploaded } = bench();
  const { outbox, told } = tab();
  outbox.resume('u');
  const files = [new Blob(['a']), new Blob(['b'])];
  void outbox.add(to('a'), { content: '', attachments: ['own'] }, { files });
  const first = await next();
  t.same(first.item.draft.attachments, ['own', 'file-1', 'file-2']);
  t.same(
    told.map(({ progress }) => progress).filter((part) => part !== undefined),
    [0, 0.25, 0.5, 0.75],
  );
  first.fail('ATTACHMENT_GONE');
  await settled();
  const time = outbox.list()[0]?.retryAt;
  t.ok(time, 'tried again by itself');
  void outbox.retry(first.item.id);
  const again = await next();
  t.equal(again.item.id, first.item.id);
  t.same(again.item.draft.attachments, ['own', 'file-3', 'file-4']);
  again.fail('ATTACHMENT_GONE');
  await settled();
  t.same(
    outbox.list().map(({ state, error }) => [state, error?.code]),
    [['failed', 'ATTACHMENT_GONE']],
  );
  t.equal(uploaded.length, 4);
});

t.test('a file that went with its page is told, and not tried', async (t) => {
  const { tab, sending, storage } = bench();
  const one = tab();
  void one.outbox.add(to('a'), { content: 'see' }, { files: [new Blob(['a'])] });
  one.outbox.close();
  await locksFree(storage);
  const two = tab();
  two.outbox.resume('u');
  await settled();
  const [item] = two.outbox.list();
  t.match(item, { state: 'failed', error: { code: 'ATTACHMENT_GONE' } });
  await t.rejects(two.outbox.retry(item?.id as string), { code: 'ATTACHMENT_GONE' });
  t.same(sending, []);
});

t.test('a storage that refuses to write loses nothing while the page lives', async (t) => {
  const storage = memoryStorage();
  storage.set = () => {
    throw new Error('full');
  };
  const { tab, next, stored } = bench(storage);
  const { outbox } = tab();
  outbox.resume('u');
  void outbox.add(to('a'), { content: '1' });
  (await next()).store();
  t.same(contents(stored), ['1']);
});

t.test('whatever happens on the way, each message is stored once and in its order', async (t) => {
  const outcome = fc.constantFrom('stored', 'lost before', 'lost after', 'too fast', 'seen', 'reload', 'new line');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(outcome, fc.constantFrom('add a', 'add b')), { maxLength: 40 }), async (run) => {
      const { tab, sending, stored, time, keep, storage } = bench();
      let { outbox } = tab();
      outbox.resume('u');
      const written: Record<string, string[]> = { a: [], b: [] };
      const drop = () => {
        outbox.pause();
        for (const one of sending.splice(0)) one.fail('NETWORK');
      };
      for (const what of run) {
        await settled();
        if (what.startsWith('add')) {
          const lane = what.slice(4);
          const content = `${lane}${written[lane]?.length}`;
          written[lane]?.push(content);
          void outbox.add(to(lane), { content });
        } else if (what === 'reload') {
          outbox.close();
          sending.length = 0;
          await locksFree(storage);
          outbox = tab().outbox;
          outbox.resume('u');
        } else if (what === 'new line') {
          drop();
          await settled();
          outbox.resume('u');
        } else {
          const one = sending.shift();
          if (what === 'stored') one?.store();
          if (what === 'too fast') one?.fail('RATE_LIMITED', 500);
          if (what === 'lost before') one?.fail('TIMEOUT');
          if (what === 'lost after' && one) {
            keep(one.item);
            one.fail('NETWORK');
          }
          if (what === 'seen' && one) {
            outbox.seen(keep(one.item));
            one.fail('NETWORK');
          }
          if (what === 'too fast') await time.advance(300);
        }
      }
      await finish(outbox, sending, time);
      for (const lane of ['a', 'b']) {
        const own = stored.filter(({ conversationId }) => conversationId === lane);
        if (JSON.stringify(contents(own)) !== JSON.stringify(written[lane])) {
          throw new Error(`${lane}: wrote ${written[lane]}, stored ${contents(own)}`);
        }
      }
    }),
    { numRuns: 300 },
  );
  t.pass('300 runs');
});

async function finish(outbox: Outbox, sending: Sending[], time: ReturnType<typeof manualClock>): Promise<void> {
  for (let rounds = 0; outbox.list().length; rounds++) {
    if (rounds > 200) throw new Error(`left: ${JSON.stringify(outbox.list())}`);
    await settled();
    for (const one of sending.splice(0)) one.store();
    await time.advance(1000);
  }
}

t.test(
  'a line that was lost on the way counts neither as a mistake of the server nor as files that are gone',
  async (t) => {
    const { tab, next, time, stored } = bench();
    const { outbox, states } = tab();
    outbox.resume('u');
    void outbox.add(to('a'), { content: 'see' }, { files: [new Blob(['a'])] });
    for (const code of ['NETWORK', 'TIMEOUT', 'NETWORK', 'INTERNAL', 'ATTACHMENT_GONE', 'INTERNAL'] as const) {
      (await next()).fail(code);
      await settled();
      t.same(states(), ['queued'], code);
      await time.advance(20_000);
    }
    (await next()).store();
    await settled();
    t.same([contents(stored), outbox.list()], [['see'], []]);
  },
);

t.test('closed while it waits for its time, it goes out with the next line', async (t) => {
  const { tab, next, stored } = bench();
  const { outbox } = tab();
  outbox.resume('u');
  void outbox.add(to('a'), { content: '1' });
  (await next()).fail('RATE_LIMITED', 3000);
  await settled();
  outbox.close();
  outbox.resume('u');
  (await next()).store();
  t.same(contents(stored), ['1']);
});
