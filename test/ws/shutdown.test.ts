import t from 'tap';
import { startApp } from '../helper.ts';

t.test('at the end all that was taken in is answered, then everybody is told when to come back', async (t) => {
  const app = await startApp(t);
  const visitors = await Promise.all(Array.from({ length: 20 }, () => app.visitor()));
  const lines = await Promise.all(visitors.map((visitor) => visitor.connect()));
  const stream = await fetch(`${app.url}/v1/events`, { headers: { authorization: `Bearer ${visitors[0]?.token}` } });
  const poll = visitors[1]?.request('GET', 'changes?wait=25');
  const sends = lines.flatMap((line) =>
    Array.from({ length: 10 }, () => line.call({ type: 'message.send', to: 'support', message: { content: 'Hi' } })),
  );
  // One answer of each has come: the others are on their way.
  await Promise.all(lines.map((_, index) => sends[index * 10]));
  const begun = performance.now();
  const stopped = app.stop();
  const answers = await Promise.allSettled(sends);
  const closes = await Promise.all(lines.map(({ closed }) => closed));
  await stopped;
  t.ok(performance.now() - begun < 2_000, 'nobody had to be cut');
  for (const { code, reason } of closes) {
    t.equal(code, 4100);
    t.match(reason, /^[1-9]\d*$/, 'the reason is the number of milliseconds');
  }
  t.ok(new Set(closes.map(({ reason }) => reason)).size > 5, 'not all at once');
  for (const [index, line] of lines.entries()) {
    t.match(line.frames.at(-1), { type: 'bye', code: 4100, retryMs: Number(closes[index]?.reason) });
  }
  const lost = answers.filter(({ status }) => status === 'rejected').length;
  const taken = answers.length - lost;
  t.ok(taken >= 20, `${taken} answered`);
  t.match(await stream.text(), /retry: \d+\ndata: \{"type":"bye","code":4100,"retryMs":\d+\}\n\n$/);
  t.match(await poll, { status: 200 });

  // What was acknowledged is there, what was not may be sent again with its id.
  const again = await startApp(t, {}, { folder: app.folder });
  const acked = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.message] : []));
  for (const { id, conversationId } of acked) {
    const read = await again.request(
      'GET',
      `conversations/${conversationId}/messages/${id}`,
      undefined,
      visitors.find((_, at) => lines[at]?.frames.some((frame) => frame.message?.id === id))?.token,
    );
    t.equal(read.status, 200);
  }
});

t.test('one that does not answer the close is cut, and the end does not wait for it', async (t) => {
  const app = await startApp(t);
  const line = await (await app.visitor()).connect();
  line.socket.pause();
  const begun = performance.now();
  await app.stop();
  t.ok(performance.now() - begun < 5_000);
  line.socket.resume();
  t.equal((await line.closed).code, 4100, 'it was told all the same');
});
