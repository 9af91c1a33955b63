/** What a conversation loads, and when a file does not come. */
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(300_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource/;

/** The names of the widget's files that a page asks for, as it does. */
function filesOf(page: Page): string[] {
  const files: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/widget')) files.push(basename(pathname));
  });
  return files;
}

/** What cuts off the line that a page will have. */
async function cutter(page: Page): Promise<() => void> {
  let cut = () => {};
  await page.routeWebSocket(/v1\/ws/, (socket) => {
    socket.connectToServer();
    cut = () => void socket.close({ code: 1001 });
  });
  return () => cut();
}

t.test('opening, writing, an answer, coming back and reading take the loader and the chat, no more', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page();
  const chat = widgetOf(shop);
  const files = filesOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('Does the new shade fit the old base?');
  await chat.message('Does the new').getByText('Sent').waitFor();
  const { conversationId: id } = await line.event('message.created');
  const answer = (content: string) => agent.request('POST', `conversations/${id}/messages`, { content });
  await line.call({ type: 'conversation.view', conversationId: id, viewing: true });
  await line.call({ type: 'typing.set', conversationId: id, on: true });
  await chat.root.locator('.typing').waitFor();
  await answer('Yes, same ring. No tools needed.');
  await chat.message('Yes, same').waitFor();
  await chat.message('Does the new').getByText('Read').waitFor();
  await shop.reload();
  await chat.open();
  await chat.message('Yes, same').waitFor();
  await answer('Anything else?');
  await chat.message('Anything else?').waitFor();
  await line.event(({ type, readSeq }) => type === 'participant.read' && readSeq === 3);
  await chat.say('No, thank you');
  await chat.message('No, thank').getByText('Sent').waitFor();
  t.same([...new Set(files)].sort(), ['chat.js', 'widget.js']);
});

t.test('a file that could not be loaded is asked for again, and then it is there', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  let away = true;
  await shop.route(`${app.url}/widget/**`, (route) => (away ? route.abort() : route.continue()));
  await shop.goto(url);
  const failed = shop.waitForEvent('requestfailed', (request) => request.url().endsWith('/chat.js'));
  await chat.launcher.click();
  await failed;
  away = false;
  await chat.open();
  away = true;
  await chat.root.getByRole('button', { name: 'Emoji' }).click();
  await chat.root.getByText('That did not work. Try again.').waitFor({ state: 'attached' });
  away = false;
  await chat.root.getByRole('button', { name: 'Emoji' }).click();
  await chat.root.locator('.picker').waitFor();
});

/** A visitor has written; then the line is lost, and the full client does not come. */
async function startCut(t: Test) {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  const cut = await cutter(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('Before');
  await chat.message('Before').getByText('Sent').waitFor();
  const { conversationId } = await line.event('message.created');
  await shop.route('**/full.js*', (route) => route.abort());
  const failed = shop.waitForEvent('requestfailed', (request) => request.url().includes('/full.js'));
  cut();
  await failed;
  await chat.say('Meanwhile');
  await chat.message('Meanwhile').getByText('Waiting for the network').waitFor();
  const restored = () => shop.unroute('**/full.js*');
  const answer = (content: string) => agent.request('POST', `conversations/${conversationId}/messages`, { content });
  return { shop, chat, answer, restored };
}

t.test('the line is lost where nothing more can be loaded: what is written waits, and goes on', async (t) => {
  const { chat, answer, restored } = await startCut(t);
  await chat.root.getByText('Reconnecting…').waitFor();
  await answer('It is on its way');
  await restored();
  await chat.message('Meanwhile').getByText('Sent').waitFor();
  t.same(await chat.messages.locator('.text').allTextContents(), ['Before', 'It is on its way', 'Meanwhile']);
});

t.test('and where the page is loaded anew meanwhile, it goes out from there', async (t) => {
  const { shop, chat, restored } = await startCut(t);
  await shop.reload();
  await chat.open();
  await restored();
  await chat.message('Meanwhile').getByText('Sent').waitFor();
  t.same(await chat.messages.locator('.text').allTextContents(), ['Before', 'Meanwhile']);
});

t.test('a page that was opened before an update goes on: the parts that it lacks are today’s', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  const former = (name: string) => `${app.url}/widget/f0rmer00/${name}`;
  // Its loader and its chat are those of a build whose folder is gone.
  await shop.route(`${app.url}/widget.js`, async (route) => {
    const body = (await (await route.fetch()).text()).replace(/widget\/\w{8}\//, 'widget/f0rmer00/');
    await route.fulfill({ body, contentType: 'text/javascript' });
  });
  await shop.route(former('chat.js'), async (route) => route.fulfill({ response: await route.fetch() }));
  const cut = await cutter(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('Before');
  await chat.message('Before').getByText('Sent').waitFor();
  const { conversationId } = await line.event('message.created');
  const asked = shop.waitForRequest(former('full.js'));
  cut();
  await asked;
  await chat.say('After');
  await chat.message('After').getByText('Sent').waitFor();
  await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'Heard' });
  await chat.message('Heard').waitFor();
});
