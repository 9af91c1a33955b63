/** What can be taken back, and that a deletion goes out all the same when the page is left before its time. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(180_000);

const strip = (page: Page) => page.locator('.strip');
const takeBack = (page: Page) => strip(page).getByRole('button', { name: 'Undo' }).click();

t.test('taking back', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const admin = await house.admin();
  const line = await admin.connect({ inbox: true });
  const mara = await house.writer('Mara Lindqvist', 'It flickers', 'The key is hunter2', 'And it hums');
  const id = mara.conversationId;
  const now = async () => (await admin.request('GET', `conversations/${id}`)).body;
  const said = async () => {
    const { body } = await mara.request('GET', `conversations/${id}/messages`);
    return body.items.map(({ content }: { content: string | null }) => content);
  };
  const page = await house.console('jonas', { path: `/open/${id}` });
  const details = page.getByRole('complementary', { name: 'Details' });
  const remove = async (text: string) => {
    const message = page.getByRole('article').filter({ hasText: text });
    await message.hover();
    await message.getByRole('button', { name: 'What can be done with this message' }).click();
    await page.getByRole('menuitem', { name: 'Delete for everybody' }).click();
    await strip(page).getByText('Message deleted.').waitFor();
    await message.waitFor({ state: 'detached' });
  };

  await t.test('a claim', async (t) => {
    await page.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
    await strip(page).getByText('Assigned to jonas.').waitFor();
    t.equal((await now()).assignee.name, 'jonas');
    await takeBack(page);
    await page.locator('.nobody-yet').waitFor();
    t.equal((await now()).assignee, null);
    await page.keyboard.press('c');
    await page.locator('#editor').waitFor();
  });

  const untag = async (name: string) => {
    await details.locator('.tag', { hasText: name }).hover();
    await details.getByRole('button', { name: `Remove ${name}` }).click();
  };

  await t.test('a tag, given and taken; what somebody else did to the tags stays', async (t) => {
    const tag = (name: string) => details.locator('.tag', { hasText: name });
    await details.getByRole('button', { name: 'Add a tag' }).click();
    await page.keyboard.type('repair');
    await page.keyboard.press('Enter');
    await strip(page).getByText('Tag repair added.').waitFor();
    await admin.request('PATCH', `conversations/${id}`, { tags: ['repair', 'urgent'] });
    await tag('urgent').waitFor();
    await takeBack(page);
    await tag('repair').waitFor({ state: 'detached' });
    t.same((await now()).team.tags, ['urgent']);
    await untag('urgent');
    await strip(page).getByText('Tag urgent removed.').waitFor();
    t.same((await now()).team.tags, []);
    await takeBack(page);
    await tag('urgent').waitFor();
    t.same((await now()).team.tags, ['urgent']);
  });

  await t.test('opening again, waking, blocking', async (t) => {
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Reopen' }).first().click();
    await strip(page).getByText('Reopened.').waitFor();
    await takeBack(page);
    await page.getByText('Mara can still write').waitFor();
    t.equal((await now()).status, 'closed');
    await admin.request('PATCH', `conversations/${id}`, {
      status: 'open',
      snoozedUntil: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await page.getByRole('button', { name: 'Wake now' }).click();
    await strip(page).getByText('No longer snoozed.').waitFor();
    await takeBack(page);
    await page.getByRole('button', { name: 'Wake now' }).waitFor();
    t.ok((await now()).team.snoozedUntil);
    await details.getByRole('button', { name: 'Block this visitor' }).click();
    await strip(page).getByText('Blocked').waitFor();
    await takeBack(page);
    await details.getByRole('button', { name: 'Block this visitor' }).waitFor();
    t.equal((await admin.request('GET', `users/${mara.user.id}`)).body.blockedAt, null);
  });

  await t.test('a deletion, while it has not gone out', async (t) => {
    await remove('hunter2');
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/undo');
    t.same(await said(), ['It flickers', 'The key is hunter2', 'And it hums']);
    await takeBack(page);
    await page.getByRole('article').filter({ hasText: 'hunter2' }).waitFor();
  });

  await t.test('it goes out when its time is over', async (t) => {
    const gone = line.event('message.deleted');
    await remove('hunter2');
    await gone;
    t.same(await said(), ['It flickers', null, 'And it hums']);
    await strip(page).getByText('Message deleted.').waitFor({ state: 'detached' });
  });

  await t.test('or when something else is done', async (t) => {
    const gone = line.event('message.deleted');
    await remove('And it hums');
    await untag('urgent');
    await gone;
    t.same(await said(), ['It flickers', null, null]);
  });

  await t.test('or when the page is left', async (t) => {
    const gone = line.event('message.deleted');
    await remove('It flickers');
    await page.goto('about:blank');
    await gone;
    t.same(await said(), [null, null, null]);
  });
});
