/** What somebody notices while they talk, each in a real page against the real server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { callers } from '../helper.ts';
import { startServer } from '../life/server-process.ts';
import { axeProblems, inPage, shoot, startBrowser } from './browser.ts';
import { startShop, startTalk, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource/;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFklEQVR42mO4E2FE0v///xmoBhhINwBfWxvbF8CQhgAAAABJRU5ErkJggg==',
  'base64',
);

t.test('the server is killed and comes back: the conversation goes on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-browser-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const server = await startServer(t, folder, {});
  const { page } = await startBrowser(t);
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  await shop.goto(`${server.url}/demo`);
  await chat.open();
  await chat.say('before');
  await chat.message('before').getByText('Sent').waitFor();
  await server.end('SIGKILL');
  await chat.say('meanwhile');
  await chat.message('meanwhile').getByText('Waiting for the network').waitFor();
  await chat.root.getByText('Reconnecting…').waitFor();
  await startServer(t, folder, { PARLEY_PORT: new URL(server.url).port });
  await chat.message('meanwhile').getByText('Sent').waitFor();
  const admin = await callers(t, server.url).admin();
  const { body: list } = await admin.request('GET', 'conversations');
  const { body } = await admin.request('GET', `conversations/${list.items[0].id}/messages`);
  t.same(
    body.items.map(({ content }: { content: string }) => content),
    ['before', 'meanwhile'],
  );
});

t.test('the team’s look, words, starters and form', async (t) => {
  const { app, url, at } = await startShop(t);
  const { page } = await startBrowser(t);
  const admin = await app.admin();
  const people = [{ name: 'Jonas Weber' }, { name: 'Aiko Tan' }, { name: 'Priya Nair' }];
  const look = {
    name: 'Halm',
    accent: '#ffe600',
    people,
    starters: ['Where is my order?', 'Help me choose a lamp', 'Something is broken'],
  };
  await admin.request('PATCH', 'settings', {
    look,
    texts: { greeting: 'Hello! What can we light up for you?', 'de:greeting': 'Hallo! Was dürfen wir erhellen?' },
  });
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  t.equal(await inPage(chat.launcher, 'getComputedStyle(node).backgroundColor'), 'rgb(255, 230, 0)');
  await chat.open();
  await chat.root.getByText('What can we light up').waitFor();
  await shoot(shop, 'starters');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('button', { name: 'Where is my order?' }).click();
  await chat.message('Where is my order?').getByText('Sent').waitFor();
  await shoot(shop, 'yellow');

  const german = await page({ locale: 'de-DE' });
  const deutsch = widgetOf(german);
  await german.goto(
    at('/de', {
      lang: 'de',
      attributes: 'data-accent="#2f55d4" data-theme="dark" data-position="left" data-radius="8"',
    }),
  );
  await deutsch.open();
  await deutsch.root.getByText('Was dürfen wir erhellen?').waitFor();
  t.ok(((await deutsch.panel.boundingBox())?.x ?? 999) < 40, 'at the left');
  t.equal(await inPage(deutsch.panel, 'getComputedStyle(node).borderRadius'), '8px');
  await deutsch.say('Guten Tag');
  await deutsch.message('Guten Tag').getByText('Gesendet').waitFor();
  await shoot(german, 'german-dark');

  const form = {
    text: 'So that we can find your order.',
    fields: [
      { name: 'name', required: true },
      { name: 'email', required: true },
      { name: 'Order number', placeholder: '4821' },
    ],
    consent: 'Halm may keep this conversation to help me.',
    privacyUrl: 'https://halm.example/privacy',
  };
  await admin.request('PATCH', 'settings', { look: { name: 'Halm', people, form } });
  const asked = await page();
  const formed = widgetOf(asked);
  await asked.goto(url);
  await formed.launcher.click();
  await formed.root.getByLabel('Name').fill('Mara Lindqvist');
  await formed.root.getByLabel('E-mail').fill('mara@lindqvist');
  await formed.root.getByRole('button', { name: 'Start the conversation' }).click();
  await formed.root.getByText('seems to miss its ending').waitFor();
  await shoot(asked, 'form');
  t.same(await axeProblems(asked), []);
  await formed.root.getByLabel('E-mail').fill('mara@lindqvist.se');
  await formed.root.getByLabel('Order number').fill('4821');
  await formed.root.getByLabel('Halm may keep').check();
  await formed.root.getByRole('button', { name: 'Start the conversation' }).click();
  await formed.say('It arrived broken');
  await formed.message('It arrived').getByText('Sent').waitFor();
  const { body } = await admin.request('GET', 'users?role=user');
  const mara = body.items.find(({ email }: { email?: string }) => email === 'mara@lindqvist.se');
  t.match(mara, { name: 'Mara Lindqvist', fields: { 'Order number': '4821' } });
});

t.test('right to left', async (t) => {
  const { app, url } = await startShop(t, { lang: 'ar' });
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'سلمى حداد');
  const line = await agent.connect({ inbox: true });
  const shop = await page({ locale: 'ar' });
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('وصل غطاء المصباح Halm 02 وفيه شرخ');
  await chat.message('وصل').getByText('أُرسلت').waitFor();
  const { conversationId } = await line.event('message.created');
  await agent.request('POST', `conversations/${conversationId}/messages`, {
    content: 'نعتذر منك يا مريم، ما كان ينبغي أن يحدث هذا.',
  });
  await chat.message('نعتذر').waitFor();
  const [own, other] = [
    await chat.message('وصل').locator('.bubble').boundingBox(),
    await chat.message('نعتذر').locator('.bubble').boundingBox(),
  ];
  t.ok((own?.x ?? 999) < (other?.x ?? 0), 'one’s own stand at the left');
  const panel = await chat.panel.boundingBox();
  t.ok((panel?.x ?? 999) + 400 <= 1280, 'the panel is on the screen');
  await shoot(shop, 'arabic');
  t.same(await axeProblems(shop), []);
});

t.test('files: by button and by paste, with their pictures; edit and delete', async (t) => {
  const { agent, shop, chat, conversationId } = await startTalk(t, 'Look');
  const choosing = shop.waitForEvent('filechooser');
  await chat.root.getByRole('button', { name: 'Attach a file' }).click();
  await (await choosing).setFiles([
    { name: 'crack.png', mimeType: 'image/png', buffer: PNG },
    { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('1 lamp') },
  ]);
  await chat.root.locator('a.picture img').waitFor();
  await chat.root.locator('a.file', { hasText: 'receipt.txt' }).waitFor();
  await chat.messages.last().getByText('Sent').waitFor();
  t.ok(
    await inPage(chat.root.locator('a.picture img'), 'node.decode().then(() => node.naturalWidth > 0)'),
    'the picture is shown',
  );
  await shoot(shop, 'files');

  await chat.say('The one from the box');
  await chat.message('The one from').getByText('Sent').waitFor();
  await chat.field.press('ArrowUp');
  await chat.root.getByText('Editing your message').waitFor();
  await shoot(shop, 'editing');
  await chat.say('The one from the box, E27');
  await chat.message('E27').getByText('Edited').waitFor();
  await chat.message('E27').hover();
  await shoot(shop, 'actions');
  await chat.message('E27').getByRole('button', { name: 'Delete' }).click();
  await chat.log.getByText('You deleted this message').waitFor();
  const { body } = await agent.request('GET', `conversations/${conversationId}/messages`);
  t.equal(body.items.at(-1).content, null);
  t.same(await axeProblems(shop), []);
});

t.test('too long is said and never cut; too fast waits and goes by itself', async (t) => {
  const { url } = await startShop(t, {}, { maxLength: 100, visitorSendRate: 1, visitorSendBurst: 2 });
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.field.fill('é'.repeat(138));
  await chat.field.press('Enter');
  await chat.root.getByText('38 characters too many, 100 fit.').waitFor();
  t.equal((await chat.field.inputValue()).length, 138);
  await shoot(shop, 'too-long');
  t.same(await axeProblems(shop), []);
  await chat.field.fill('');
  for (const text of ['a', 'b', 'c', 'd']) await chat.say(text);
  await chat.root.getByText('A little fast.').first().waitFor();
  await shoot(shop, 'fast');
  await chat.messages.last().getByText('Sent').waitFor();
  t.same(await chat.messages.locator('.text').allTextContents(), ['a', 'b', 'c', 'd']);
});
