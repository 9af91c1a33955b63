/** What is not as usual, and what the widget says of it. */
import t from 'tap';
import { startPostOffice } from '../outbound/notices/post-office.ts';
import { axeProblems, inPage, shoot, startBrowser, untilStill } from './browser.ts';
import { startShop, startTalk, teammate, widgetOf } from './shop.ts';

t.setTimeout(300_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource/;

t.test('a private window: it works, and says that it ends with the page', async (t) => {
  const { url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  // As where a browser keeps nothing of a page: no storage, and no locks either.
  await shop.addInitScript(
    'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError") } });' +
      'LockManager.prototype.request = () => Promise.reject(new DOMException("no", "SecurityError"))',
  );
  await shop.goto(url);
  await chat.open();
  await chat.say('Nobody has to know');
  await chat.message('Nobody has').getByText('Sent').waitFor();
  await chat.root.getByText('Private window: this chat ends when you close it.').waitFor();
  await shoot(shop, 'private');
  t.same(await axeProblems(shop), []);
});

t.test('somebody who is blocked is told so, now and after coming back', async (t) => {
  const { agent, shop, chat } = await startTalk(t, 'Buy my watches', { page: { expected: NETWORK } });
  const { body: users } = await agent.request('GET', 'users?role=user');
  await agent.request('POST', `users/${users.items[0].id}/block`);
  await chat.root.getByPlaceholder('You can’t write here now.').waitFor();
  t.ok(await chat.field.isDisabled());
  await shoot(shop, 'blocked');
  t.same(await axeProblems(shop), []);
  await shop.reload();
  await chat.open();
  await chat.root.getByPlaceholder('You can’t write here now.').waitFor();
});

t.test('outside the hours: when somebody is back, and an address for the answer', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const admin = await app.admin();
  const yesterday = ((new Date().getUTCDay() + 5) % 7) + 1;
  await admin.request('PATCH', 'settings', {
    hours: { timeZone: 'UTC', week: [{ day: yesterday, from: '09:00', to: '17:00' }], holidays: [] },
  });
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.root
    .getByText(/^Back on \w+day(,| at)? 0?9:00/)
    .last()
    .waitFor();
  await shoot(shop, 'away-first');
  t.same(await axeProblems(shop), []);
  await chat.say('Is anybody there?');
  await chat.log.getByText('We’ve got your message').waitFor();
  await chat.log.getByLabel('E-mail').fill('mara@lindqvist.se');
  await shoot(shop, 'away');
  t.same(await axeProblems(shop), []);
  await chat.log.getByRole('button', { name: 'Mail me the answer' }).click();
  await chat.log.getByText('The answer also comes to mara@lindqvist.se.').waitFor();
  const { body } = await admin.request('GET', 'users?role=user');
  t.equal(body.items[0].email, 'mara@lindqvist.se');
});

t.test('what is new: the divider where somebody left, the pill where they read above it', async (t) => {
  const { line, shop, chat, answer } = await startTalk(t, 'Tell me everything');
  for (let n = 1; n <= 14; n++) await answer(`Number ${n}\nand what\nthere is to say of it`);
  await chat.message('Number 14').waitFor();
  await inPage(chat.log, 'node.scrollTop = 0');
  await chat.messages.first().waitFor();
  await untilStill(shop);
  const before = await chat.messages.first().boundingBox();
  await answer('Number 15');
  await chat.root.getByRole('button', { name: '1 new message' }).waitFor();
  await untilStill(shop);
  t.equal((await chat.messages.first().boundingBox())?.y, before?.y, 'what is read stays where it is');
  await shoot(shop, 'pill');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('button', { name: '1 new message' }).click();
  await chat.root.locator('.news').waitFor({ state: 'hidden' });
  // The first message and fifteen more: what is read is told, a moment later.
  await line.event(({ type, readSeq }) => type === 'participant.read' && readSeq === 16);
  await chat.root.getByRole('button', { name: 'Close the chat' }).first().click();
  await chat.panel.waitFor({ state: 'hidden' });
  await answer('Number 16');
  await answer('Number 17');
  await chat.badge.getByText('2').waitFor();
  await chat.open();
  await chat.log.locator('.unread').waitFor();
  // Where it begins is found once all is drawn, and laid out a frame after the panel.
  await chat.root.locator('.floating:not(.opening) .log:not(.landing)').waitFor();
  await chat.message('Number 17').waitFor();
  const [divider, sixteen, fifteen] = await Promise.all([
    chat.log.locator('.unread').boundingBox(),
    chat.message('Number 16').boundingBox(),
    chat.message('Number 15').boundingBox(),
  ]);
  t.ok((fifteen?.y ?? 0) < (divider?.y ?? 0) && (divider?.y ?? 0) < (sixteen?.y ?? 0));
  await shoot(shop, 'divider');
});

t.test('a server that cannot be reached leaves the page as it was', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page({ expected: NETWORK });
  await shop.route(`${app.url}/v1/**`, (route) => route.abort());
  const failed = shop.waitForEvent('requestfailed');
  await shop.goto(url);
  await failed;
  await shop.evaluate('new Promise((resolve) => requestIdleCallback(resolve))');
  t.equal(await shop.locator('parley-chat').count(), 0);
});

t.test('whoever comes back to a closed conversation, before there is a line, writes in it', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  let cut = false;
  await shop.routeWebSocket(/v1\/ws/, (socket) => {
    if (cut) void socket.close({ code: 1001 });
    else socket.connectToServer();
  });
  await shop.goto(url);
  await chat.open();
  await chat.say('All good, thanks');
  await chat.message('All good').getByText('Sent').waitFor();
  const { conversationId: id } = await line.event('message.created');
  await agent.request('PATCH', `conversations/${id}`, { status: 'closed' });
  await chat.log.getByText('This conversation is closed').waitFor();
  cut = true;
  await shop.route(/v1\/(me|changes|events|messages|conversations)/, (route) =>
    cut ? route.abort() : route.continue(),
  );
  await shop.reload();
  await chat.open();
  await chat.say('One more thing');
  await chat.message('One more').getByText('Waiting for the network').waitFor();
  cut = false;
  await chat.message('One more').getByText('Sent').waitFor();
  const { body } = await agent.request('GET', 'conversations');
  t.match(
    body.items.map((one: { id: string; status: string }) => ({ id: one.id, status: one.status })),
    [{ id, status: 'open' }],
  );
});

t.test('a mail’s link leads back to its conversation, on whatever device', async (t) => {
  const office = await startPostOffice(t);
  const notices = {
    noticeDelayMs: 100,
    presenceGraceMs: 0,
    publicUrl: 'https://chat.example.com',
    smtpUrl: office.url,
  };
  const { app, url } = await startShop(t, {}, notices);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const visitor = await app.visitor({ name: 'Mara', email: 'mara@lindqvist.se' });
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'It broke' } });
  await agent.request('POST', `conversations/${body.conversationId}/messages`, { content: 'A new one is on its way' });
  const [mail] = await office.mails.until(1);
  const place = /#link=pl_\S+/.exec(mail?.text ?? '')?.[0];
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  await shop.goto(url + place);
  await chat.message('A new one').waitFor();
  t.equal(await shop.evaluate('location.hash'), '', 'the secret stays in no history');
  await chat.say('Thank you');
  await chat.message('Thank you').getByText('Sent').waitFor();
  const { body: all } = await agent.request('GET', `conversations/${body.conversationId}/messages`);
  t.equal(all.items.at(-1).author.id, visitor.user.id);
  // Used up, it still opens the chat of whoever is here.
  await shop.goto('about:blank');
  await shop.goto(url + place);
  await chat.message('Thank you').waitFor();
});

t.test('a page that changes its body in place keeps the chat, and one of it', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('Where was I?');
  await chat.message('Where was').getByText('Sent').waitFor();
  await shop.evaluate(`
    const next = new DOMParser().parseFromString('<body><main><h1>Lamps</h1></main></body>', 'text/html').body;
    document.documentElement.replaceChild(document.adoptNode(next), document.body);
    const script = document.createElement('script');
    script.src = '${app.url}/widget.js';
    const ran = new Promise((resolve) => { script.onload = resolve; });
    document.head.append(script);
    ran`);
  await shop.getByRole('heading', { name: 'Lamps' }).waitFor();
  await chat.say('Here');
  await chat.message('Here').getByText('Sent').waitFor();
  t.equal(await shop.locator('parley-chat').count(), 1);
  t.same(await axeProblems(shop), []);
});
