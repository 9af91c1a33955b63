/** Among the team: direct conversations and rooms, and files in what is written. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, shoot, untilInPage } from '../browser.ts';
import { openHouse } from './house.ts';

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
);

const editor = (page: Page) => page.locator('#editor');
const log = (page: Page) => page.getByRole('log');
const side = (page: Page) => page.getByRole('navigation', { name: 'Views' });

t.setTimeout(120_000);

t.test('among us', async (t) => {
  const house = await openHouse(t);
  const jonasApi = await house.member('agent', 'jonas');
  const aikoApi = await house.member('agent', 'aiko');
  const admin = await house.admin();
  const jonas = await house.console('jonas');
  const aiko = await house.console('aiko');

  await t.test('a colleague is written to, and sees it in the side bar', async (t) => {
    await side(jonas).getByRole('button', { name: /aiko/ }).click();
    await editor(jonas).fill('Lunch at one?');
    await editor(jonas).press('Enter');
    await side(aiko)
      .getByRole('button', { name: /jonas.*1 unread/ })
      .click();
    await log(aiko).getByText('Lunch at one?').waitFor();
    await jonas.getByText(/^Read/).waitFor();
    await editor(aiko).fill('Yes!');
    await editor(aiko).press('Enter');
    await log(jonas).getByText('Yes!').waitFor();
    t.same(await axeProblems(jonas), []);
    await shoot(jonas, 'console/direct');
  });

  await t.test('a user who is written to directly stands there too', async (t) => {
    const uma = await house.hostUser('uma', { name: 'Uma Lind' });
    const { body } = await jonasApi.request('POST', 'conversations', { kind: 'direct', userId: uma.user.id });
    await uma.request('POST', `conversations/${body.id}/messages`, { content: 'Is the lamp ready?' });
    await side(jonas)
      .getByRole('link', { name: /Uma Lind.*1 unread/ })
      .click();
    await log(jonas).getByText('Is the lamp ready?').waitFor();
    t.match(jonas.url(), body.id);
    await jonas.setViewportSize({ width: 360, height: 740 });
    await jonas.getByRole('button', { name: 'Back' }).click();
    await side(jonas).getByRole('button', { name: 'More' }).click();
    await jonas.getByRole('dialog').getByRole('button', { name: 'Uma Lind' }).click();
    await log(jonas).getByText('Is the lamp ready?').waitFor();
    await jonas.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test('a customer whom the host has named is written to directly, from their conversation', async (t) => {
    const kim = await house.hostUser('kim', { name: 'Kim Aster' });
    const asked = await kim.request('POST', 'messages', { to: 'support', message: { content: 'Who am I?' } });
    await jonas.goto(`${house.url}/console/open/${asked.body.conversationId}`);
    await jonas.getByRole('button', { name: 'Write to them directly' }).click();
    await editor(jonas).fill('Just between us');
    await editor(jonas).press('Enter');
    await side(jonas).getByRole('link', { name: 'Kim Aster' }).waitFor();
    const { body } = await kim.request('GET', 'conversations?kind=direct');
    t.match(body.items, [{ last: { text: 'Just between us' } }]);
  });

  await t.test('an admin makes a room: who was chosen is in it, others may not make one', async (t) => {
    const ann = await house.console('admin');
    await side(ann).getByRole('button', { name: 'New room' }).click();
    const dialog = ann.getByRole('dialog', { name: 'New room' });
    await dialog.getByLabel('Subject').fill('Stocktaking');
    t.same(await axeProblems(ann), []);
    await shoot(ann, 'console/new-room');
    await dialog.getByRole('checkbox', { name: 'jonas' }).check();
    await dialog.getByRole('button', { name: 'Make the room' }).click();
    await editor(ann).fill('Saturday at eight');
    await editor(ann).press('Enter');
    await side(jonas)
      .getByRole('link', { name: /Stocktaking.*1 unread/ })
      .click();
    await log(jonas).getByText('Saturday at eight').waitFor();
    t.equal(
      await side(aiko)
        .getByRole('link', { name: /Stocktaking/ })
        .count(),
      0,
    );
    t.equal(await side(jonas).getByRole('button', { name: 'New room' }).count(), 0);
    await ann.close();
  });

  await t.test('a room is there for who is in it, and gone for who is taken out', async (t) => {
    const made = await admin.request('POST', 'conversations', {
      kind: 'room',
      subject: 'Workshop',
      participants: [{ userId: jonasApi.user.id }, { userId: aikoApi.user.id }],
    });
    t.equal(made.status, 201);
    await side(jonas)
      .getByRole('link', { name: /Workshop/ })
      .click();
    await editor(jonas).fill('The kiln is free');
    await editor(jonas).press('Enter');
    await side(aiko)
      .getByRole('link', { name: /Workshop.*1 unread/ })
      .click();
    await log(aiko).getByText('The kiln is free').waitFor();
    t.same(await axeProblems(aiko), []);
    await admin.request('DELETE', `conversations/${made.body.id}/participants/${aikoApi.user.id}`);
    await side(aiko)
      .getByRole('link', { name: /Workshop/ })
      .waitFor({ state: 'detached' });
    await aiko.getByText('This conversation is gone, or not for you.').waitFor();
  });

  await t.test('a picture and a file go with an answer, and are opened by their ticket', async (t) => {
    const mara = await house.writer('Mara Lindqvist', 'Which one is it?');
    await jonas.goto(`${house.url}/console/open/${mara.conversationId}`);
    await jonas.locator('.nobody-yet').getByRole('button', { name: 'Reply' }).click();
    await jonas.getByLabel('Attach a file').setInputFiles([
      { name: 'dot.png', mimeType: 'image/png', buffer: PNG },
      { name: 'manual.txt', mimeType: 'text/plain', buffer: Buffer.from('Turn it on.') },
    ]);
    await editor(jonas).fill('This one');
    await editor(jonas).press('Enter');
    const picture = log(jonas).getByRole('img', { name: 'dot.png' });
    await picture.waitFor();
    await untilInPage(jonas, `document.querySelector('img[alt="dot.png"]').naturalWidth === 10`);
    const file = log(jonas).getByRole('link', { name: /manual.txt/ });
    const got = await fetch(new URL((await file.getAttribute('href')) as string, house.url));
    t.equal(await got.text(), 'Turn it on.');
    const { body } = await mara.request('GET', `conversations/${mara.conversationId}/messages`);
    const { attachments } = body.items.at(-1);
    t.same(
      attachments.map(({ name }: { name: string }) => name),
      ['dot.png', 'manual.txt'],
    );
    t.same(await axeProblems(jonas), []);
  });
});
