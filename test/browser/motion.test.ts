/** What moves, and that nothing does for who asked their system for less motion. */
import t, { type Test } from 'tap';
import { inPage, startBrowser, untilStill } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

/** Opens, writes, hears somebody type and answer, opens the menu, closes; gives all that moved meanwhile. */
async function movedIn(t: Test, reducedMotion: 'reduce' | 'no-preference'): Promise<unknown[]> {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page({ reducedMotion });
  const chat = widgetOf(shop);
  await shop.goto(url);
  await shop.evaluate('window.moved = []');
  await inPage(
    chat.launcher,
    `['animationstart', 'transitionrun'].forEach((name) => node.getRootNode().addEventListener(name, (event) =>
      moved.push(event.animationName ?? event.propertyName)))`,
  );
  await chat.open();
  await untilStill(shop);
  await chat.say('Does the new shade fit the old base?');
  await chat.message('Does the new').getByText('Sent').waitFor();
  await untilStill(shop);
  const { conversationId: id } = await line.event('message.created');
  await line.call({ type: 'conversation.view', conversationId: id, viewing: true });
  await line.call({ type: 'typing.set', conversationId: id, on: true });
  await chat.root.locator('.typing').waitFor();
  await untilStill(shop);
  await agent.request('POST', `conversations/${id}/messages`, { content: 'Yes, same ring.' });
  await chat.message('Yes, same').waitFor();
  await untilStill(shop);
  await chat.root.getByRole('button', { name: 'More' }).click();
  await chat.root.getByRole('menuitemcheckbox').click();
  await untilStill(shop);
  await shop.keyboard.press('Escape');
  await shop.evaluate('Parley("close")');
  await chat.panel.waitFor({ state: 'hidden' });
  return [...new Set((await shop.evaluate('moved')) as string[])].sort();
}

t.test('it moves where motion is welcome', async (t) => {
  const moved = await movedIn(t, 'no-preference');
  for (const one of ['open', 'fresh', 'dots', 'close', 'height']) t.ok(moved.includes(one), one);
});

t.test('nothing moves where it is not', async (t) => {
  t.same(await movedIn(t, 'reduce'), []);
});
