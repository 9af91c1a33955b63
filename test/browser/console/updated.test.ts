/** A console that was open before an update of the server: the parts that it has not loaded yet are gone. */
import t from 'tap';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse, signIn } from './house.ts';

t.setTimeout(180_000);

t.test('a part that does not come says why, and loading the page again brings it', async (t) => {
  const house = await openHouse(t);
  const mara = await house.writer('Mara Lindqvist', 'It flickers');
  const page = await house.page({
    viewport: { width: 1440, height: 900 },
    expected: /401 \(Unauthorized\)|404 \(Not Found\)|net::ERR_/,
  });
  // Its document and its script are those of a build that is gone; what that loads later, the server does not know.
  const own = /\/console\/main-\w+\.js/.exec(await (await fetch(`${house.url}/console`)).text())?.[0] ?? '';
  const former = '/console/main-F0RMER00.js';
  await page.route(
    (url) => url.pathname.startsWith('/console') && !url.pathname.includes('.'),
    async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue();
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(own, former) });
    },
  );
  await page.route(`${house.url}${former}`, async (route) => {
    const script = await (await fetch(`${house.url}${own}`)).text();
    const body = script.replace(/import\("\/console\/[\w-]+\.js"\)/g, 'import("/console/gone-F0RMER00.js")');
    await route.fulfill({ contentType: 'text/javascript', body });
  });
  await page.goto(`${house.url}/console/open/${mara.conversationId}`);
  await house.member('agent', 'jonas');
  await signIn(page, 'jonas');
  await page.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
  await page.locator('#editor').fill('A loose wire');
  await page.getByRole('link', { name: 'Reports' }).click();
  const said = page.getByRole('alert').filter({ hasText: 'Parley was updated. Your drafts are kept.' });
  await said.waitFor();
  await shoot(page, 'console/updated');
  t.same(await axeProblems(page), []);

  await page.unrouteAll();
  await said.getByRole('button', { name: 'Load the page again' }).click();
  await page.locator('.figures').waitFor();
  await page.goto(`${house.url}/console/open/${mara.conversationId}`);
  await page.locator('#editor').waitFor();
  t.equal(await page.locator('#editor').inputValue(), 'A loose wire');
});

t.test('where the server does not answer, that is said', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const page = await house.console('jonas');
  await page.route('**/console/**', (route) => route.abort());
  await page.route('**/console', (route) => route.abort());
  await page.getByRole('link', { name: 'Reports' }).click();
  const said = page.getByRole('alert').filter({ hasText: 'The server does not answer.' });
  await said.waitFor();
  await page.unrouteAll();
  await said.getByRole('button', { name: 'Load the page again' }).click();
  await page.locator('.figures').waitFor();
});
