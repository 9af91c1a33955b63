/** Signing in by a provider, as a person does: there, back, and what is told when it does not go well. */
import t from 'tap';
import { freePort, startProvider } from '../../people/openid-provider.ts';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(120_000);

t.test('by a provider', async (t) => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const provider = await startProvider(t, `${publicUrl}/v1/auth/openid/callback`);
  const house = await openHouse(t, {
    port,
    publicUrl,
    oidcIssuer: provider.issuer,
    oidcClientId: provider.clientId,
    oidcClientSecret: provider.clientSecret,
    oidcName: 'Halm account',
  });
  await house.member('agent', 'ann');
  provider.accounts.set('1', { email: 'ann@example.com', email_verified: true, name: 'Ann' });
  const page = await house.page({ expected: /40[13] \((Unauthorized|Forbidden)\)/ });
  const button = page.getByRole('button', { name: 'Continue with Halm account' });

  await t.test('who says no there is told so here', async (t) => {
    await page.goto(`${house.url}/console`);
    await button.waitFor();
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/sign-in-openid');
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, 'console/sign-in-openid-phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('The provider did not sign you in.').waitFor();
    t.equal(new URL(page.url()).hash, '');
    t.same(await axeProblems(page), []);
  });

  await t.test('who is nobody here is told to ask for an invitation', async () => {
    provider.accounts.set('2', { email: 'new@example.com', email_verified: true });
    provider.signsIn = '2';
    await button.click();
    await page.getByText(/ask an admin for an invitation/).waitFor();
  });

  await t.test('and who is of the team comes in, and stays in over a reload', async (t) => {
    await page.context().clearCookies();
    provider.signsIn = '1';
    await button.click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    t.equal(new URL(page.url()).hash, '', 'the code is in no address');
    t.same(await page.evaluate('Object.keys(sessionStorage)'), [], 'nor is anything left of it');
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
  });

  await t.test('a code that was begun elsewhere is worth nothing', async (t) => {
    const stranger = await house.page({ expected: /401/ });
    const secret = 'a secret of another page, long enough';
    const { body } = await house.request('POST', 'auth/openid', { secret });
    await stranger.goto(body.url);
    await stranger.getByText(/begun in another window/).waitFor();
    t.equal(await stranger.getByRole('navigation', { name: 'Views' }).count(), 0);
  });
});
