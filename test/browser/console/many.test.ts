/**
 * Ten thousand conversations in the list, a thousand messages in one. How long the page works is counted in processor
 * time of its own thread: a busy machine makes it no slower.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import t from 'tap';
import { Seed } from '../../../bench/seed/seed.ts';
import { untilInPage } from '../browser.ts';
import { openHouse, signIn } from './house.ts';

const CONVERSATIONS = 10_000;
const MESSAGES = 1000;

/** All that the page may work until the first view is there. */
const FIRST_VIEW_MS = 1000;

t.setTimeout(280_000);

/** Lays them down before the server opens them. @returns the id of the long one */
async function seedMany(folder: string): Promise<string> {
  const seed = await Seed.in(folder);
  for (let made = 1; made <= CONVERSATIONS; made++) {
    const customer = seed.person('user', `Customer ${made}`, false);
    const thread = seed.support(customer, null, 'open');
    seed.write(thread, customer, `Where is parcel ${made}?`);
    seed.put(thread);
  }
  const mara = seed.person('user', 'Mara Lindqvist', false);
  const long = seed.support(mara, null, 'open');
  for (let written = 1; written <= MESSAGES; written++) seed.write(long, mara, `message ${written}`);
  seed.put(long);
  seed.end();
  return long.uuid;
}

/** Processor time that the page's thread has taken so far, ms. */
async function workOf(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

async function watchWork(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return cdp;
}

t.test('many', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-many-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const long = await seedMany(folder);
  const house = await openHouse(t, {}, { folder });
  await house.member('agent', 'jonas');

  const page = await house.page({ viewport: { width: 1440, height: 900 }, expected: /401/ });
  await page.goto(`${house.url}/console`);
  // From the press of the button: in the page's own clock, which nothing of the test slows down.
  await page.evaluate(`addEventListener('submit', () => {
    const pressed = performance.now();
    const watch = new MutationObserver(() => {
      if (!document.querySelector('.row')) return;
      watch.disconnect();
      requestAnimationFrame(() => (globalThis.firstView = performance.now() - pressed));
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }, true)`);
  await signIn(page, 'jonas');
  const rows = page.locator('.row');
  await rows.first().waitFor();
  await untilInPage(page, 'globalThis.firstView');
  const firstView = await page.evaluate('globalThis.firstView');
  t.comment(`first view ${Math.round(Number(firstView))} ms after “Sign in” was pressed`);

  await t.test('the first view is there within a second of work', async (t) => {
    await rows.first().waitFor();
    const cdp = await watchWork(page);
    const before = await workOf(cdp);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await rows.first().waitFor();
    const worked = (await workOf(cdp)) - before;
    const lists = asked.filter((path) => path === '/v1/conversations').length;
    const ms = await page.evaluate<number>('performance.now()');
    t.comment(
      `first rows after ${Math.round(ms)} ms, ${Math.round(worked)} ms of them worked, ${asked.length} requests`,
    );
    t.ok(worked > 0 && worked < FIRST_VIEW_MS, `${Math.round(worked)} ms worked`);
    // Of a hundred: the list’s beginning, the team’s own, and what is loaded ahead.
    t.ok(lists < 20, `${lists} pages of lists`);
    t.ok((await rows.count()) < 40, 'of all rows only those in sight are drawn');
  });

  await t.test('scrolling through all of it shows no blank pane', async (t) => {
    const blank = await page.evaluate<{ blanks: number; height: number }>(`(async () => {
      const list = document.getElementById('list');
      const { top, height } = list.getBoundingClientRect();
      const all = ${88 * (CONVERSATIONS + 1)};
      let blanks = 0;
      let rest = 0;
      // To the end of all of them; where no further page comes for a minute, none will.
      while (list.scrollTop + list.clientHeight < all && rest < 1200) {
        const before = list.scrollTop;
        list.scrollTop += 2100;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const middle = document.elementFromPoint(300, top + height / 2);
        if (!middle?.closest('.row')) blanks++;
        if (list.scrollTop > before) rest = 0;
        else {
          rest++;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      return { blanks, height: list.scrollHeight };
    })()`);
    t.equal(blank.blanks, 0);
    t.equal(Math.round(blank.height / 88), CONVERSATIONS + 1, `${Math.round(blank.height / 88)} are there`);
  });

  await t.test('a thousand messages: the place is kept while older ones come in above', async (t) => {
    await page.goto(`${house.url}/console/open/${long}`);
    await page.getByRole('log').getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    const moved = await page.evaluate<number>(`(async () => {
      const box = document.getElementById('thread');
      const frame = () => new Promise(requestAnimationFrame);
      let worst = 0;
      for (let page = 0; page < 25 && !box.textContent?.includes('message 1message 2'); page++) {
        box.scrollTop = 300;
        await frame();
        const first = [...box.querySelectorAll('[data-key]')].find((one) => one.getBoundingClientRect().bottom > 80);
        const before = first.getBoundingClientRect().top;
        const selector = '[data-key="' + first.dataset.key + '"]';
        const height = box.scrollHeight;
        for (let waited = 0; waited < 100 && box.scrollHeight === height; waited++)
          await new Promise((resolve) => setTimeout(resolve, 20));
        await frame();
        worst = Math.max(worst, Math.abs(box.querySelector(selector).getBoundingClientRect().top - before));
      }
      return worst;
    })()`);
    t.ok(moved <= 1, `moved by ${moved} px at most`);
    await page.getByRole('log').getByText('message 1', { exact: true }).waitFor();
  });
});
