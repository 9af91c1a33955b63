/** Several conversations at once: closed, passed on, and taken back. */
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(120_000);

t.test('several at once', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const aiko = await house.member('agent', 'aiko');
  const admin = await house.admin();
  const names = ['Mara', 'Olga', 'Tomás', 'Nils'];
  const writers = [];
  for (const name of names) writers.push(await house.writer(name, `${name} writes`));
  const ids = writers.map(({ conversationId }) => conversationId);
  const states = async () => {
    const all = await Promise.all(ids.map((id) => admin.request('GET', `conversations/${id}`)));
    return all.map(({ body }) => `${body.status} ${body.assignee?.name ?? 'nobody'}`);
  };
  const page = await house.console('jonas');
  const rows = page.getByRole('list', { name: 'All open' }).getByRole('listitem');
  const box = (name: string) => page.getByRole('checkbox', { name: `Choose ${name}` });

  await t.test('chosen by the pointer and by a key', async (t) => {
    await rows.nth(3).waitFor();
    await rows.filter({ hasText: 'Mara' }).hover();
    await box('Mara').check();
    await box('Olga').check();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('3 chosen').waitFor();
    t.ok(await box('Tomás').isChecked());
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/many-at-once');
    await page.keyboard.press('Escape');
    await page.getByText('3 chosen').waitFor({ state: 'detached' });
  });

  await t.test('passed on to a colleague', async (t) => {
    await box('Nils').check();
    await box('Olga').check();
    const bar = page.getByRole('toolbar', { name: '2 chosen' });
    await bar.getByRole('button', { name: 'Assign to' }).click();
    await page.getByRole('menuitem', { name: 'aiko' }).click();
    await page.getByText('2 passed on.').waitFor();
    t.same(await states(), ['open nobody', 'open aiko', 'open nobody', 'open aiko']);
    t.equal(aiko.user.name, 'aiko');
  });

  await t.test('closed, and taken back', async (t) => {
    await box('Mara').check();
    await page.getByRole('button', { name: 'All of these' }).click();
    await page.getByRole('toolbar', { name: '4 chosen' }).getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByText('4 closed.').waitFor();
    t.same(await states(), ['closed nobody', 'closed aiko', 'closed nobody', 'closed aiko']);
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await rows.nth(3).waitFor();
    t.same(await states(), ['open nobody', 'open aiko', 'open nobody', 'open aiko']);
  });
});
