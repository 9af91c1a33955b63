/** Tabs with one line, where the one that has it does not do its part. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { startApp } from '../../helper.ts';
import { client, contents, until } from './live.ts';
import { manualClock } from './manual-clock.ts';

t.test('a leading tab that was put to sleep is done without', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'Aiko')];
  const share = randomUUID();
  // As a browser leaves it: the lock is held, and nobody answers.
  const { promise: closing, resolve: close } = Promise.withResolvers<void>();
  await new Promise<void>((resolve) => {
    void navigator.locks.request(share, () => {
      resolve();
      return closing;
    });
  });
  t.teardown(close);
  const time = manualClock(Date.now());
  const made = client(t, app.url, visitor.token, { share, clock: time.clock });
  const other = client(t, app.url, visitor.token, { share, clock: time.clock });
  await Promise.all([made.connect(), other.connect()]);
  t.match([made.state, other.state], [{ transport: 'tab' }, { transport: 'tab' }]);
  const { conversationId: id } = await made.send({ to: 'support' }, 'Hello?').done;
  await made.conversations.open(id);
  await agent.request('POST', `conversations/${id}/messages`, { content: 'Here I am' });
  await time.advance(25_000);
  await time.advance(10_000);
  await until(made, 'the answer', () => contents(made, id).includes('Here I am'));
  await agent.request('POST', `conversations/${id}/messages`, { content: 'Still here' });
  await until(made, 'the next one', () => contents(made, id).includes('Still here'));
  await until(other, 'the other tab too', () => other.conversations.get(id)?.last?.text === 'Still here');
});

t.test('a leading tab that lives is followed, however little it has to tell', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const share = randomUUID();
  const time = manualClock(Date.now());
  const leader = client(t, app.url, visitor.token, { share });
  await leader.connect();
  const made = client(t, app.url, visitor.token, { share, clock: time.clock });
  await made.connect();
  const asked = new BroadcastChannel(share);
  t.teardown(() => asked.close());
  for (let times = 0; times < 3; times += 1) {
    const answer = new Promise((resolve) => {
      asked.onmessage = ({ data }) => 'here' in data && resolve(data);
    });
    await time.advance(25_000);
    await answer;
    await time.advance(9_000);
  }
  t.match(made.state, { name: 'online', transport: 'tab' });
});
