/** What is over is taken away by itself; what is not stays. */
import t from 'tap';
import { startApp } from '../helper.ts';
import { openFile } from './file.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

t.test('closed conversations, silent visitors, credentials whose time is over', async (t) => {
  let now = Date.now();
  const first = await startApp(t, { visitorTokenDays: 400 }, { now: () => now });
  const admin = await first.admin();
  await admin.request('PATCH', 'settings', { retentionDays: 30 });
  const begin = async (name: string) => {
    const visitor = await first.visitor({ name });
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: name } });
    return sent.body.conversationId as string;
  };
  const [closed, open] = [await begin('closed'), await begin('open')];
  await admin.request('PATCH', `conversations/${closed}`, { status: 'closed' });
  await first.visitor({ name: 'silent' });
  const asked = await first.visitor({ name: 'asked' });
  await asked.request('POST', 'conversations', { kind: 'support' });
  await first.hostUser('named');
  now += 29 * DAY_MS;
  const late = await begin('late');
  await first.stop();
  const back = await startApp(t, { visitorTokenDays: 400 }, { folder: first.folder, now: () => now });
  const file = openFile(t, first.folder);
  const settled = async (done: () => boolean) => {
    for (const until = Date.now() + 20_000; !done() && Date.now() < until; ) await new Promise(setImmediate);
  };
  const names = () => file.rows('select name from users where anonymous = 1 order by id').map(({ name }) => name);
  await settled(() => names().length === 3);
  t.same(names(), ['closed', 'open', 'late'], 'who said something stays');
  t.equal(file.count('conversations', "kind = 'support'"), 3, 'what is closed for 29 days stays');
  await back.stop();
  now += 2 * DAY_MS;
  const again = await startApp(t, { visitorTokenDays: 400 }, { folder: first.folder, now: () => now });
  await settled(() => file.count('conversations', 'uuid = ?', closed) === 0);
  const ids = file.rows("select uuid from conversations where kind = 'support' order by id").map(({ uuid }) => uuid);
  t.same(ids, [open, late], 'what is open, or not closed for so long, stays');
  t.equal(file.count('messages', "content = 'closed'"), 0);
  await again.stop();
});
