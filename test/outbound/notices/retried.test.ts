/** A push service, or a mail server, in trouble: who was told nothing is told later. */
import t from 'tap';
import { rowsBeside } from '../../database.ts';
import { startApp, type TestApp } from '../../helper.ts';
import { startPostOffice, startPushService } from './post-office.ts';

const SOON = { noticeDelayMs: 200, queueNoticeMs: 200, publicUrl: 'https://chat.example.com', presenceGraceMs: 0 };
const NEAR = { outboundAllow: ['127.0.0.1'] };
/** More than the pauses before the second and the third attempt; less than a session's token lives. */
const LATER_MS = 3 * 60_000;

/** A clock that goes, and can be put forward. */
function clock() {
  let ahead = 0;
  return {
    later: () => {
      ahead += LATER_MS;
    },
    now: () => Date.now() + ahead,
  };
}

/** Waits until it is written down that somebody could not be told, so many times in a row. */
function failuresOf(app: TestApp): (count: number) => Promise<void> {
  const highest = async () => (await rowsBeside(app.folder, 'select max(failures) as most from notices'))[0]?.most;
  return async (count) => {
    while ((await highest()) !== count) await app.request('GET', 'healthz');
  };
}

t.test('a push that the service could not take is tried again', async (t) => {
  const service = await startPushService(t);
  const { now, later } = clock();
  // So that it is the failure after which it is told again, and nothing else.
  const app = await startApp(t, { ...SOON, ...NEAR, noticeQuietMs: 100 * LATER_MS }, { now });
  const admin = await app.admin();
  const visitor = await app.visitor();
  await visitor.request('POST', 'me/push', service.subscription('one'));
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  service.status = 503;
  await admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
  const failures = failuresOf(app);
  await failures(1);
  later();
  await failures(2);
  service.status = 201;
  later();
  await service.arrived.until(3);
  await failures(0);
  await visitor.request('POST', 'me/push', service.subscription('two'));
  await admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'more' });
  later();
  const other = await app.visitor();
  await other.request('POST', 'me/push', service.subscription('other'));
  const asked = await other.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await admin.request('POST', `conversations/${asked.body.conversationId}/messages`, { content: 'answer' });
  later();
  t.equal((await service.arrived.until(4))[3]?.path, '/other', 'who was told is told no more in the quiet period');
});

t.test('where a mail arrives, a push that fails is not made up for', async (t) => {
  const [service, office] = [await startPushService(t), await startPostOffice(t)];
  const { now, later } = clock();
  const app = await startApp(t, { ...SOON, ...NEAR, smtpUrl: office.url, noticeQuietMs: 100 * LATER_MS }, { now });
  const admin = await app.admin();
  const visitor = await app.visitor({ name: 'Vi', email: 'vi@example.com' });
  await visitor.request('POST', 'me/push', service.subscription('one'));
  service.status = 500;
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await admin.request('POST', `conversations/${body.conversationId}/messages`, { content: 'answer' });
  await office.mails.until(1);
  await service.arrived.until(1);
  later();
  const other = await app.visitor({ name: 'Ute', email: 'ute@example.com' });
  const asked = await other.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  await admin.request('POST', `conversations/${asked.body.conversationId}/messages`, { content: 'answer' });
  later();
  const [, second] = await office.mails.until(2);
  t.match(second?.to, { text: /ute@example\.com/ });
  t.equal(service.arrived.all.length, 1);
});

t.test('a mail that fails is tried again without the push that arrived, until there is more to tell', async (t) => {
  const [service, office] = [await startPushService(t), await startPostOffice(t)];
  const { now, later } = clock();
  const app = await startApp(t, { ...SOON, ...NEAR, smtpUrl: office.url, noticeQuietMs: 100 * LATER_MS }, { now });
  const admin = await app.admin();
  const visitor = await app.visitor({ name: 'Vi', email: 'vi@example.com' });
  await visitor.request('POST', 'me/push', service.subscription('one'));
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const answer = (content: string) =>
    admin.request('POST', `conversations/${body.conversationId}/messages`, { content });
  office.refuses = true;
  await answer('answer');
  const failures = failuresOf(app);
  await failures(1);
  later();
  await failures(2);
  t.equal(service.arrived.all.length, 1);
  await answer('more');
  later();
  await failures(3);
  t.equal(service.arrived.all.length, 2);
  office.refuses = false;
  later();
  later();
  t.match((await office.mails.until(1))[0]?.to, { text: /vi@example\.com/ });
  await failures(0);
  t.equal(service.arrived.all.length, 2);
});

t.test('who waits for a person: where nobody could be told, they are told later', async (t) => {
  const service = await startPushService(t);
  const { now, later } = clock();
  const app = await startApp(t, { ...SOON, ...NEAR, noticeQuietMs: 100 * LATER_MS }, { now });
  const chose = await app.member('agent', 'chose');
  await chose.request('PATCH', 'me', { notifications: { queue: true } });
  await chose.request('POST', 'me/push', service.subscription('agent'));
  service.status = 502;
  await (await app.visitor()).request('POST', 'messages', { to: 'support', message: { content: 'Anybody?' } });
  await failuresOf(app)(1);
  service.status = 201;
  later();
  t.equal((await service.arrived.until(2))[1]?.path, '/agent');
});
