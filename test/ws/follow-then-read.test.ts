import t from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { openLine, type TestLine } from '../line.ts';

const MESSAGES = 400;
const LINES = 25;

async function room(app: TestApp): Promise<{ id: string; ann: Actor; bob: Actor }> {
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const key = await app.key('*');
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const { body } = await key.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  return { id: body.id, ann, bob };
}

/** The revs of a conversation that a line heard by events. */
const heard = (line: TestLine, id: string): number[] =>
  line.frames.filter((frame) => frame.conversationId === id && frame.rev !== undefined).map(({ rev }) => rev);

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

/** Sends with a window of 8, so that changes are always on their way. */
async function write(line: TestLine, conversationId: string): Promise<number> {
  let last = 0;
  let left = MESSAGES;
  const sender = async () => {
    for (; left > 0; ) {
      left -= 1;
      const { message } = await line.call({ type: 'message.send', conversationId, message: { content: `${left}` } });
      last = Math.max(last, message.rev);
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  return last;
}

t.test('between what hello reads and the events behind it nothing is lost and nothing doubled', async (t) => {
  const app = await startApp(t, { socketsPerUser: 100 });
  const { id, ann, bob } = await room(app);
  const writing = write(await ann.connect(), id);
  const lines: TestLine[] = [];
  for (let count = 0; count < LINES; count += 1) lines.push(await bob.connect());
  const last = await writing;
  const begins = new Set<number>();
  for (const line of lines) {
    await line.rest();
    const { conversations } = line.frames.find(({ type }) => type === 'welcome');
    const { rev } = conversations.find((one: Body) => one.id === id);
    begins.add(rev);
    t.same(heard(line, id), range(rev + 1, last), `from ${rev} on`);
  }
  t.ok(begins.size > 1, 'the lines began at different moments');
});

t.test('the same with what one holds, and with sync on an open line', async (t) => {
  const app = await startApp(t, { socketsPerUser: 100 });
  const { id, ann, bob } = await room(app);
  const first = await bob.connect();
  const { cursor } = await first.call({ type: 'ping' });
  const { sync } = await first.call({ type: 'conversation.sync', conversationId: id, since: 0 });
  const writing = write(await ann.connect(), id);
  const syncs: Promise<unknown>[] = [];
  for (let count = 0; count < LINES; count += 1) {
    const line = await openLine(t, app.url);
    const welcome = await line.hello(bob.token, { cursor, revs: { [id]: sync.rev } });
    const synced = welcome.synced[id];
    const again = { type: 'conversation.sync', conversationId: id, since: synced.rev, epoch: welcome.epoch };
    syncs.push(
      line.call(again).then(async (answer) => {
        const at = line.frames.indexOf(answer);
        const last = await writing;
        await line.rest();
        const revs = heard(line, id);
        const behind = line.frames.slice(at).filter((one) => one.conversationId === id && one.rev !== undefined);
        const before = revs.slice(0, revs.length - behind.length);
        t.same(before, range(before[0] ?? 0, before.at(-1) ?? -1), 'events in order');
        t.ok((before.at(-1) ?? 0) <= answer.sync.rev, 'and none ahead of the answer');
        t.equal(synced.messages.length, synced.rev - sync.rev, 'what was missed is whole');
        t.equal(answer.sync.messages.length, answer.sync.rev - synced.rev, 'so is what came meanwhile');
        t.same(
          behind.map(({ rev }) => rev),
          range(answer.sync.rev + 1, last),
          'behind the answer comes what it did not have',
        );
      }),
    );
  }
  await Promise.all(syncs);
});
