/** What admins decide, through the pages on which they do; every page is accessible, in both themes, on a phone too. */
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

const PAGES = [
  'you',
  'widget',
  'hours',
  'canned',
  'tags',
  'team',
  'bots',
  'webhooks',
  'keys',
  'retention',
  'audit',
  'server',
];

t.setTimeout(180_000);

t.test('settings', async (t) => {
  const house = await openHouse(t);
  const page = await house.console('admin');
  const admin = await house.admin();

  await t.test('axe finds nothing on any page', async (t) => {
    for (const name of PAGES) {
      await page.goto(`${house.url}/console/settings/${name}`);
      await page.locator('.settings-page').waitFor();
      t.same(await axeProblems(page), [], name);
      await shoot(page, `console/settings-${name}`);
    }
  });

  await t.test('nor in the dark, nor on a phone', async (t) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    for (const name of PAGES) {
      await page.goto(`${house.url}/console/settings/${name}`);
      await page.locator('.settings-page').waitFor();
      t.same(await axeProblems(page), [], name);
      await shoot(page, `console/settings-${name}-phone-dark`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test('the look of the widget is saved for everybody', async (t) => {
    await page.goto(`${house.url}/console/settings/widget`);
    await page.getByLabel('Greeting').fill('Hello! What can we light up for you?');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    const { body } = await house.request('GET', 'widget/config');
    t.equal(body.texts.greeting, 'Hello! What can we light up for you?');
  });

  await t.test('a key is shown once', async (t) => {
    await page.goto(`${house.url}/console/settings/keys`);
    await page.getByLabel('Name').fill('Our shop');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const key = await page.locator('.secret code').innerText();
    t.equal((await house.request('GET', 'users', undefined, key)).status, 200);
    await page.reload();
    await page.getByText('Our shop').waitFor();
    t.equal(await page.locator('.secret').count(), 0);
  });

  await t.test('a tag is renamed wherever it stands, and taken away', async (t) => {
    const mara = await house.writer('Mara Lindqvist', 'It flickers');
    const tagsNow = async () => (await admin.request('GET', `conversations/${mara.conversationId}`)).body.team.tags;
    await admin.request('PATCH', `conversations/${mara.conversationId}`, { tags: ['repair', 'order'] });
    await page.goto(`${house.url}/console/settings/tags`);
    await page.getByRole('button', { name: 'Rename repair' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('mending');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /mending 1 1/ }).waitFor();
    t.same(await tagsNow(), ['mending', 'order']);
    t.same(await axeProblems(page), []);
    await page.getByRole('button', { name: 'Delete order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('row', { name: /order/ }).waitFor({ state: 'detached' });
    t.same(await tagsNow(), ['mending']);
    await page.getByRole('link', { name: 'mending', exact: true }).first().click();
    await page.locator('.list-pane').getByRole('button', { name: /Mara/ }).first().waitFor();
  });

  await t.test('how the server is', async (t) => {
    await page.goto(`${house.url}/console/settings/server`);
    const fact = (name: string) => page.locator('.fact', { has: page.locator('dt', { hasText: name }) }).locator('dd');
    await fact('State').getByText('Works').waitFor();
    t.match(await fact('Wait to be written').innerText(), /^0 of \d/);
    // The figures may have been asked for before this page's own line stood: they are asked for again by and by.
    await fact('Open lines')
      .getByText(/^1 of .* of one user$/)
      .waitFor();
    await page.getByRole('row', { name: /POST \/v1\/auth\/login/ }).waitFor();
  });

  await t.test('somebody is invited by a link, and comes in', async () => {
    await page.goto(`${house.url}/console/settings/team`);
    await page.getByRole('button', { name: 'Add somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill('priya@example.com');
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    const link = await dialog.locator('.secret code').innerText();
    const colleague = await house.page();
    await colleague.goto(link);
    await colleague.getByLabel('Your name').fill('Priya Nair');
    await colleague.getByLabel('New password').fill('correct horse battery');
    await colleague.getByRole('button', { name: 'Come in' }).click();
    await colleague.getByRole('link', { name: /Your settings/ }).waitFor();
  });

  await t.test('an agent sees their own settings alone', async (t) => {
    await house.member('agent', 'jonas');
    const colleague = await house.console('jonas', { path: '/settings/keys' });
    await colleague.getByRole('heading', { name: 'Your settings' }).waitFor();
    t.equal(await colleague.getByRole('link', { name: 'API keys' }).count(), 0);
    t.equal((await admin.request('GET', 'api-keys')).status, 200);
  });

  await t.test('in German', async (t) => {
    const german = await house.page({ locale: 'de-DE', expected: /401/ });
    await german.goto(`${house.url}/console`);
    await german.getByRole('heading', { name: 'Willkommen zurück' }).waitFor();
    t.same(await axeProblems(german), []);
  });
});
