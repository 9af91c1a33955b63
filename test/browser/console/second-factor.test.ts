/** Somebody sets up a code beside the password, signs in with it, loses the app, and is let in by an admin. */
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse, signIn } from './house.ts';

const PASSWORD = 'correct horse battery';
const STEP = 30_000;
const PHONE = { width: 390, height: 844 };

t.setTimeout(180_000);

/** Email and password, up to where the code is asked for. */
async function beginSignIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill('ann@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
}

t.test('a second factor, from setting it up to losing it', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'ann');
  const expected = /40[13] \((Unauthorized|Forbidden)\)/;
  const page = await house.console('ann', { path: '/settings/you', expected });
  const looksRight = async (name: string) => {
    t.same(await axeProblems(page), [], name);
    await shoot(page, `console/second-factor-${name}`);
  };
  let recovery: string[] = [];
  let code = (_: number): string => '';

  await t.test('it is set up by keyboard', async (t) => {
    await page.getByRole('button', { name: 'Set it up' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Second factor' });
    await dialog.getByLabel('Your password').fill('a guess');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is not your password.').waitFor();
    await looksRight('password');
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await dialog.getByRole('img', { name: /QR code/ }).waitFor();
    await looksRight('qr');
    const secret = (await dialog.locator('.by-hand code').innerText()).replaceAll(' ', '');
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    code = (timestamp) => totp.generate({ timestamp });
    await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
    await page.keyboard.press('Enter');
    await dialog.getByText('This code is wrong, or was used before.').waitFor();
    await dialog.getByRole('textbox', { name: 'Code' }).fill(code(Date.now()));
    await page.keyboard.press('Enter');
    await dialog.locator('.recovery-codes').waitFor();
    await looksRight('codes');
    recovery = await dialog.locator('.recovery-codes code').allInnerTexts();
    t.equal(recovery.length, 10);
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText(/On since/).waitFor();
    await looksRight('on');
  });

  const other = await house.page({ expected });

  await t.test('from then on a code is asked for', async (t) => {
    await other.goto(`${house.url}/console`);
    await beginSignIn(other);
    t.equal(await other.evaluate('document.activeElement.name'), 'code', 'where one types');
    t.same(await axeProblems(other), []);
    await shoot(other, 'console/sign-in-code');
    await other.setViewportSize(PHONE);
    await shoot(other, 'console/sign-in-code-phone');
    await other.keyboard.type('000000');
    await other.keyboard.press('Enter');
    await other.getByText('This code is wrong, or was used before.').waitFor();
    await other.getByRole('textbox', { name: 'Code' }).fill(code(Date.now() + STEP));
    await other.keyboard.press('Enter');
    await other.locator('.sign-in').waitFor({ state: 'detached' });
    await other.reload();
    await other.locator('.sign-in').waitFor({ state: 'detached' });
  });

  await t.test('a recovery code does in its place, once', async (t) => {
    const third = await house.page({ expected, colorScheme: 'dark' });
    await third.goto(`${house.url}/console`);
    for (const works of [true, false]) {
      await beginSignIn(third);
      await third.getByRole('button', { name: 'The app is not at hand?' }).click();
      await third.getByLabel('Recovery code').fill(recovery[0] ?? '');
      t.same(await axeProblems(third), []);
      if (works) await shoot(third, 'console/sign-in-recovery-dark');
      await third.keyboard.press('Enter');
      if (works) {
        await third.getByRole('navigation', { name: 'Views' }).waitFor();
        await third.context().clearCookies();
        await third.reload();
      } else await third.getByText('This code is wrong, or was used before.').waitFor();
    }
  });

  await t.test('an admin resets it, and nobody is signed in there any more', async (t) => {
    const admin = await house.console('admin', { path: '/settings/team' });
    const ann = admin.getByRole('row', { name: /ann@example.com/ });
    await ann.getByText('Second factor').waitFor();
    t.equal(
      await admin
        .getByRole('row', { name: /admin@example.com/ })
        .getByText('Second factor')
        .count(),
      0,
    );
    await admin.getByRole('button', { name: 'More: ann' }).click();
    await admin.getByRole('menuitem', { name: 'Reset the second factor' }).click();
    await admin
      .getByRole('dialog')
      .getByText(/ann signs in with the password alone/)
      .waitFor();
    t.same(await axeProblems(admin), []);
    await shoot(admin, 'console/second-factor-reset');
    await admin.getByRole('button', { name: 'Reset', exact: true }).click();
    await admin.getByRole('dialog').waitFor({ state: 'detached' });
    await ann.getByText('Second factor').waitFor({ state: 'detached' });
    await page.getByText('You were signed out.').waitFor();
    await signIn(page, 'ann');
    t.equal((await house.request('POST', 'auth/login', { email: 'ann@example.com', password: PASSWORD })).status, 200);
  });
});
