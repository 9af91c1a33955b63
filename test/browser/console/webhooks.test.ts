/** Webhooks, as an admin sets them up: tried, and what became of each delivery. */
import t from 'tap';
import { NEAR, startHook, take } from '../../outbound/webhooks/hook.ts';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(120_000);

t.test('webhooks', async (t) => {
  const hook = await startHook(t);
  const house = await openHouse(t, { ...NEAR, webhookRetryMs: 60_000 });
  const page = await house.console('admin', { path: '/settings/webhooks' });
  const deliveries = page.locator('.deliveries tbody tr');

  await t.test('added, its secret is shown once', async (t) => {
    await page.getByRole('button', { name: 'New webhook' }).click();
    await page.getByLabel('Address').fill(hook.url);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    t.match(await page.locator('.secret code').innerText(), /^whsec_/);
    await page.reload();
    await page.getByRole('button', { name: hook.url, exact: false }).first().waitFor();
    t.equal(await page.locator('.secret').count(), 0);
  });

  await t.test('a test arrives', async () => {
    await page.getByRole('button', { name: 'Send a test' }).click();
    await hook.until(1, ({ body }) => body.type === 'test');
    await deliveries.filter({ hasText: 'Done' }).filter({ hasText: 'test' }).waitFor();
  });

  await t.test('one that failed tells what was answered, and is delivered again', async (t) => {
    hook.answer = (_told, response) => {
      response.writeHead(500).end('out of paper');
    };
    await house.writer('Mara Lindqvist', 'It flickers');
    // What comes behind it in the same conversation waits for it.
    await deliveries.filter({ hasText: 'Waiting' }).filter({ hasText: '500' }).getByRole('button').click();
    await page.locator('.settings-aside').getByText('out of paper').waitFor();
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/webhooks');
    hook.answer = take;
    await page.getByRole('button', { name: 'Deliver again' }).click();
    await hook.until(1, ({ body }) => body.type === 'message.created');
    await deliveries.filter({ hasText: 'Waiting' }).first().waitFor({ state: 'detached' });
    await deliveries.filter({ hasText: 'message.created' }).filter({ hasText: '204' }).first().waitFor();
  });

  await t.test('switched off and taken away', async (t) => {
    await page.getByRole('switch', { name: `Enabled: ${hook.url}` }).click();
    await page.getByRole('button', { name: `More: ${hook.url}` }).click();
    const gone = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await gone;
    await page.getByText('There are no webhooks yet.').waitFor();
    t.same((await (await house.admin()).request('GET', 'webhooks')).body.items, []);
  });
});
