import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.test('the inbox', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  await house.member('agent', 'aiko');
  const tomas = await house.writer('Tomás Ferreira', 'Hi, my order 4790 should have come on Monday', 'Anybody there?');
  await house.writer(null, 'Do you ship to Norway?');
  const page = await house.console('jonas');
  const rows = page.getByRole('list', { name: 'All open' }).getByRole('listitem');

  await t.test('who signs in sees who waits', async (t) => {
    await rows.first().waitFor();
    t.equal(await rows.count(), 2);
    t.match(await rows.allInnerTexts(), [/Tomás Ferreira/, /Visitor from Oslo/]);
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/inbox');
  });

  await t.test('a conversation is read and answered', async (t) => {
    await rows.first().click();
    await page.getByText('Anybody there?').last().waitFor();
    t.equal(await page.getByText('Nobody answers Tomás yet.').count(), 1);
    await shoot(page, 'console/queue');
    await page.locator('.nobody-yet').getByRole('button', { name: 'Reply' }).click();
    const editor = page.getByRole('textbox', { name: 'Reply' });
    await editor.fill('It left our workshop this morning.');
    await editor.press('Enter');
    await page.getByRole('log').getByText('It left our workshop this morning.').waitFor();
    await page.getByText('Sent', { exact: true }).waitFor();
    const { body } = await tomas.request('GET', `conversations/${tomas.conversationId}/messages`);
    t.match(body.items.at(-1), { content: 'It left our workshop this morning.', author: { name: 'jonas' } });
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/conversation');
  });

  await t.test('what the customer writes comes by itself', async () => {
    await tomas.write('Thank you!');
    await page.getByRole('log').getByText('Thank you!').waitFor();
  });

  await t.test('a reload stays signed in, and where one was', async (t) => {
    await page.reload();
    await page.getByRole('log').getByText('Thank you!').waitFor();
    t.match(page.url(), tomas.conversationId);
  });

  await t.test('dark', async (t) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/conversation-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await t.test('on a tablet and a phone', async (t) => {
    await page.setViewportSize({ width: 1080, height: 810 });
    await shoot(page, 'console/tablet');
    t.same(await axeProblems(page), []);
    await page.setViewportSize({ width: 360, height: 740 });
    await shoot(page, 'console/phone-conversation');
    t.same(await axeProblems(page), []);
    await page.getByRole('button', { name: 'Back' }).click();
    await rows.first().waitFor();
    await shoot(page, 'console/phone-list');
    t.same(await axeProblems(page), []);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test('signing out ends the session', async (t) => {
    await page.getByRole('button', { name: 'jonas Online' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/login');
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });
});
