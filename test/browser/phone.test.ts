/** A phone's own: its notch and its bar, and a keyboard that takes half of the screen. */
import type { Locator } from 'playwright-core';
import t, { type Test } from 'tap';
import { axeProblems, shoot, untilInPage } from './browser.ts';
import { startTalk } from './shop.ts';

t.setTimeout(180_000);

const SCREEN = { width: 360, height: 740 };
/** Of a phone that is held upright, and of one that lies on its side: the notch at its left. */
const UPRIGHT = { top: 47, bottom: 34, left: 0, right: 0 };
const ASIDE = { top: 0, bottom: 21, left: 47, right: 0 };

async function startOnPhone(t: Test) {
  const talk = await startTalk(t, 'Does it fit?', {
    page: { viewport: SCREEN, isMobile: true },
  });
  const devTools = await talk.shop.context().newCDPSession(talk.shop);
  return { ...talk, devTools };
}

/** @returns where it begins and ends on the screen, in CSS pixels */
async function edgesOf(one: Locator) {
  const { x, y, width, height } = (await one.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  return { left: x, top: y, right: x + width, bottom: y + height };
}

t.test('nothing lies under the notch or the bar, upright and aside', async (t) => {
  const { shop, chat, devTools } = await startOnPhone(t);
  const inside = async (insets: typeof UPRIGHT, name: string) => {
    const { width, height } = shop.viewportSize() ?? SCREEN;
    await devTools.send('Emulation.setSafeAreaInsetsOverride', { insets });
    const parts = { panel: chat.panel, header: chat.root.locator('.header'), composer: chat.root.locator('.composer') };
    const { panel, header, composer } = Object.fromEntries(
      await Promise.all(Object.entries(parts).map(async ([part, one]) => [part, await edgesOf(one)])),
    );
    t.same(panel, { left: 0, top: 0, right: width, bottom: height }, `${name}: the whole screen`);
    t.equal(header.top, insets.top, name);
    t.equal(composer.bottom, height - insets.bottom, name);
    for (const one of [header, composer]) {
      t.equal(one.left, insets.left, name);
      t.equal(one.right, width - insets.right, name);
    }
  };
  await inside(UPRIGHT, 'upright');
  await chat.root.getByRole('button', { name: 'More' }).click();
  const menu = await edgesOf(chat.root.getByRole('menu'));
  t.ok(menu.top >= UPRIGHT.top + 44, 'the menu is below its button');
  await shoot(shop, 'phone-notch');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('menuitem', { name: 'New conversation' }).click();
  await chat.root.locator('h1').waitFor();
  await inside(UPRIGHT, 'upright, the first of a conversation');
  await shoot(shop, 'phone-notch-first');
  await shop.setViewportSize({ width: SCREEN.height, height: SCREEN.width });
  await inside(ASIDE, 'aside');
  await shoot(shop, 'phone-aside');
  await chat.root.getByRole('button', { name: 'Close the chat' }).first().click();
  await chat.panel.waitFor({ state: 'hidden' });
  const button = await edgesOf(chat.launcher);
  t.equal(button.bottom, SCREEN.width - 20 - ASIDE.bottom);
});

t.test('a keyboard comes: where one writes and what was said last stay above it', async (t) => {
  const { shop, chat, devTools, answer } = await startOnPhone(t);
  for (let n = 1; n <= 12; n++) await answer(`Number ${n}\nand what\nthere is to say of it`);
  await chat.message('Number 12').waitFor();
  await chat.field.click();
  const fits = async (name: string, ends: string) => {
    // The page is told of it, and lays itself out, with a frame of its own.
    const bottom = (selector: string) =>
      `document.querySelector('parley-chat').shadowRoot.querySelector('${selector}').getBoundingClientRect().bottom`;
    await untilInPage(shop, `Math.abs(${bottom('.composer')} - (${ends})) < 1`);
    await untilInPage(shop, `${bottom('.m:last-of-type .bubble')} <= ${bottom('.scroll')}`);
    t.pass(name);
  };
  // A browser that makes the page smaller.
  await shop.setViewportSize({ ...SCREEN, height: 420 });
  await fits('the page is smaller', 'innerHeight');
  await shoot(shop, 'phone-keyboard');
  t.same(await axeProblems(shop), []);
  await shop.setViewportSize(SCREEN);
  await fits('and as before', 'innerHeight');
  // One that leaves the page as it is, and shows less of it: a keyboard cannot be called up from here, a closer look can.
  await devTools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1.6 });
  await untilInPage(shop, 'visualViewport.scale > 1.5 && visualViewport.height < innerHeight - 200');
  await fits('less of it is shown', 'visualViewport.offsetTop + visualViewport.height');
  await devTools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 });
  await fits('and all of it again', 'innerHeight');
});
