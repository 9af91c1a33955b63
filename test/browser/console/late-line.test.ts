/** The list is read over HTTP, and the line's first welcome forgets what it does not name: nobody sees that happen. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { untilInPage } from '../browser.ts';
import { type House, openHouse, signIn } from './house.ts';

t.setTimeout(240_000);

/** More than a welcome names. */
const MANY = 25;

const firstPart = /\/v1\/conversations\?.*order=waiting&limit=100/;
const secondPart = (url: URL) =>
  /^\/v1\/conversations\?kind=support&status=open&limit=100/.test(url.pathname + url.search);

/** A page that hears nothing by its line until it is let. */
async function withoutLine(house: House): Promise<{ page: Page; letLine(): void }> {
  const page = await house.page({ viewport: { width: 1440, height: 900 }, expected: /401/ });
  const held: (() => void)[] = [];
  let holds = true;
  await page.routeWebSocket(/\/v1\/ws/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      if (holds) held.push(() => socket.send(frame));
      else socket.send(frame);
    });
  });
  await page.goto(`${house.url}/console`);
  return {
    page,
    letLine() {
      holds = false;
      for (const send of held.splice(0)) send();
    },
  };
}

t.test('a welcome in the midst of reading leaves the rows where they are', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  for (const name of ['Mara', 'Tomás', 'Ines']) await house.writer(name, 'Is anybody there?');
  const { page, letLine } = await withoutLine(house);
  const held = Promise.withResolvers<void>();
  await page.route(secondPart, async (route) => {
    await held.promise;
    await route.continue();
  });
  await signIn(page, 'jonas');
  const rows = page.locator('.row');
  await rows.nth(2).waitFor();
  await page.evaluate(`{
    globalThis.fewest = 3;
    const count = () => (fewest = Math.min(fewest, document.querySelectorAll('.row').length));
    new MutationObserver(count).observe(document.getElementById('list'), { childList: true, subtree: true });
  }`);
  letLine();
  // What comes by the line stands in the list: it has heard the welcome, and drawn since.
  await house.writer('Ola', 'And me?');
  await rows.nth(3).waitFor();
  held.resolve();
  t.equal(await page.evaluate('fewest'), 3);
});

t.test('what a late welcome forgets is read again', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  for (let n = 1; n <= MANY; n++) await house.writer(`Customer ${n}`, 'Is anybody there?');
  const { page, letLine } = await withoutLine(house);
  const ended = page.waitForResponse((answer) => secondPart(new URL(answer.url())));
  await signIn(page, 'jonas');
  const total = `Number(document.querySelector('.row')?.getAttribute('aria-setsize'))`;
  await untilInPage(page, `${total} === ${MANY}`);
  await ended;
  const again = page.waitForResponse(firstPart);
  letLine();
  await again;
  await untilInPage(page, `${total} === ${MANY}`);
  t.pass('all are there');
});

t.test('where the line comes at once, the list is read once', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  for (let n = 1; n <= MANY; n++) await house.writer(`Customer ${n}`, 'Is anybody there?');
  const page = await house.page({ viewport: { width: 1440, height: 900 }, expected: /401/ });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${house.url}/console`);
  const ended = page.waitForResponse((answer) => secondPart(new URL(answer.url())));
  await signIn(page, 'jonas');
  await page.locator('.row').first().waitFor();
  await ended;
  t.equal(asked.filter((url) => firstPart.test(url)).length, 1);
});
