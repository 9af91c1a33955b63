/** Passkeys with an authenticator of the browser's own making, against the real server; and what must not get in. */
import type { CDPSession, Page } from 'playwright-core';
import t from 'tap';
import { countBeside, jobsDone } from '../../database.ts';
import { freePort } from '../../people/openid-provider.ts';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse, signIn } from './house.ts';

const PASSWORD = 'correct horse battery';

t.setTimeout(180_000);

/** A device that knows its owner. */
async function withAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

/** Signs in by a key as a page of one's own would; `more` changes what the authenticator is asked. */
function ownSignIn(page: Page, more: object = {}, times = 1): Promise<number[]> {
  // As text: what runs in the page knows nothing of this file.
  return page.evaluate(`(async () => {
    const ask = (path, body) => fetch('/v1/auth/' + path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    const { options } = await (await ask('passkey/begin', {})).json();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({ ...options, ...${JSON.stringify(more)} });
    const response = (await navigator.credentials.get({ publicKey })).toJSON();
    const statuses = [];
    for (let time = 0; time < ${times}; time++) statuses.push((await ask('passkey', { response })).status);
    return statuses;
  })()`) as Promise<number[]>;
}

t.test('passkeys', async (t) => {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const house = await openHouse(t, { port, publicUrl });
  const ann = await house.member('agent', 'ann');
  const page = await house.page({
    viewport: { width: 1440, height: 900 },
    expected: /40[13] \((Unauthorized|Forbidden)\)/,
  });
  const { cdp, authenticatorId } = await withAuthenticator(page);
  const counters = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const views = page.getByRole('navigation', { name: 'Views' });

  await t.test('one is made with the password, by keyboard', async (t) => {
    await page.goto(`${publicUrl}/console/settings/you`);
    await signIn(page, 'ann');
    await page.getByRole('button', { name: 'Add a passkey' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
    await dialog.getByLabel('Name').fill('My laptop');
    await dialog.getByLabel('Your password').fill('a guess');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is not your password.').waitFor();
    t.equal((await counters()).length, 0);
    await dialog.getByLabel('Your password').fill(PASSWORD);
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/passkey-add');
    await page.keyboard.press('Enter');
    await page.getByText('My laptop').waitFor();
    t.match(await counters(), [{ isResidentCredential: true, rpId: 'localhost' }]);
    t.same(await axeProblems(page), []);
    await page.getByText('My laptop').scrollIntoViewIfNeeded();
    await shoot(page, 'console/passkeys');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText('My laptop').scrollIntoViewIfNeeded();
    t.same(await axeProblems(page), [], 'on a phone');
    await shoot(page, 'console/passkeys-phone');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test('the same device makes no second one', async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('This device has one for you already.').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('it signs in without anything else', async (t) => {
    await page.context().clearCookies();
    await page.goto(`${publicUrl}/console`);
    const button = page.getByRole('button', { name: 'Sign in with a passkey' });
    await button.waitFor();
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/sign-in-passkey');
    await button.focus();
    await page.keyboard.press('Enter');
    await views.waitFor();
    await page.reload();
    await views.waitFor();
  });

  await t.test('an answer is good once', async (t) => t.same(await ownSignIn(page, {}, 2), [200, 401]));

  await t.test('who is not verified by the device is nobody', async (t) => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    t.same(await ownSignIn(page, { userVerification: 'discouraged' }), [401]);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  });

  await t.test('a challenge of another server’s making is none', async (t) => {
    t.same(await ownSignIn(page, { challenge: 'cGNfbm90aGluZw' }), [401]);
  });

  await t.test('a copy that counts from behind is refused', async (t) => {
    t.same(await ownSignIn(page), [200]);
    const [credential] = await counters();
    if (credential === undefined) throw new Error('no credential');
    await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount: 0 } });
    t.same(await ownSignIn(page), [401]);
    await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
    await cdp.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: { ...credential, signCount: credential.signCount + 10 },
    });
    t.same(await ownSignIn(page), [200]);
  });

  await t.test('it is renamed, taken away, and then signs nobody in', async (t) => {
    await page.goto(`${publicUrl}/console/settings/you`);
    await page.getByRole('button', { name: 'Rename: My laptop' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Old laptop');
    await page.keyboard.press('Enter');
    await page.getByText(/Last used/).waitFor();
    await page.getByRole('button', { name: 'Remove: Old laptop' }).click();
    await page.getByText('Old laptop').waitFor({ state: 'detached' });
    t.same((await ann.request('GET', 'me/passkeys')).body.items, []);
    t.same(await ownSignIn(page), [401]);
    await page.context().clearCookies();
    await page.goto(`${publicUrl}/console`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('This passkey is not known here.').waitFor();
    const { body } = await (await house.admin()).request('GET', 'audit');
    const actions = body.items.map(({ action }: { action: string }) => action);
    t.ok(actions.includes('passkey.create') && actions.includes('passkey.delete'));
  });

  await t.test('an erasure takes them along', async (t) => {
    await page.goto(`${publicUrl}/console/settings/you`);
    await signIn(page, 'ann');
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Not used yet').waitFor();
    t.equal(await countBeside(house.folder, 'passkeys'), 1);
    await (await house.admin()).request('DELETE', `users/${ann.user.id}`);
    await jobsDone(house.folder);
    t.equal(await countBeside(house.folder, 'passkeys'), 0);
    t.equal(await countBeside(house.folder, 'identities', "provider = 'passkey'"), 0);
    t.same(await ownSignIn(page), [401]);
  });
});
