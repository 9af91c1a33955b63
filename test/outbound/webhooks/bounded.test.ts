/** What is kept of the telling does not grow: neither the outbox nor the deliveries. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { startApp, type TestApp } from '../../helper.ts';
import { NEAR, register, startHook } from './hook.ts';

const MESSAGES = 150;
/** Of those that arrived, as docs/webhooks.md says. */
const KEPT = 100;

/** Counts rows of the file. */
function rowsOf(t: Test, app: TestApp): (table: string) => number {
  const file = new Database(join(app.folder, 'parley.db'), { readonly: true });
  t.teardown(() => file.close());
  return (table) => file.prepare(`select count(*) from ${table}`).pluck().get() as number;
}

async function writeMuch(app: TestApp): Promise<void> {
  const people = await Promise.all([1, 2, 3].map(() => app.visitor()));
  await Promise.all(
    people.map(async (one) => {
      for (let count = 0; count < MESSAGES / people.length; count += 1) {
        await one.request('POST', 'messages', { to: 'support', message: { content: `message ${count}` } });
      }
    }),
  );
}

const RATES = { visitorSendRate: 10_000, visitorSendBurst: 10_000 };

t.test('what every receiver was told is taken away, and of the deliveries the newest stay', async (t) => {
  const app = await startApp(t, { ...NEAR, ...RATES });
  const [one, other] = [await startHook(t), await startHook(t)];
  const admin = await app.admin();
  await register(admin, one);
  await register(admin, other, { events: ['message.created'] });
  // One that hears nothing any more holds nothing back.
  const off = await register(admin, await startHook(t));
  await admin.request('PATCH', `webhooks/${off.id}`, { enabled: false });
  await writeMuch(app);
  await one.until(MESSAGES, ({ body }) => body.type === 'message.created');
  await other.until(MESSAGES);
  const rows = rowsOf(t, app);
  while (rows('outbox') > 0 || rows('deliveries') > 2 * KEPT) await app.request('GET', 'healthz');
  t.ok(rows('deliveries') > 0);
});

t.test('the tests of one that is switched off do not add up', async (t) => {
  const app = await startApp(t, NEAR);
  const admin = await app.admin();
  const off = await register(admin, await startHook(t));
  await admin.request('PATCH', `webhooks/${off.id}`, { enabled: false });
  for (let count = 0; count < KEPT + 10; count += 1) {
    const { body } = await admin.request('POST', `webhooks/${off.id}/test`);
    t.match(body, { state: 'done' });
  }
  const rows = rowsOf(t, app);
  while (rows('deliveries') > KEPT) await app.request('GET', 'healthz');
  t.equal(rows('deliveries'), KEPT);
});

t.test('where nobody is told anything, nothing is written down', async (t) => {
  const app = await startApp(t, RATES);
  await writeMuch(app);
  t.equal(rowsOf(t, app)('outbox'), 0);
});
