/** Reports: the server's numbers, drawn, each with the table behind it, and as a file. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(120_000);

const figure = (page: Page, name: string) =>
  page.locator('.figures > div', { has: page.locator('dt', { hasText: name }) }).locator('dd');
/** What the table behind a chart comes to, by column: all of it may lie in one hour, or astride two. */
async function totals(page: Page, chart: string): Promise<number[]> {
  const rows = await page.getByRole('table', { name: chart }).locator('tbody tr').allInnerTexts();
  const numbers = rows.map((row) => row.split(/\s+/).slice(-2).map(Number));
  return [0, 1].map((column) => numbers.reduce((sum, row) => sum + (row[column] ?? 0), 0));
}

t.test('reports', async (t) => {
  const house = await openHouse(t);
  const jonas = await house.member('agent', '=Jonas');
  const mara = await house.writer('Mara Lindqvist', 'It flickers', 'Still', 'Hello?');
  await house.writer('Olga Marin', 'Do you ship?');
  const id = mara.conversationId;
  await jonas.request('POST', `conversations/${id}/messages`, { content: 'A new one is on its way' });
  await jonas.request('PATCH', `conversations/${id}`, { status: 'closed' });
  await mara.request('POST', `conversations/${id}/rating`, { score: 5 });
  const page = await house.console('admin', { path: '/reports' });

  await t.test('the figures are those of the server', async (t) => {
    await figure(page, 'Conversations').waitFor();
    t.match(await figure(page, 'Conversations').innerText(), /^2\b.*5 messages/s);
    t.match(await figure(page, 'First answer').innerText(), /^\d+ s.*9 of 10 within/s);
    t.match(await figure(page, 'Rating').innerText(), /^5 of 5\s+from one person/);
    t.match(await page.locator('.report-card tbody tr', { hasText: '=Jonas' }).innerText(), /1\s+\d+ s\s+5/);
    t.same(await totals(page, 'New conversations'), [2, 0]);
  });

  await t.test('messages in place of conversations, hours in place of days', async (t) => {
    await page.getByText('Messages', { exact: true }).click();
    t.same(await totals(page, 'Messages'), [4, 1]);
    await page.getByText('24 hours').click();
    await page.getByRole('columnheader', { name: 'Hour' }).first().waitFor({ state: 'attached' });
    t.equal(await page.getByRole('table', { name: 'Messages' }).locator('tbody tr').count(), 24);
    t.same(await totals(page, 'Messages'), [4, 1]);
  });

  await t.test('as a table that no spreadsheet takes for a formula', async (t) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
    t.equal(lines[0], 'section,name,measure,value');
    t.ok(lines.includes('all,,begun,2'));
    t.ok(lines.includes("assignee,'=Jonas,closed,1"));
  });

  await t.test('light, dark, on a phone', async (t) => {
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/reports');
    await page.emulateMedia({ colorScheme: 'dark' });
    t.same(await axeProblems(page), []);
    await page.setViewportSize({ width: 360, height: 740 });
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/reports-phone-dark');
  });
});
