/** Every option and element of docs/widget.md that no other test tries. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { axeProblems, inPage, shoot, startBrowser, untilInPage } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(300_000);

const SECRET = 'a secret of the host that is long enough';

t.test(
  'language, queue, icon, launcher, sound, name, radius; set at any time, and no longer listened to',
  async (t) => {
    const stub =
      '<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};window.told=[];const hear=(n)=>told.push(n);Parley("on","unread",hear);Parley("on","open",hear);window.hear=hear;</script>';
    const attributes = 'data-language="fr" data-queue="peer" data-name="Halm" data-radius="4" data-sound="on"';
    const { app, url } = await startShop(t, { head: stub, attributes });
    const { page } = await startBrowser(t);
    const agent = await teammate(app, 'Jonas Weber');
    const line = await agent.connect({ inbox: true });
    const shop = await page();
    const chat = widgetOf(shop);
    await shop.addInitScript(
      'window.tones = 0; const make = AudioContext.prototype.createOscillator; AudioContext.prototype.createOscillator = function () { tones++; return make.call(this) }',
    );
    await shop.goto(url);
    t.equal(await inPage(chat.launcher.locator('path'), 'node.getAttribute("d").length > 20'), true);
    await shop.evaluate('Parley("set", { icon: "M4 4h12v12H4z", launcher: "hidden" })');
    await chat.launcher.waitFor({ state: 'hidden' });
    await shop.evaluate('Parley("set", { launcher: "shown" })');
    await chat.launcher.waitFor();
    t.equal(await inPage(chat.launcher.locator('path'), 'node.getAttribute("d")'), 'M4 4h12v12H4z');
    await chat.open();
    t.equal(await inPage(chat.panel, 'getComputedStyle(node).borderRadius'), '4px');
    await chat.root.getByPlaceholder('Écrire un message').waitFor();
    await chat.say('Bonjour');
    await chat.message('Bonjour').waitFor();
    const { conversationId, message } = await line.event('message.created');
    t.equal(message.content, 'Bonjour');
    t.equal((await agent.request('GET', `conversations/${conversationId}`)).body.queue, 'peer');
    await chat.panel.getByRole('heading', { name: 'Halm' }).waitFor();
    await chat.launcher.click();
    await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'Salut' });
    await chat.badge.getByText('1').waitFor();
    await untilInPage(shop, 'tones === 2');
    await shop.evaluate('Parley("set", { accent: "#0a7d55" })');
    t.ok(await chat.badge.isVisible(), 'a change of looks leaves the badge');
    await shop.evaluate('Parley("off", "unread", hear)');
    await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'Encore là ?' });
    await chat.badge.getByText('2').waitFor();
    await shop.evaluate('Parley("toggle")');
    await chat.field.waitFor();
    t.same(await shop.evaluate('told.filter((one) => one !== 0)'), [true, false, 1, true]);
  },
);

t.test('elements: with the team, with another by the host’s id, and one by its own id', async (t) => {
  const { app, at } = await startShop(t, {}, { jwtSecret: SECRET, direct: 'everybody' });
  const { page } = await startBrowser(t);
  const doctor = await app.hostUser('doctor', { name: 'Elena Kovač' });
  const patient = await app.hostUser('patient', { name: 'Mara Lindqvist' });
  const { body: support } = await patient.request('POST', 'messages', {
    to: 'support',
    message: { content: 'A bill' },
  });
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const hmac = createHmac('sha256', SECRET).update(`patient.${exp}`).digest('hex');
  const identity = JSON.stringify({ externalId: 'patient', exp, hmac });
  const head = `<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};Parley("identify",${identity})</script>`;
  const column = (inside: string) => `<div style="height:420px;width:360px;float:left">${inside}</div>`;
  const body = ['user="doctor"', `conversation="${support.conversationId}" data-name="Your bill"`, '']
    .map((names) => column(`<parley-chat ${names}></parley-chat>`))
    .join('');
  const shop = await page({ viewport: { width: 1280, height: 800 } });
  await shop.goto(at('/elements', { body: `<h1>Clinic</h1>${body}`, head, attributes: 'data-launcher="hidden"' }));
  const [direct, one, team] = [0, 1, 2].map((n) => shop.locator('main parley-chat').nth(n));
  if (!direct || !one || !team) throw new Error('three elements');
  await one.locator('.m', { hasText: 'A bill' }).waitFor();
  await team.locator('.m', { hasText: 'A bill' }).waitFor();
  await direct.getByRole('heading', { name: 'Elena Kovač' }).waitFor();
  await direct.locator('textarea').fill('May I swim?');
  await direct.locator('textarea').press('Enter');
  await direct
    .locator('.m', { hasText: 'May I swim' })
    .getByText(/Sent|Delivered/)
    .waitFor();
  const { body: list } = await doctor.request('GET', 'conversations?kind=direct');
  t.equal(list.items[0].last.text, 'May I swim?');
  await shoot(shop, 'elements');
  t.same(await axeProblems(shop), []);
});

t.test('two elements on one conversation are two landmarks with names of their own', async (t) => {
  const column = '<div style="height:420px;width:360px;float:left"><parley-chat></parley-chat></div>';
  const { url } = await startShop(t, { body: `<h1>Clinic</h1>${column}${column}`, attributes: 'data-name="Clinic"' });
  const { page } = await startBrowser(t);
  const shop = await page();
  await shop.goto(url);
  const [first, second] = [0, 1].map((n) => shop.locator('main parley-chat').nth(n));
  if (!first || !second) throw new Error('two elements');
  await first.locator('textarea').fill('Is it here?');
  await first.locator('textarea').press('Enter');
  await first.locator('.m', { hasText: 'Is it here?' }).getByText('Sent').waitFor();
  await second.locator('.m', { hasText: 'Is it here?' }).waitFor();
  await shop.getByRole('region', { name: 'Clinic', exact: true }).waitFor();
  await shop.getByRole('region', { name: 'Clinic (2)', exact: true }).waitFor();
  t.same(await axeProblems(shop), []);
});

t.test('whoever the team offers may be chosen before the first message', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const admin = await app.admin();
  const lea = await app.member('peer', 'lea');
  await lea.request('PATCH', 'me', { name: 'Lea Sommer' });
  await admin.request('PATCH', 'settings', { offered: [lea.user.id] });
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.root.getByRole('radio', { name: 'Lea Sommer' }).check();
  await shoot(shop, 'offered');
  t.same(await axeProblems(shop), []);
  await chat.say('I would like to talk to you');
  await chat.message('I would').getByText('Sent').waitFor();
  await chat.panel.getByRole('heading', { name: 'Lea Sommer' }).waitFor();
  const { body } = await lea.request('GET', 'conversations?assignee=me');
  t.equal(body.items.length, 1);
  t.equal(body.items[0].last.text, 'I would like to talk to you');
});
