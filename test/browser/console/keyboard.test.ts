/** All of it by the keyboard, and the list of keys. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot, untilInPage } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(240_000);

const editor = (page: Page) => page.locator('#editor');

t.test('the keyboard', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  await house.member('agent', 'aiko');
  const admin = await house.admin();
  const mara = await house.writer('Mara Lindqvist', 'It flickers');
  const tomas = await house.writer('Tomás Ferreira', 'Where is my parcel?');
  await admin.request('POST', 'canned-replies', { shortcut: 'hello', text: 'Hello {name}!' });
  const page = await house.console('jonas');
  const log = page.getByRole('log');
  const now = async (id: string) => (await admin.request('GET', `conversations/${id}`)).body;
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

  await t.test('? lists them', async (t) => {
    await page.locator('.row').nth(1).waitFor();
    await press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await help.waitFor();
    const text = await help.innerText();
    for (const word of ['Next conversation', 'Previous conversation', 'Reply', 'Note', 'Canned replies', 'Claim'])
      t.match(text, new RegExp(word));
    for (const key of ['j', 'k', 'e', 'a', '/', 'n', 'Ctrl+K', '?'])
      t.equal((await help.getByText(key.length > 1 ? key : key.toUpperCase(), { exact: true }).count()) > 0, true, key);
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/keys');
    await press('Escape');
    await help.waitFor({ state: 'detached' });
  });

  await t.test('j and k go from one to the next, and focus follows', async (t) => {
    await press('j');
    await log.getByText('It flickers').waitFor();
    await press('j');
    await log.getByText('Where is my parcel?').waitFor();
    await untilInPage(page, `document.activeElement.dataset.id === '${tomas.conversationId}'`);
    await press('k');
    await log.getByText('It flickers').waitFor();
    t.match(page.url(), mara.conversationId);
  });

  await t.test('c claims, r writes, / puts a canned reply in, n is a note', async (t) => {
    await press('c');
    await editor(page).waitFor();
    t.equal((await now(mara.conversationId)).assignee.name, 'jonas');
    await press('r');
    await page.keyboard.type('One moment');
    await press('Enter');
    await log.getByText('One moment').waitFor();
    await press('Escape', '/');
    await page.getByRole('option', { name: /hello/ }).waitFor();
    await press('Enter');
    t.equal(await editor(page).inputValue(), 'Hello Mara!');
    await press('Enter');
    await log.getByText('Hello Mara!').waitFor();
    await press('Escape', 'n');
    await page.keyboard.type('A loose wire?');
    await press('Enter');
    await page.getByRole('article', { name: 'jonas, note for the team' }).getByText('A loose wire?').waitFor();
  });

  await t.test('t tags, a assigns, s snoozes, e closes, z takes it back', async (t) => {
    await press('Escape', 't');
    await page.keyboard.type('repair');
    await press('Enter');
    await page.locator('.details-pane .tag', { hasText: 'repair' }).waitFor();
    await press('a');
    await page.getByRole('menuitemradio', { name: 'aiko' }).waitFor();
    // The first letter goes to the first of it, once more to the next.
    await press('a', 'a', 'Enter');
    await page.getByText('Assigned to aiko.').waitFor();
    t.equal((await now(mara.conversationId)).assignee.name, 'aiko');
    await press('z');
    await page.getByRole('button', { name: 'Answered by: jonas' }).waitFor();
    await press('s', 'Enter');
    await page
      .getByText(/^Snoozed until/)
      .first()
      .waitFor();
    await press('z');
    await page.locator('.strip').waitFor({ state: 'detached' });
    await press('e');
    await page.getByText('Mara can still write').waitFor();
    t.equal((await now(mara.conversationId)).status, 'closed');
    await press('z');
    await page.getByText('Mara can still write').waitFor({ state: 'detached' });
    t.equal((await now(mara.conversationId)).status, 'open');
  });

  await t.test('Ctrl+K does and finds everything else', async (t) => {
    await press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Search or jump to' });
    await palette.getByRole('combobox').fill('snoozed');
    await palette.getByRole('option', { name: 'Snoozed', exact: true }).waitFor();
    // Found by the server, above it: what was chosen is chosen still.
    await palette.getByRole('option', { name: /All messages with/ }).waitFor();
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/palette');
    await press('Enter');
    await page.getByRole('heading', { name: 'Snoozed' }).waitFor();
    await press('g', 'm');
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
  });

  await t.test('F6 walks the panes', async (t) => {
    await page.locator('.row').first().click();
    await log.waitFor();
    const places = new Set();
    for (let pane = 0; pane < 4; pane++) {
      await press('F6');
      places.add(await page.evaluate(`document.activeElement.id || document.activeElement.className`));
    }
    t.equal(places.size, 4);
  });
});
