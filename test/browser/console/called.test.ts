/** Being called while one looks elsewhere: by the title, and by choice with a notification and a sound. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { untilInPage } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(240_000);

/**
 * What a desktop would show and play, which a browser without a screen does not: in place of its own. Whether it may is
 * asked for and answered as the browser does it. (Headless Chromium answers every notification with `error`, with the
 * permission granted too: none can be seen or pressed there.)
 */
const DESKTOP = `
  globalThis.shown = [];
  globalThis.tones = 0;
  let answer = 'default';
  globalThis.Notification = class {
    static get permission() { return answer; }
    static async requestPermission() { return (answer = 'granted'); }
    constructor(title, { body }) { shown.push({ title, body, click: () => this.onclick() }); }
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { tones++; return start.apply(this, at); };
`;

const shown = (page: Page) =>
  page.evaluate<{ title: string; body: string }[]>('shown.map(({ title, body }) => ({ title, body }))');
const tones = (page: Page) => page.evaluate<number>('tones');

t.test('being called', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const aiko = await house.member('agent', 'aiko');
  const page = await house.console('jonas', { path: '/settings/you', init: DESKTOP });
  const toggle = (name: string) => page.getByRole('switch', { name });

  await t.test('nothing is shown or played before somebody chose so', async (t) => {
    t.notOk(await toggle('Show notifications').isChecked());
    t.notOk(await toggle('Play a sound').isChecked());
    t.equal(await page.title(), 'Parley');
    await page.evaluate('document.hasFocus = () => false');
    await house.writer('Mara Lindqvist', 'It flickers');
    await untilInPage(page, `document.title === '(1) Parley'`);
    t.same(await shown(page), []);
    t.equal(await tones(page), 0);
  });

  await t.test('who chose so is called, by name and words', async (t) => {
    await toggle('Show notifications').check();
    await toggle('Play a sound').check();
    t.equal(await tones(page), 2, 'it is heard what was chosen');
    const tomas = await house.writer('Tomás Ferreira', 'Where is my parcel?');
    await untilInPage(page, 'shown.length === 1');
    t.same(await shown(page), [{ title: 'Tomás Ferreira', body: 'Where is my parcel?' }]);
    t.equal(await tones(page), 4);
    await untilInPage(page, `document.title === '(2) Parley'`);
    await page.evaluate('shown[0].click()');
    await page.getByRole('log').getByText('Where is my parcel?').waitFor();
    t.match(page.url(), tomas.conversationId);

    await t.test('not of what a colleague answers, nor while one looks', async (t) => {
      await aiko.request('POST', `conversations/${tomas.conversationId}/claim`);
      await tomas.write('Are you there, Aiko?');
      await page.getByRole('log').getByText('Are you there, Aiko?').waitFor();
      await page.evaluate('document.hasFocus = () => true');
      await house.writer('Olga Marin', 'Do you ship?');
      await page.locator('.row', { hasText: 'Do you ship?' }).waitFor();
      t.equal((await shown(page)).length, 1);
      t.equal(await tones(page), 4);
    });
  });

  await t.test('the choice survives a reload', async (t) => {
    await page.goto(`${house.url}/console/settings/you`);
    await toggle('Play a sound').waitFor();
    t.ok(await toggle('Play a sound').isChecked());
  });
});
