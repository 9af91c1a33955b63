/** The views of the inbox with their numbers, how waiting is shown, and that no row moves under the pointer. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, inPage, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

const MINUTE = 60_000;

t.setTimeout(240_000);

const entry = (page: Page, name: string) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name });
const rows = (page: Page) => page.locator('.list-pane .row');

t.test('the views', async (t) => {
  // The server's clock is behind while they write: for the page they have waited so long.
  let behind = 16 * MINUTE;
  const house = await openHouse(t, {}, { now: () => Date.now() - behind });
  const mara = await house.writer('Mara Lindqvist', 'It flickers');
  behind = 6 * MINUTE;
  const tomas = await house.writer('Tomás Ferreira', 'Where is my parcel?');
  behind = 0;
  const olga = await house.writer('Olga Marin', 'Do you ship?');
  const nils = await house.writer('Nils Berg', 'It works now');
  const jonasApi = await house.member('agent', 'jonas');
  const aiko = await house.member('agent', 'aiko');
  const admin = await house.admin();
  const page = await house.console('jonas');
  const patch = (id: string, body: object) => admin.request('PATCH', `conversations/${id}`, body);
  const names = async () => (await rows(page).locator('.row-name').allInnerTexts()).map((name) => name.trim());
  /** The view of that name, once it shows these and its number is that. */
  const shows = async (view: string, expected: string[], count?: number) => {
    await entry(page, view).click();
    await page.mouse.move(1, 1);
    await rows(page).nth(expected.length).waitFor({ state: 'detached' });
    if (expected.length > 0)
      await rows(page)
        .nth(expected.length - 1)
        .waitFor();
    t.same(await names(), expected, view);
    // The server tells its numbers once a second at most.
    if (count !== undefined)
      await entry(page, view)
        .filter({ hasText: new RegExp(`\\D${count}$`) })
        .waitFor();
  };

  await t.test('who waits longest stands first, and its colour tells how long', async (t) => {
    await rows(page).nth(3).waitFor();
    t.same(await names(), ['Mara Lindqvist', 'Tomás Ferreira', 'Olga Marin', 'Nils Berg']);
    const urgency = (name: string) => rows(page).filter({ hasText: name }).locator('.row-time').getAttribute('class');
    t.match(await urgency('Mara'), /wait-urgent/);
    t.match(await urgency('Tomás'), /wait-late/);
    t.match(await urgency('Olga'), /wait-fine/);
    const colour = (name: string) =>
      inPage(rows(page).filter({ hasText: name }).locator('.row-time'), 'getComputedStyle(node).color');
    t.equal(new Set([await colour('Mara'), await colour('Tomás'), await colour('Olga')]).size, 3);
    t.match(await entry(page, 'Queue').innerText(), /16 min/, 'the longest beside the queue too');
    t.same(await axeProblems(page), []);
    await shoot(page, 'console/waiting');
  });

  await t.test('every view shows its own, and the numbers follow what happens', async (t) => {
    await jonasApi.request('POST', `conversations/${mara.conversationId}/claim`);
    await aiko.request('POST', `conversations/${tomas.conversationId}/claim`);
    await patch(olga.conversationId, {
      tags: ['shipping'],
      snoozedUntil: new Date(Date.now() + 60 * MINUTE).toISOString(),
    });
    await patch(mara.conversationId, { tags: ['shipping', 'repair'] });
    await patch(nils.conversationId, { status: 'closed' });
    await entry(page, 'shipping').getByText('2', { exact: true }).waitFor();
    await shows('Mine', ['Mara Lindqvist'], 1);
    await shows('Queue', [], 0);
    await shows('All open', ['Mara Lindqvist', 'Tomás Ferreira'], 2);
    await shows('Snoozed', ['Olga Marin'], 1);
    await shows('Closed', ['Nils Berg']);
    await shows('shipping', ['Mara Lindqvist', 'Olga Marin'], 2);
    await shows('aiko', ['Tomás Ferreira'], 1);
    t.same(await axeProblems(page), []);
  });

  await t.test('newest activity first, where one chooses so', async (t) => {
    await entry(page, 'All open').click();
    await tomas.write('Hello?');
    await page
      .locator('.list-pane')
      .getByRole('button', { name: /Longest waiting/ })
      .click();
    await page.getByRole('menuitemradio', { name: 'Newest first' }).click();
    await page.mouse.move(1, 1);
    await rows(page).first().filter({ hasText: 'Tomás' }).waitFor();
    t.same(await names(), ['Tomás Ferreira', 'Mara Lindqvist']);
  });

  await t.test('nothing moves under the pointer: what is new waits behind a button', async (t) => {
    await rows(page).filter({ hasText: 'Mara' }).hover();
    await mara.write('And it hums');
    await rows(page).filter({ hasText: 'And it hums' }).waitFor();
    await house.writer('Ida Holm', 'Good morning');
    await page.getByRole('button', { name: '1 more' }).waitFor();
    t.same(await names(), ['Tomás Ferreira', 'Mara Lindqvist'], 'as they stood');
    await page.mouse.move(1, 1);
    await rows(page).first().filter({ hasText: 'Ida' }).waitFor();
    t.same(await names(), ['Ida Holm', 'Mara Lindqvist', 'Tomás Ferreira'], 'once it is away');
  });

  await t.test('a peer sees the queue of peers and what is theirs, and no more', async (t) => {
    await house.member('peer', 'pat');
    const pia = await house.writer(null);
    await pia.request('POST', 'messages', { to: { queue: 'peer' }, message: { content: 'May I talk to a peer?' } });
    const peer = await house.console('pat');
    await rows(peer).filter({ hasText: 'May I talk to a peer?' }).waitFor();
    t.equal(await rows(peer).count(), 1);
    t.equal(await entry(peer, 'Reports').count(), 0);
    await rows(peer).first().click();
    await peer.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
    await peer.locator('#editor').waitFor();
    t.equal(await peer.getByRole('button', { name: 'Block this visitor' }).count(), 0);
    t.same(await axeProblems(peer), []);
  });
});
