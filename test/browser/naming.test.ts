/** Who has written as a visitor is named by the page: the conversation becomes theirs, in the page that stays open. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { startBrowser } from './browser.ts';
import { startShop, widgetOf } from './shop.ts';

t.setTimeout(180_000);

const SECRET = 'a secret of the host that is long enough';

t.test('identify and merge', async (t) => {
  const { app, url } = await startShop(t, {}, { jwtSecret: SECRET });
  const { page, tab } = await startBrowser(t);
  const admin = await app.admin();
  const shop = await page({ expected: /401/ });
  const other = await tab(shop.context(), { expected: /401/ });
  const [chat, second] = [widgetOf(shop), widgetOf(other)];
  await shop.goto(url);
  await other.goto(url);
  await chat.open();
  await chat.say('Before anybody knew me');
  await chat.message('Before').getByText('Sent').waitFor();
  await second.open();
  await second.message('Before').waitFor();

  const exp = Math.floor(Date.now() / 1000) + 3600;
  const hmac = createHmac('sha256', SECRET).update(`mara.${exp}`).digest('hex');
  await shop.evaluate(`Parley('identify', ${JSON.stringify({ externalId: 'mara', exp, hmac })})`);
  await chat.say('And after');
  await chat.message('And after').getByText('Sent').waitFor();
  await second.message('And after').waitFor();
  await second.say('From the other tab');
  await second.message('From the other').getByText('Sent').waitFor();
  await chat.message('From the other').waitFor();
  const { body: users } = await admin.request('GET', 'users?role=user');
  t.equal(users.items.length, 1);
  t.match(users.items[0], { externalId: 'mara', anonymous: false });
  const { body: list } = await admin.request('GET', 'conversations');
  t.equal(list.items.length, 1);
  t.equal(await chat.root.locator('.m.own').count(), 3, 'all of it is one’s own');
});

t.test('what was written offline in a tab that is gone goes out as whom the page names', async (t) => {
  const { app, url, at } = await startShop(t, {}, { jwtSecret: SECRET });
  const { page, tab } = await startBrowser(t);
  const admin = await app.admin();
  const shop = await page({ expected: /ERR_|WebSocket/ });
  const before = widgetOf(shop);
  await shop.goto(url);
  await before.open();
  await before.say('While there was a network');
  await before.message('While').getByText('Sent').waitFor();
  const context = shop.context();
  await context.setOffline(true);
  await before.root.getByText('You’re offline').waitFor();
  await before.say('When there was none');
  await before.message('When there').getByText('Waiting for the network').waitFor();
  await shop.close();
  await context.setOffline(false);

  const exp = Math.floor(Date.now() / 1000) + 3600;
  const hmac = createHmac('sha256', SECRET).update(`mara.${exp}`).digest('hex');
  const identity = JSON.stringify({ externalId: 'mara', exp, hmac });
  const head = `<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};Parley("identify",${identity})</script>`;
  const next = await tab(context, { expected: /401/ });
  const after = widgetOf(next);
  await next.goto(at('/named', { head }));
  await after.open();
  await after.message('When there').getByText('Sent').waitFor();
  const { body } = await admin.request('GET', 'conversations');
  const { body: history } = await admin.request('GET', `conversations/${body.items[0].id}/messages`);
  const { body: users } = await admin.request('GET', 'users?role=user');
  t.match(history.items, [{ content: 'While there was a network' }, { author: { id: users.items[0].id } }]);
  t.same([users.items.length, body.items.length, history.items.length], [1, 1, 2]);
});
