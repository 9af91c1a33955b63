/** What the page's developer can do, and what somebody does without a mouse. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { axeProblems, inPage, shoot, startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

t.test('calls of the page: queued before the script, events, open, send, close, sign-out', async (t) => {
  const stub =
    '<script>window.Parley=window.Parley||function(){(Parley.q=Parley.q||[]).push(arguments)};window.told=[];Parley("on","open",(on)=>told.push("open "+on));Parley("on","unread",(n)=>told.push("unread "+n));Parley("on","message",(m)=>told.push(m.content));Parley("send","Sent by the page")</script>';
  const { app, url } = await startShop(t, { head: stub });
  const { page, tab } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page();
  const other = await tab(shop.context());
  const [chat, second] = [widgetOf(shop), widgetOf(other)];
  await shop.goto(url);
  await chat.message('Sent by the page').getByText('Sent', { exact: true }).waitFor();
  const { conversationId } = await line.event('message.created');
  await shop.evaluate('Parley("close")');
  await chat.panel.waitFor({ state: 'hidden' });
  await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'Answered' });
  await chat.badge.getByText('1').waitFor();
  await chat.root.locator('.peek').waitFor();
  await shoot(shop, 'launcher');
  t.same(await axeProblems(shop), []);
  t.match(await shop.evaluate('told'), ['open true', 'Sent by the page', 'open false', 'unread 1', 'Answered']);

  await other.goto(url.replace(/$/, '?second'));
  await second.message('Answered').waitFor();
  await chat.launcher.click();
  await chat.message('Answered').waitFor();
  await chat.root.getByRole('button', { name: 'More' }).click();
  await shoot(shop, 'menu');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('menuitem', { name: 'Sign out on this computer' }).click();
  await chat.root.locator('h1').waitFor();
  await second.root.locator('h1').waitFor();
  t.equal(await shop.evaluate('Object.keys(localStorage).filter((key) => key !== "parley.widget.sound").length'), 0);
});

t.test('keys alone: open, write, walk the messages, menu, close, and the focus comes back', async (t) => {
  const { url } = await startShop(t, { body: '<h1>Halm</h1><button>Buy</button>' });
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.launcher.focus();
  await shop.keyboard.press('Enter');
  await chat.field.waitFor();
  t.equal(await inPage(chat.field, 'node.getRootNode().activeElement === node'), true);
  await shop.keyboard.type('By keys');
  await shop.keyboard.press('Enter');
  await chat.message('By keys').getByText('Sent').waitFor();
  await chat.log.focus();
  await shop.keyboard.press('ArrowUp');
  await chat.message('By keys').getByRole('button', { name: 'Edit' }).waitFor();
  await shop.keyboard.press('Tab');
  await shop.keyboard.press('Enter');
  await chat.root.getByText('Editing your message').waitFor();
  await shop.keyboard.press('Escape');
  await chat.root.getByRole('button', { name: 'More' }).focus();
  await shop.keyboard.press('Enter');
  await chat.root.getByRole('menu').waitFor();
  await shop.keyboard.press('Escape');
  await chat.root.getByRole('menu').waitFor({ state: 'detached' });
  await shop.keyboard.press('Escape');
  await chat.panel.waitFor({ state: 'hidden' });
  t.equal(await inPage(chat.launcher, 'node.getRootNode().activeElement === node'), true);
});

t.test('a room in the page, for who the page says they are', async (t) => {
  const secret = 'a secret of the host that is long enough';
  const identity = (externalId: string) => {
    const exp = Math.floor(Date.now() / 1000) + 3600;
    return { externalId, exp, hmac: createHmac('sha256', secret).update(`${externalId}.${exp}`).digest('hex') };
  };
  const { app, at } = await startShop(t, {}, { jwtSecret: secret });
  const { page } = await startBrowser(t);
  const doctor = await app.hostUser('doctor', { name: 'Elena Kovač' });
  await app.hostUser('patient', { name: 'Mara Lindqvist' });
  const key = await app.key('*');
  const { body: room } = await key.request('POST', 'conversations', {
    kind: 'room',
    externalId: 'call-7',
    subject: 'Consultation',
    participants: [{ externalId: 'doctor', title: 'doctor' }, { externalId: 'patient' }],
  });
  await doctor.request('POST', `conversations/${room.id}/messages`, {
    content: 'Two weeks of rest for the wrist, then we look again.',
  });
  const body = '<h1>Call</h1><div style="height:600px;width:440px"><parley-chat room="call-7"></parley-chat></div>';
  const head = `<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};Parley("identify",${JSON.stringify(identity('patient'))})</script>`;
  const shop = await page();
  await shop.goto(at('/call', { body, head, attributes: 'data-launcher="hidden"' }));
  const inline = shop.locator('parley-chat[room]');
  await inline.getByText('Two weeks of rest').waitFor();
  await inline.locator('textarea').fill('Thank you. May I swim?');
  await inline.locator('textarea').press('Enter');
  await inline.locator('.m', { hasText: 'May I swim' }).getByText('Sent').waitFor();
  await inline.getByText('doctor', { exact: true }).first().waitFor();
  await shoot(shop, 'room');
  t.same(await axeProblems(shop), []);
  await inline.getByRole('button', { name: '2 people' }).click();
  await inline.locator('.someone', { hasText: 'Elena Kovač' }).waitFor();
  await shoot(shop, 'room-people');
  t.same(await axeProblems(shop), []);
  await inline.getByRole('button', { name: 'Back' }).click();
  await shop.evaluate('document.querySelector("parley-chat[room]").remove()');
  await shop.locator('.launcher').waitFor({ state: 'hidden' });
});
