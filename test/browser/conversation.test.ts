/** Two people talk: a visitor in a browser, and somebody of the team. */
import t from 'tap';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.test('a visitor and the team', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page();
  await shop.addInitScript(
    "window.shifts = 0; new PerformanceObserver((all) => { shifts += all.getEntries().length }).observe({ type: 'layout-shift', buffered: true })",
  );
  const chat = widgetOf(shop);

  await t.test('before the first message nothing is kept and nobody is made', async (t) => {
    await shop.goto(url);
    await chat.open();
    await shop.locator('parley-chat h1').waitFor();
    t.equal(await shop.evaluate('Object.keys(localStorage).length + document.cookie.length'), 0);
    await shoot(shop, 'first-visit');
    t.same(await axeProblems(shop), []);
    t.equal(await shop.evaluate('shifts'), 0, 'nothing of the page moves');
    const { body } = await (await app.admin()).request('GET', 'users?role=user');
    t.same(body.items, []);
  });

  await t.test('what is written arrives, and is answered', async (t) => {
    await chat.say('Does the new shade fit the old base?');
    await chat.message('Does the new shade').getByText('Sent').waitFor();
    const created = await line.event('message.created');
    const id = created.conversationId;
    t.equal(created.message.content, 'Does the new shade fit the old base?');
    await agent.request('POST', `conversations/${id}/messages`, { content: 'Yes, same ring, 40 mm. No tools needed.' });
    await agent.request('POST', `conversations/${id}/messages`, {
      content: 'Shall I add a spare bulb? https://bulbs.example/e27-warm',
    });
    await chat.message('Shall I add').waitFor();
    await chat.message('Does the new').getByText('Read').waitFor();
    await shoot(shop, 'conversation');
    t.same(await axeProblems(shop), []);
  });
});
