/** What is kept of the telling does not grow: neither the outbox nor the deliveries. */
import t from 'tap';
import { countBeside } from '../../database.ts';
import { startApp, type TestApp } from '../../helper.ts';
import { NEAR, register, startHook } from './hook.ts';

const MESSAGES = 150;
/** Of those that arrived, as docs/webhooks.md says. */
const KEPT = 100;

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
  const rows = (table: string) => countBeside(app.folder, table);
  while ((await rows('outbox')) > 0 || (await rows('deliveries')) > 2 * KEPT) await app.request('GET', 'healthz');
  t.ok((await rows('deliveries')) > 0);
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
  const rows = () => countBeside(app.folder, 'deliveries');
  while ((await rows()) > KEPT) await app.request('GET', 'healthz');
  t.equal(await rows(), KEPT);
});

t.test('where nobody is told anything, nothing is written down', async (t) => {
  const app = await startApp(t, RATES);
  await writeMuch(app);
  t.equal(await countBeside(app.folder, 'outbox'), 0);
});
