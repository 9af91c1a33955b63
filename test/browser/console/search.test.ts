/** Searching: from the palette and the keyboard to the message where it stands, however far back that is. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

/** More than the newest page and all that is loaded above it on opening. */
const MESSAGES = 300;

const hits = (page: Page) => page.getByRole('list', { name: 'Messages that were found' }).getByRole('listitem');
const found = (page: Page) => page.locator('#thread .found');

/** Whether the message is in sight, not merely there. */
const isInSight = (page: Page) =>
  page.evaluate<boolean>(`(() => {
    const box = document.getElementById('thread').getBoundingClientRect();
    const { top, bottom } = document.querySelector('#thread .found').getBoundingClientRect();
    return top >= box.top && bottom <= box.bottom;
  })()`);

t.setTimeout(180_000);

t.test('search', async (t) => {
  const house = await openHouse(t);
  const jonas = await house.member('agent', 'jonas');
  const mara = await house.writer('Mara Lindqvist', 'The lighthouse lamp flickers');
  for (let n = 2; n <= MESSAGES; n++) await mara.write(`message ${n}`);
  const olga = await house.writer('Olga Marin', 'Do you sell a lighthouse for the garden?');
  await jonas.request('POST', `conversations/${olga.conversationId}/notes`, { content: 'No lighthouse before May' });
  await jonas.request('POST', `conversations/${olga.conversationId}/messages`, { content: 'Not yet!' });
  const page = await house.console('jonas');

  await t.test('from the palette to all messages with the words', async (t) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search or jump to' }).fill('lighth');
    await page.getByRole('option', { name: /All messages with/ }).click();
    await hits(page).nth(2).waitFor();
    t.match(await hits(page).allInnerTexts(), [/Olga.*No lighthouse/s, /Olga.*for the garden/s, /Mara.*flickers/s]);
    t.same(await hits(page).locator('mark').allInnerTexts(), ['lighthouse', 'lighthouse', 'lighthouse']);
    t.match(page.url(), '/console/search?q=lighth');
    t.same(await axeProblems(page), []);
  });

  await t.test('the keys go from one to the next, each opens where it stands', async (t) => {
    await page.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('Enter');
    await found(page).getByText('No lighthouse before May').waitFor();
    await page.keyboard.press('j');
    await found(page).getByText('for the garden').waitFor();
    await page.keyboard.press('j');
    await found(page).getByText('flickers').waitFor();
    t.ok(await isInSight(page));
    await shoot(page, 'console/search');
    t.same(await axeProblems(page), []);
  });

  await t.test('history goes on from there, down to the newest message', async (t) => {
    await page.getByRole('log').getByText('message 12', { exact: true }).waitFor();
    t.equal(await page.getByRole('log').getByText(`message ${MESSAGES}`, { exact: true }).count(), 0);
    const seen = await page.evaluate<string>(`(async () => {
      const box = document.getElementById('thread');
      for (let tries = 0; tries < 400 && !box.textContent.includes('message ${MESSAGES}'); tries++) {
        box.scrollTop += 500;
        await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return box.innerText;
    })()`);
    const numbers = [...seen.matchAll(/message (\d+)/g)].map(([, n]) => Number(n));
    t.same(
      numbers,
      Array.from({ length: MESSAGES - 1 }, (_, at) => at + 2),
      'without a hole, each once',
    );
  });

  await t.test('an address leads to a message, and back to the newest', async (t) => {
    await page.reload();
    await found(page).getByText('flickers').waitFor();
    t.ok(await isInSight(page));
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.getByRole('log').getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    await mara.write('Anybody there?');
    await page.getByRole('log').getByText('Anybody there?').waitFor();
  });

  await t.test('narrowed down: by author, to one conversation, to days', async (t) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('searchbox').fill('lighthouse');
    await hits(page).nth(2).waitFor();
    await page.getByRole('button', { name: 'Narrow down' }).click();
    const answered = Promise.withResolvers<void>();
    await page.route(/\/v1\/search\?.*author=/, async (route) => {
      await answered.promise;
      await route.continue();
    });
    await page.getByLabel('Written by').selectOption({ label: 'Me' });
    await page.getByText('Searching…').waitFor();
    t.equal(await hits(page).count(), 3, 'those of before stay while the next are looked for');
    answered.resolve();
    await page.getByText('One message, that is all.').waitFor();
    t.match(await hits(page).allInnerTexts(), [/No lighthouse/]);
    t.same(await axeProblems(page), []);
    await page.getByLabel('Written by').selectOption('');
    await page.getByLabel('Until').fill('2020-01-01');
    await page.getByText('Nothing with these words').waitFor();
    await page.getByLabel('Until').fill('');
    await hits(page).nth(2).click();
    await page.locator('.conversation-bar').getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Search in this conversation' }).click();
    await page.getByRole('searchbox').fill('lighthouse');
    await page.getByText('One message, that is all.').waitFor();
    await page.getByRole('button', { name: 'Search everywhere' }).click();
    await hits(page).nth(2).waitFor();
  });

  await t.test('dark, and on a phone', async (t) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/search-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 360, height: 740 });
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/search-phone');
    await hits(page).nth(1).click();
    await found(page).waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await hits(page).nth(1).waitFor();
  });
});
