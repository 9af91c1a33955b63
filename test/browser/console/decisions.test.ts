/** What admins decide is kept, and is what customers and the team meet: looks, hours, canned replies, bots, retention. */
import t from 'tap';
import { openHouse } from './house.ts';

t.setTimeout(240_000);

t.test('decisions', async (t) => {
  const house = await openHouse(t, { outboundAllow: ['127.0.0.1'] });
  const admin = await house.admin();
  const page = await house.console('admin', { permissions: ['clipboard-read', 'clipboard-write'] });
  const settings = async () => (await admin.request('GET', 'settings')).body;
  const open = async (name: string) => {
    await page.goto(`${house.url}/console/settings/${name}`);
    await page.locator('.settings-page').waitFor();
  };
  const save = async () => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
  };

  await t.test('the widget is shown as it would look, before it is saved', async (t) => {
    await open('widget');
    const preview = page.getByRole('complementary', { name: 'Preview' });
    const accent = () =>
      preview
        .locator('.preview-widget')
        .evaluate((node) => (node as never as { style: { cssText: string } }).style.cssText);
    const before = await accent();
    await page.getByLabel('Greeting').fill('What can we light up for you?');
    await preview.getByText('What can we light up for you?').waitFor();
    await page.getByLabel('Accent as a hex colour').fill('#107a5b');
    await page.getByLabel('Accent as a hex colour').press('Tab');
    t.not(await accent(), before);
    await page.getByLabel('Left').check({ force: true });
    t.equal(await preview.locator('.preview-widget').getAttribute('data-side'), 'left');
    t.same((await settings()).look, {}, 'nobody else sees it yet');
    await save();
    const { body } = await house.request('GET', 'widget/config');
    t.match(body, {
      look: { accent: '#107a5b', position: 'left' },
      texts: { greeting: 'What can we light up for you?' },
    });
  });

  await t.test('its line is copied with one press', async (t) => {
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    t.equal(
      await page.evaluate('navigator.clipboard.readText()'),
      `<script async src="${house.url}/widget.js"></script>`,
    );
  });

  await t.test('hours', async (t) => {
    await open('hours');
    await page.getByRole('switch', { name: 'Always open' }).uncheck();
    await page.getByLabel('Monday, from').fill('08:30');
    await page.getByLabel('Holidays').fill('2026-12-25');
    await save();
    const { hours } = await settings();
    t.match(hours, { holidays: ['2026-12-25'] });
    t.match(hours.week[0], { day: 1, from: '08:30', to: '17:00' });
    t.equal(hours.week.length, 5);
  });

  await t.test('how long closed conversations are kept', async (t) => {
    await open('retention');
    await page.getByRole('switch', { name: 'Keep everything' }).uncheck();
    await page.getByLabel('Days to keep').fill('90');
    await save();
    t.equal((await settings()).retentionDays, 90);
  });

  await t.test('a canned reply is made, changed, and taken away', async (t) => {
    const texts = async () =>
      (await admin.request('GET', 'canned-replies')).body.items.map((one: { text: string }) => one.text);
    await open('canned');
    await page.getByRole('button', { name: 'New canned reply' }).click();
    await page.getByLabel('Word').fill('/hours');
    await page.getByLabel('Text').fill('From nine to five.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /\/hours/ }).click();
    await page.getByLabel('Text').fill('From nine to six.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('From nine to six.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    t.same(await texts(), ['From nine to six.']);
    const remove = page.getByRole('button', { name: 'Delete hours' });
    await remove.click();
    await page.getByText('There are no canned replies yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    const deleted = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await remove.click();
    await deleted;
    await page.getByText('There are no canned replies yet.').waitFor();
    t.same(await texts(), []);
  });

  await t.test('a bot is made, answers first, and is switched off', async (t) => {
    await open('bots');
    await page.getByRole('button', { name: 'New bot' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Lea');
    await dialog.getByLabel('Address').fill('http://127.0.0.1:9/');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByLabel('Who answers new conversations first').selectOption('Lea');
    await save();
    const [bot] = (await admin.request('GET', 'bots')).body.items;
    t.match(bot, { name: 'Lea', engine: 'webhook', enabled: true });
    t.equal((await settings()).firstAssignee.agent, bot.id);
    const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.getByRole('switch', { name: 'Enabled: Lea' }).uncheck();
    await changed;
    t.equal((await admin.request('GET', 'bots')).body.items[0].enabled, false);
  });

  await t.test('who decided what can be read', async () => {
    await open('audit');
    await page.getByRole('row', { name: /settings\.patch.*retentionDays/ }).waitFor();
    await page.getByRole('row', { name: /bot\.create/ }).waitFor();
  });

  await t.test('a colleague is made an admin, and shut out', async (t) => {
    const jonas = await house.member('agent', 'jonas');
    const there = await house.console('jonas');
    await open('team');
    const menu = page.getByRole('button', { name: 'More: jonas' });
    await menu.click();
    await page.getByRole('menuitemradio', { name: 'Admin' }).click();
    await page.getByRole('row', { name: /jonas.*Admin/ }).waitFor();
    t.equal((await admin.request('GET', `users/${jonas.user.id}`)).body.role, 'admin');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByRole('row', { name: /jonas.*Disabled/ }).waitFor();
    await there.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });
});
