/** A morning's work: three visitors and two agents, with a reload and a restart of the server in the middle. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { startApp } from '../../helper.ts';
import { startReceiver } from '../../outbound/receiver.ts';
import { axeProblems } from '../browser.ts';
import { openHouse } from './house.ts';

const row = (page: Page, name: string) => page.locator('.list-pane').getByRole('button', { name });
const editor = (page: Page) => page.locator('#editor');
const thread = (page: Page) => page.getByRole('log');

t.setTimeout(180_000);

t.test('a morning at the lamp shop', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-morning-'));
  const house = await openHouse(t, { outboundAllow: ['127.0.0.1'] }, { folder });
  await house.member('agent', 'jonas');
  await house.member('agent', 'aiko');
  const admin = await house.admin();
  await admin.request('POST', 'canned-replies', {
    shortcut: 'shipping',
    text: 'Hello {name}, it takes three to five days.',
  });
  const tomas = await house.writer('Tomás Ferreira', 'I still have no parcel');
  const mara = await house.writer('Mara Lindqvist', 'The shade arrived with a crack');
  const olga = await house.writer('Olga Marin', 'Do you ship to Vienna?');
  const program = await startReceiver(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"reply":"Have you tried another bulb?"}');
  });
  const bot = await admin.request('POST', 'bots', { name: 'Lea', engine: 'webhook', url: program.url });
  const jonas = await house.console('jonas');
  const aiko = await house.console('aiko');

  await t.test('both want the same conversation: one gets it, the other is told who', async (t) => {
    for (const page of [jonas, aiko]) {
      await row(page, 'Tomás').first().click();
      await page.getByText('Nobody answers Tomás yet.').waitFor();
    }
    await jonas.getByText('aiko is looking').waitFor();
    // Both press the button at the same moment; aiko's call is the slower one.
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    await aiko.route('**/claim', async (route) => {
      await arrived;
      await route.continue();
    });
    const claim = (page: Page) => page.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
    await claim(aiko);
    await claim(jonas);
    await editor(jonas).waitFor();
    release();
    await aiko.getByText('jonas was first.').waitFor();
    await aiko.getByRole('button', { name: 'All right' }).click();
    const { body } = await admin.request('GET', `conversations/${tomas.conversationId}`);
    t.equal(body.assignee.name, 'jonas');
  });

  await t.test('nobody answers over an answer that they have not seen', async (t) => {
    await editor(jonas).fill('It left this morning');
    await editor(aiko).fill('Let me look');
    await editor(aiko).press('Enter');
    await jonas.getByText('aiko answered while you were writing.').waitFor();
    t.equal(await jonas.getByRole('button', { name: 'Send anyway' }).count(), 1);
    await jonas.getByRole('button', { name: 'See it' }).click();
    await editor(jonas).press('Enter');
    await thread(aiko).getByText('It left this morning').waitFor();
  });

  await t.test('a note is for the team alone', async (t) => {
    await jonas.keyboard.press('Escape');
    await jonas.keyboard.press('n');
    await editor(jonas).fill('The carrier lost it, I sent another one');
    await jonas.getByRole('button', { name: 'Add note' }).click();
    await thread(aiko).getByText('The carrier lost it').waitFor();
    const { body } = await tomas.request('GET', `conversations/${tomas.conversationId}/messages`);
    t.notMatch(JSON.stringify(body), /carrier/);
  });

  await t.test('a canned reply is put in by its word', async (t) => {
    await row(aiko, 'Olga').first().click();
    await aiko.getByText('Nobody answers Olga yet.').waitFor();
    await aiko.keyboard.press('/');
    await editor(aiko).pressSequentially('shi');
    await aiko.getByRole('option', { name: /shipping/ }).waitFor();
    await editor(aiko).press('Enter');
    t.equal(await editor(aiko).inputValue(), 'Hello Olga, it takes three to five days.');
    await editor(aiko).press('Enter');
    await aiko.getByText('Sent', { exact: true }).waitFor();
    const { body } = await olga.request('GET', `conversations/${olga.conversationId}/messages`);
    t.equal(body.items.at(-1).content, 'Hello Olga, it takes three to five days.');
  });

  await t.test('a bot answers, and a person takes over', async (t) => {
    await admin.request('PATCH', `conversations/${olga.conversationId}`, { assigneeId: bot.body.id });
    await aiko.getByText('is answering Olga').waitFor();
    await olga.write('It does not light up');
    await thread(aiko).getByText('Have you tried another bulb?').waitFor();
    t.equal(await thread(aiko).locator('.group.bot .ai').count(), 1, 'marked as a bot’s');
    await aiko.getByRole('button', { name: 'Take over' }).click();
    await aiko.getByText('is answering Olga').waitFor({ state: 'detached' });
    t.equal((await admin.request('GET', `conversations/${olga.conversationId}`)).body.assignee.name, 'aiko');
  });

  await t.test('what was said is found again', async () => {
    await aiko.keyboard.press('Escape');
    await aiko.keyboard.press('Control+k');
    await aiko.getByRole('combobox').fill('crack');
    await aiko.getByRole('option', { name: /arrived with a crack/ }).click();
    await aiko.locator('#thread .found').getByText('The shade arrived with a crack').waitFor();
  });

  await t.test('a draft survives a reload', async (t) => {
    await row(jonas, 'Mara').first().click();
    await jonas.getByText('Nobody answers Mara yet.').waitFor();
    await jonas.keyboard.press('r');
    await editor(jonas).fill('Sorry, Mara! A new shade');
    await jonas.reload();
    await editor(jonas).waitFor();
    t.equal(await editor(jonas).inputValue(), 'Sorry, Mara! A new shade');
  });

  await t.test('the server starts again: what was sent meanwhile goes out, nothing is lost or doubled', async (t) => {
    const url = new URL(house.url);
    await house.stop();
    await jonas
      .getByText(/Reconnecting|You’re offline/)
      .first()
      .waitFor();
    await editor(jonas).press('Enter');
    await startApp(t, { port: Number(url.port), outboundAllow: ['127.0.0.1'] }, { folder });
    await jonas.locator('.receipt', { hasText: 'Sent' }).waitFor();
    await mara.write('Thank you!');
    await thread(jonas).getByText('Thank you!').waitFor();
    const { body } = await mara.request('GET', `conversations/${mara.conversationId}/messages`);
    t.same(
      body.items.map(({ content }: { content: string }) => content),
      ['The shade arrived with a crack', 'Sorry, Mara! A new shade', 'Thank you!'],
    );

    await t.test('snoozed, woken, tagged', async (t) => {
      await jonas.getByRole('button', { name: 'Snooze' }).click();
      await jonas.getByRole('menuitem', { name: /^Tomorrow/ }).click();
      await jonas
        .getByText(/Snoozed until/)
        .first()
        .waitFor();
      await jonas.keyboard.press('z');
      await jonas.locator('.strip').waitFor({ state: 'detached' });
      await jonas.getByRole('button', { name: 'Add a tag' }).click();
      await jonas.getByRole('combobox', { name: 'Add a tag' }).fill('broken');
      await jonas.keyboard.press('Enter');
      await jonas.locator('.details-pane .tag', { hasText: 'broken' }).waitFor();
      t.same(await axeProblems(jonas), []);
    });

    await t.test('closed by a key, opened again by the customer', async (t) => {
      await thread(jonas).click();
      const takenBack = jonas.waitForResponse((response) => response.request().postData()?.includes('"open"') ?? false);
      await jonas.keyboard.press('e');
      // At once: what is taken back is what was done last, also while it is still being done.
      await jonas.keyboard.press('z');
      await takenBack;
      await jonas.getByRole('button', { name: 'Close', exact: true }).waitFor();
      await jonas.locator('.strip').waitFor({ state: 'detached' });
      await jonas.keyboard.press('e');
      await jonas.getByText('Mara can still write').waitFor();
      await mara.request('POST', `conversations/${mara.conversationId}/messages`, { content: 'One more thing' });
      await jonas.getByText('Mara can still write').waitFor({ state: 'detached' });
      t.equal((await mara.request('GET', `conversations/${mara.conversationId}`)).body.status, 'open');
    });
  });
});
