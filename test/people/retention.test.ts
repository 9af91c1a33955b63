/** What is over is taken away by itself; what is not stays. */
import t from 'tap';
import { countBeside, jobsDone, rowsBeside } from '../database.ts';
import { startApp, type TestApp } from '../helper.ts';
import { startPostOffice } from '../outbound/notices/post-office.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the server does by itself, it does soon after its start. */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await done()) && Date.now() < end; ) await new Promise(setImmediate);
}

/** Of the visitors who are there, in the order of their coming. */
async function visitorsOf({ folder }: TestApp): Promise<unknown[]> {
  const rows = await rowsBeside(folder, 'select name from users where anonymous order by id');
  return rows.map(({ name }) => name);
}

/** The folder that it leaves. */
async function stopped(app: TestApp): Promise<string> {
  await app.stop();
  return app.folder;
}

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
  await until(async () => (await visitorsOf(first)).length === 3);
  t.same(await visitorsOf(first), ['closed', 'open', 'late'], 'who said something stays');
  t.equal(await countBeside(first.folder, 'conversations', "kind = 'support'"), 3, 'what is closed for 29 days stays');
  await back.stop();
  now += 2 * DAY_MS;
  const again = await startApp(t, { visitorTokenDays: 400 }, { folder: first.folder, now: () => now });
  const left = async () =>
    (await rowsBeside(first.folder, "select uuid from conversations where kind = 'support' order by id")).map(
      ({ uuid }) => uuid,
    );
  await until(async () => !(await left()).includes(closed));
  t.same(await left(), [open, late], 'what is open, or not closed for so long, stays');
  t.equal(await countBeside(first.folder, 'messages', "content = 'closed'"), 0);
  await again.stop();
});

t.test('a silent visitor stays while a way back that was mailed is theirs, and holds up nobody else', async (t) => {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const office = await startPostOffice(t);
  const mailed = { smtpUrl: office.url, publicUrl: 'https://chat.example.com', noticeDelayMs: 100, presenceGraceMs: 0 };
  const settings = { visitorTokenDays: 400, ...mailed };
  const first = await startApp(t, settings, { now });
  const admin = await first.admin();
  const told = await first.visitor({ name: 'told', email: 'told@example.com' });
  const { id } = (await told.request('POST', 'conversations', { kind: 'support' })).body;
  await admin.request('POST', `conversations/${id}/messages`, { content: 'May I help?' });
  await office.mails.until(1);
  t.equal((await admin.request('DELETE', `conversations/${id}`)).status, 200);
  await first.visitor({ name: 'silent' });
  await jobsDone(first.folder);
  t.equal(await countBeside(first.folder, 'links', "kind = 'mail'"), 1);
  let folder = await stopped(first);
  for (const [days, left] of [
    [2, ['told']],
    [9, ['told']],
    [1, []],
  ] as const) {
    ahead += days * DAY_MS;
    const back = await startApp(t, settings, { folder, now });
    await until(
      async () =>
        (await visitorsOf(first)).length === left.length &&
        (days !== 9 || (await countBeside(first.folder, 'links')) === 0),
    );
    t.same(await visitorsOf(first), left);
    folder = await stopped(back);
  }
});

t.test(
  'sessions, links and word of what was deleted go when their time is over, with what hangs on them',
  async (t) => {
    let now = Date.now();
    const first = await startApp(
      t,
      { visitorTokenDays: 10, publicUrl: 'https://chat.example.com' },
      { now: () => now },
    );
    const admin = await first.admin();
    const invitation = await admin.request('POST', 'invitations', { role: 'agent' });
    t.equal(invitation.status, 201);
    const visitor = await first.visitor({ name: 'pushed' });
    const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
    const push = {
      endpoint: 'https://push.example.com/1',
      keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    };
    t.equal((await visitor.request('POST', 'me/push', push)).status, 204);
    const gone = await visitor.request('POST', 'conversations', { kind: 'support' });
    await admin.request('DELETE', `conversations/${gone.body.id}`);
    const link = invitation.body.link.split('#link=')[1] as string;

    now += 9 * DAY_MS;
    const back = await startApp(t, {}, { folder: await stopped(first), now: () => now });
    await until(async () => (await countBeside(first.folder, 'links')) === 0);
    t.equal(await countBeside(first.folder, 'links'), 0, 'a link of seven days');
    t.equal(await countBeside(first.folder, 'sessions', "kind = 'visitor'"), 1, 'a token of ten');
    t.equal(await countBeside(first.folder, 'pushes'), 1);
    t.match(await back.request('POST', 'auth/link', { link, password: 'correct horse battery', name: 'Late' }), {
      status: 401,
    });
    await back.stop();

    now += 33 * DAY_MS;
    const again = await startApp(t, {}, { folder: first.folder, now: () => now });
    await until(
      async () =>
        (await countBeside(first.folder, 'sessions', "kind = 'visitor'")) === 0 &&
        (await countBeside(first.folder, 'removals')) === 0,
    );
    t.equal(await countBeside(first.folder, 'sessions', "kind = 'visitor'"), 0);
    t.equal(await countBeside(first.folder, 'pushes'), 0, 'a browser is told nothing beyond its session');
    t.equal(await countBeside(first.folder, 'removals'), 0, 'no cursor is as old');
    t.equal(await countBeside(first.folder, 'conversations', `uuid = '${sent.body.conversationId}'`), 1);
    await again.stop();
  },
);
