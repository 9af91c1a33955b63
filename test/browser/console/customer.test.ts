/** What is known of a customer, and what can be done about them. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { axeProblems } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(120_000);

t.test('the customer', async (t) => {
  const house = await openHouse(t);
  const jonasApi = await house.member('agent', 'jonas');
  await house.member('agent', 'aiko');
  const admin = await house.admin();
  const mara = await house.writer('Mara Lindqvist', 'Which bulb does it take?');
  const former = mara.conversationId;
  await jonasApi.request('POST', `conversations/${former}/messages`, { content: 'An E27' });
  await jonasApi.request('PATCH', `conversations/${former}`, { status: 'closed' });
  await mara.write('It flickers');
  const id = mara.conversationId;
  t.not(id, former, 'another conversation');
  const page = await house.console('jonas', { path: `/open/${id}` });
  const details = page.getByRole('complementary', { name: 'Details' });

  await t.test('their time, their page, what was before', async (t) => {
    await details.getByText(/^\d\d:\d\d, Oslo$/).waitFor();
    await details.getByRole('link', { name: 'Halm 02' }).waitFor();
    await details.getByRole('button', { name: /An E27/ }).click();
    await page.getByRole('log').getByText('Which bulb does it take?').waitFor();
    t.match(page.url(), former);
    await page.goBack();
    await page.getByRole('log').getByText('It flickers').waitFor();
    t.same(await axeProblems(page), []);
  });

  await t.test('where they came from, with what, and what is told of them', async (t) => {
    const context = { page: 'https://halm.example/', title: 'Halm', referrer: 'https://www.search.example/?q=lamp' };
    const named = await house.hostUser('4711', { name: 'Ida Holm' });
    await named.request('PATCH', 'me', { fields: { Plan: 'Studio' } });
    await named.request('PUT', 'presence', { state: 'online', context });
    const { body } = await named.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
    await page.goto(`${house.url}/console/open/${body.conversationId}`);
    const fact = (name: string) =>
      details.locator('.fact', { has: page.locator('dt', { hasText: name }) }).locator('dd');
    await fact('Plan').getByText('Studio').waitFor();
    t.equal(await fact('Came from').innerText(), 'search.example');
    t.equal(await fact('Browser').innerText(), 'node');
    t.equal(await fact('Address').innerText(), '127.0.0.1');
    await page.goto(`${house.url}/console/open/${id}`);
    await page.getByRole('log').getByText('It flickers').waitFor();
  });

  await t.test('passed on to a colleague, and taken back', async (t) => {
    const assignee = async () => (await admin.request('GET', `conversations/${id}`)).body.assignee?.name ?? null;
    await page.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
    await page.getByRole('button', { name: 'Answered by: jonas' }).click();
    await page.getByRole('menuitemradio', { name: 'aiko' }).click();
    await page.getByText('Assigned to aiko.').waitFor();
    t.equal(await assignee(), 'aiko');
    await page.locator('.strip').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Answered by: jonas' }).waitFor();
    t.equal(await assignee(), 'jonas');
  });

  await t.test('a message is deleted for everybody', async (t) => {
    const wrong = await jonasApi.request('POST', `conversations/${id}/messages`, { content: 'The key is hunter2' });
    const message = page.getByRole('article').filter({ hasText: 'hunter2' });
    await message.hover();
    await message.getByRole('button', { name: 'What can be done with this message' }).click();
    const asked = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('menuitem', { name: 'Delete for everybody' }).click();
    await page.getByRole('log').getByText('This message was deleted').waitFor();
    await asked;
    const { body } = await mara.request('GET', `conversations/${id}/messages`);
    const gone = body.items.find((one: { id: string }) => one.id === wrong.body.id);
    t.match(gone, { content: null });
    t.ok(gone.deletedAt);
  });

  await t.test('what was said is kept as a page', async (t) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      details.getByRole('button', { name: 'Transcript' }).click(),
    ]);
    t.match(readFileSync(await download.path(), 'utf8'), /It flickers/);
  });

  await t.test('blocked, and let in again', async (t) => {
    const write = () => mara.request('POST', `conversations/${id}/messages`, { content: 'Hello?' });
    await details.getByRole('button', { name: 'Block this visitor' }).click();
    await details.getByRole('button', { name: 'Unblock this visitor' }).waitFor();
    t.equal((await write()).body.code, 'BLOCKED');
    await details.getByRole('button', { name: 'Unblock this visitor' }).click();
    await details.getByRole('button', { name: 'Block this visitor' }).waitFor();
    t.equal((await write()).status, 201);
  });
});
