/** What happens to lines, pages and servers does not happen to messages. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, inPage, shoot, startBrowser, untilStill } from './browser.ts';
import { startShop, startTalk, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource/;

t.test('offline, a reload, and back: kept, once, in order', async (t) => {
  const talk = await startTalk(t, 'Is the Halm 02 back?', { page: { expected: NETWORK } });
  const { app, agent, shop, chat, conversationId: id, answer } = talk;
  await answer('It is, in all colours.');
  await chat.message('It is, in all colours.').waitFor();

  await shop.context().setOffline(true);
  await chat.root.getByText('You’re offline').waitFor();
  await chat.say('In brick clay, please');
  await chat.say('And two bulbs');
  await chat.message('And two bulbs').getByText('Waiting for the network').waitFor();
  t.equal(await chat.root.locator('.head .dot').count(), 0, 'who cannot be reached is not said to be there');
  t.equal(await chat.root.locator('.head').getByText('We’re here now.').count(), 0);
  await shoot(shop, 'offline');
  t.same(await axeProblems(shop), []);
  await shop.context().setOffline(false);
  await chat.root.locator('.head .dot').waitFor();
  await chat.message('And two bulbs').getByText('Sent').waitFor();

  // Written while no server is there, and kept over a reload of the page.
  await shop.route(`${app.url}/v1/**`, (route) => route.abort());
  await shop.context().setOffline(true);
  await chat.say('Do you wrap it?');
  await chat.say('It’s for a friend');
  await chat.message('It’s for a friend').getByText('Waiting').waitFor();
  await shop.context().setOffline(false);
  await shop.unroute(`${app.url}/v1/**`);
  await shop.reload();
  await chat.open();
  await chat.message('It’s for a friend').getByText('Sent').waitFor();
  const all = [
    'Is the Halm 02 back?',
    'It is, in all colours.',
    'In brick clay, please',
    'And two bulbs',
    'Do you wrap it?',
    'It’s for a friend',
  ];
  const { body } = await agent.request('GET', `conversations/${id}/messages`);
  t.same(
    body.items.map(({ content }: { content: string }) => content),
    all,
  );
  t.same(await chat.messages.locator('.text').allTextContents(), all);
});

t.test('two tabs are one visitor and show the same; the badge counts, reading in one is read in both', async (t) => {
  const { app, url } = await startShop(t);
  const { page, tab } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const first = await page();
  const second = await tab(first.context());
  const [one, two] = [widgetOf(first), widgetOf(second)];
  const lines = new Set<Page>();
  for (const one of [first, second]) {
    one.on('websocket', (socket) => {
      lines.add(one);
      socket.on('close', () => lines.delete(one));
    });
    one.on('close', () => lines.delete(one));
  }
  await first.goto(url);
  await second.goto(url);
  await one.open();
  await one.say('from the first tab');
  await one.message('from the first').getByText('Sent').waitFor();
  const { conversationId: id } = await line.event('message.created');
  await two.open();
  await two.message('from the first').waitFor();
  await two.say('from the second tab');
  await one.message('from the second').waitFor();
  const { body } = await agent.request('GET', `conversations/${id}`);
  t.equal(body.seq, 2);
  t.equal(body.participants.length, 1);
  await one.launcher.click();
  await two.launcher.click();
  await agent.request('POST', `conversations/${id}/messages`, {
    content: 'The new shade is packed. It leaves this afternoon.',
  });
  await one.badge.getByText('1').waitFor();
  await two.badge.getByText('1').waitFor();
  t.match(await first.title(), /^\(1\) Halm/);
  await shoot(second, 'launcher');
  await second.bringToFront();
  await two.open();
  await two.message('The new shade').waitFor();
  await one.badge.waitFor({ state: 'hidden' });
  t.equal(await second.title(), 'Halm lamps');
  t.equal(lines.size, 1, 'there is one line');

  // The tab that has the line is closed: the other takes over and misses nothing.
  const [left, other] = lines.has(first) ? [two, first] : [one, second];
  await other.close();
  if (left === one) await one.open();
  await agent.request('POST', `conversations/${id}/messages`, { content: 'While one tab closes' });
  await left.message('While one tab').waitFor();
  await left.say('and the other goes on');
  await left.message('and the other').getByText('Sent').waitFor();
  await agent.request('POST', `conversations/${id}/messages`, { content: 'Heard by its own line' });
  await left.message('Heard by').waitFor();
  t.same([...lines], [left === one ? first : second]);
});

t.test('a press is a press, whatever is loaded or drawn while the button is down', async (t) => {
  const { url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  // The chat's files wait for the button to be down.
  let pressed: () => void = () => {};
  const down = new Promise<void>((resolve) => {
    pressed = resolve;
  });
  await shop.route('**/widget/*/chat.js', async (route) => {
    await down;
    await route.continue();
  });
  await chat.launcher.hover();
  await shop.mouse.down();
  pressed();
  await chat.panel.waitFor({ state: 'attached' });
  await shop.mouse.up();
  await chat.field.waitFor();

  // Nor does a button that is drawn again lose it.
  await shop.mouse.down();
  await shop.evaluate('visualViewport.dispatchEvent(new Event("resize"))');
  await shop.mouse.up();
  await chat.panel.waitFor({ state: 'hidden' });
});

t.test('who presses twice while the chat is on its way has it open', async (t) => {
  const { url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  let pressed: () => void = () => {};
  const twice = new Promise<void>((resolve) => {
    pressed = resolve;
  });
  await shop.route('**/widget/*/chat.js', async (route) => {
    await twice;
    await route.continue();
  });
  await chat.launcher.click();
  await chat.launcher.click();
  pressed();
  await chat.field.waitFor();
  t.equal(await chat.launcher.getAttribute('aria-expanded'), 'true');
});

t.test('a panel that closes fades out before it is gone', async (t) => {
  const { url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await untilStill(shop);
  const moving = `(Parley('close'), new Promise((next) => requestAnimationFrame(() =>
    next(node.getAnimations().map(({ animationName, playState }) => [animationName, playState])))))`;
  t.same(await inPage(chat.panel, moving), [['close', 'running']]);
  await chat.panel.waitFor({ state: 'hidden' });
});
