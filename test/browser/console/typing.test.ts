/** What is written elsewhere: by a colleague, and by the customer where the team chose to read it before it is sent. */
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { startShop, widgetOf } from '../shop.ts';
import { houseOf } from './house.ts';

t.setTimeout(240_000);

t.test('writing', async (t) => {
  const shop = await startShop(t);
  const house = await houseOf(t, shop.app);
  await house.member('agent', 'jonas');
  await house.member('agent', 'aiko');
  const admin = await house.admin();
  const visit = async () => {
    const page = await house.page();
    await page.goto(shop.url);
    await widgetOf(page).open();
    return { page, chat: widgetOf(page), notice: page.locator('parley-chat .composer .asked') };
  };
  const before = await visit();
  await before.chat.say('Do you ship?');
  await before.chat.message('Do you ship?').getByText('Sent').waitFor();
  const jonas = await house.console('jonas');
  await jonas.locator('.row').first().click();
  await jonas.getByRole('log').getByText('Do you ship?').waitFor();

  await t.test('that the customer writes is told, and no word of it', async (t) => {
    await before.chat.field.pressSequentially('A secret');
    await jonas.getByText('the visitor is writing').waitFor();
    t.equal(await jonas.getByText('A secret').count(), 0);
    t.equal(await before.notice.count(), 0);
    await before.page.close();
  });

  await t.test('once an admin chose so it is read, and the customer is told so', async (t) => {
    const page = await house.console('admin', { path: '/settings/widget' });
    await page.getByLabel('See what customers write before they send it').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    t.equal((await admin.request('GET', 'settings')).body.typingText, true);
    const now = await visit();
    await now.notice.getByText('We see what you write before you send it.').waitFor();
    t.same(await axeProblems(now.page), []);
    await shoot(now.page, 'typing-text');
    await now.chat.say('To Vienna?');
    await now.chat.message('To Vienna?').getByText('Sent').waitFor();
    await jonas.locator('.row', { hasText: 'To Vienna?' }).click();
    await jonas.getByRole('log').getByText('To Vienna?').waitFor();
    await now.chat.field.pressSequentially('Or to Gr');
    await jonas.locator('.typing').getByText('Or to Gr').waitFor();
    t.same(await axeProblems(jonas), []);
    await shoot(jonas, 'console/typing-text');
  });

  await t.test('a colleague who writes a reply is named', async () => {
    const aiko = await house.console('aiko', { path: new URL(jonas.url()).pathname.replace('/console', '') });
    await aiko.getByRole('log').getByText('To Vienna?').waitFor();
    await aiko.keyboard.press('r');
    await aiko.locator('#editor').pressSequentially('Yes');
    await jonas.locator('.strip').getByText('aiko').waitFor();
    await jonas.locator('.strip').getByText('is writing a reply.').waitFor();
  });
});
