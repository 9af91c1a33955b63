import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { type Body, startApp } from '../helper.ts';
import type { TestLine } from '../line.ts';

/** What a line was told of a conversation, in the order of arrival: `ok`s and events alike. */
function revsOf(line: TestLine, conversationId: string): number[] {
  return line.frames.flatMap((frame: Body) => {
    if (frame.type === 'ok' && frame.message?.conversationId === conversationId) return [frame.message.rev];
    return frame.conversationId === conversationId && frame.rev !== undefined ? [frame.rev] : [];
  });
}

t.test('answers and events of a conversation leave in the order of rev, each once', async (t) => {
  const app = await startApp(t);
  const key = await app.key('*');
  const people = await Promise.all(['ann', 'bob', 'cyd'].map((name) => app.hostUser(name)));
  const participants = people.map(({ user }) => ({ userId: user.id }));
  const { body: room } = await key.request('POST', 'conversations', { kind: 'room', externalId: 'r', participants });
  const lines = await Promise.all(people.map((person) => person.connect()));
  const window = 40;
  await Promise.all(
    lines.flatMap((line, who) =>
      Array.from({ length: window }, async (_, index) => {
        const id = randomUUIDv7();
        const message = { id, content: `${who} ${index}` };
        t.equal((await line.call({ type: 'message.send', conversationId: room.id, message })).type, 'ok');
        if (index % 4 === 0) {
          const edit = { type: 'message.edit', conversationId: room.id, messageId: id, content: 'edited' };
          t.equal((await line.call(edit)).type, 'ok');
        }
      }),
    ),
  );
  const last = Math.max(...lines.flatMap((line) => revsOf(line, room.id)));
  for (const line of lines) {
    await line.rest();
    const from = room.rev + 1;
    const expected = Array.from({ length: last - from + 1 }, (_, index) => from + index);
    t.same(revsOf(line, room.id), expected, 'every rev once, none out of order');
  }
});

t.test("one line's sends are kept in the order in which they were sent", async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await visitor.connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'first' } });
  const { conversationId } = message;
  const sends = Array.from({ length: 300 }, (_, index) =>
    line.call({ type: 'message.send', conversationId, message: { content: `${index}` } }),
  );
  const answers = await Promise.all(sends);
  t.same(
    answers.map((answer) => [answer.message.content, answer.message.seq]),
    answers.map((_, index) => [`${index}`, index + 2]),
  );
});

t.test('a reading sees the writes before it, and is answered behind them', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await visitor.connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
  const { conversationId } = message;
  const before = line.frames.length;
  const [, , sync] = await Promise.all([
    line.call({ type: 'message.send', conversationId, message: { content: 'two' } }),
    line.call({ type: 'message.send', conversationId, message: { content: 'three' } }),
    line.call({ type: 'conversation.sync', conversationId, since: 0 }),
  ]);
  t.same(
    sync.sync.messages.map(({ content }: Body) => content),
    ['one', 'two', 'three'],
  );
  t.ok(line.frames.indexOf(sync) >= before + 2, 'the answers to the sends came first');
});

t.test('a window of many commands is answered whole, though the line is paused in between', async (t) => {
  const app = await startApp(t);
  const line = await (await app.visitor()).connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'one' } });
  const { conversationId } = message;
  const sends = Array.from({ length: 3_000 }, (_, index) =>
    line.call({ type: 'message.send', conversationId, message: { content: `${index}` } }),
  );
  const seqs = (await Promise.all(sends)).map((answer) => answer.message.seq);
  t.same(
    seqs,
    sends.map((_, index) => index + 2),
  );
});

t.test('a line that asks too fast is read more slowly, not refused', async (t) => {
  const app = await startApp(t, { sendRate: 100, sendBurst: 1 });
  const line = await (await app.visitor()).connect();
  // 204 at once and 500 a second. What the network brought in one piece is answered, and then it waits.
  const asked = performance.now();
  const answers = await Promise.all(Array.from({ length: 500 }, () => line.call({ type: 'ping' })));
  t.ok(answers.every(({ type }) => type === 'ok'));
  t.match(await line.call({ type: 'ping' }), { type: 'ok' });
  const took = performance.now() - asked;
  t.ok(took > 300 && took < 5_000, `${took} ms`);
});
