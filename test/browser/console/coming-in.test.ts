/** Coming in and going out by every other way: the first admin's link, a forgotten password, signing out here and there. */
import t from 'tap';
import { startPostOffice } from '../../outbound/notices/post-office.ts';
import { freePort } from '../../people/openid-provider.ts';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse, signIn } from './house.ts';

const expected = /401 \(Unauthorized\)/;

t.setTimeout(180_000);

t.test('the first admin comes in by the link of the first start, once', async (t) => {
  const house = await openHouse(t, { adminEmail: undefined, adminPassword: undefined } as object);
  const link = `${house.url}${house.app.firstAdminLink}`;
  const page = await house.page({ expected });
  await page.goto(link);
  await page.getByRole('heading', { name: 'Welcome to Parley' }).waitFor();
  t.equal(new URL(page.url()).hash, '', 'the secret stays in no history');
  t.same(await axeProblems(page), []);
  await shoot(page, 'console/first-admin');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('New password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Settings', exact: true }).waitFor();
  const late = await house.page({ expected });
  await late.goto(link);
  await late.getByLabel('New password').fill('correct horse battery');
  await late.keyboard.press('Enter');
  await late.getByText(/used already or is too old/).waitFor();
  await late.goto(`${house.url}/console/`);
  const asked = late.waitForResponse('**/v1/auth');
  await late.reload();
  await asked;
  await late.getByRole('button', { name: 'Forgotten the password?' }).click();
  await late.getByText(/No mail is sent from here/).waitFor();
  await signIn(late, 'ada');
});

t.test('a forgotten password, and the sessions that end', async (t) => {
  const office = await startPostOffice(t);
  const port = await freePort();
  const house = await openHouse(t, { port, publicUrl: `http://127.0.0.1:${port}`, smtpUrl: office.url });
  await house.member('agent', 'ann');
  const there = await house.console('ann');
  const page = await house.page({ expected });

  await t.test('a link is mailed, and a new password chosen by it', async (t) => {
    await page.goto(`${house.url}/console`);
    await page.getByLabel('E-mail').fill('ann@example.com');
    await page.getByRole('button', { name: 'Forgotten the password?' }).click();
    await page.getByText(/a link is on its way/).waitFor();
    t.same(await axeProblems(page), []);
    const [mail] = await office.mails.until(1);
    const [, fragment] = /(#link=pl_[\w-]+)/.exec(mail?.text ?? '') ?? [];
    await page.goto(`${house.url}/console/${fragment}`);
    await page.getByLabel('New password').fill('another password');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await there.getByText('You were signed out.').waitFor();
  });

  await t.test('a session is ended from another one', async () => {
    const other = await house.page({ expected });
    await other.goto(`${house.url}/console`);
    await other.getByLabel('E-mail').fill('ann@example.com');
    await other.getByLabel('Password', { exact: true }).fill('another password');
    await other.keyboard.press('Enter');
    await other.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.goto(`${house.url}/console/settings/you`);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' });
    await other.getByText('You were signed out.').waitFor();
  });

  await t.test('who signs out is out, after a reload too', async (t) => {
    await page
      .getByRole('button', { name: /^You|ann/ })
      .last()
      .click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    t.same(await page.context().cookies(), []);
  });
});
