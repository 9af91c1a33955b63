/** From where they are, more new visitors have come than the server lets in. */
import t from 'tap';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

t.test('it is said when it goes on, goes on by itself, and nothing is lost', async (t) => {
  const { app, url } = await startShop(t, {}, { visitorsPerMinute: 1, trustProxy: ['127.0.0.1'] });
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const shop = await page({ expected: /429/ });
  const chat = widgetOf(shop);
  let address = '203.0.113.1';
  await shop.route('**/v1/visitors', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': address } }),
  );
  const { status } = await app.request('POST', 'visitors', {}, undefined, { 'x-forwarded-for': address });
  t.equal(status, 201, 'one is let in');

  await shop.clock.install();
  await shop.goto(url);
  await chat.open();
  await chat.say('My Halm 02 arrived with a crack');
  await chat
    .message('My Halm')
    .getByText(/^A little fast. Sending again in \d\d s\.$/)
    .waitFor();
  await chat.say('It was in its box');
  await shoot(shop, 'limited');
  t.same(await axeProblems(shop), []);

  // The server's minute is not this test's: from elsewhere somebody is let in at once.
  address = '203.0.113.2';
  await shop.clock.fastForward('01:05');
  await chat.message('It was in').getByText('Sent').waitFor();
  const { body: list } = await agent.request('GET', 'conversations');
  const { body } = await agent.request('GET', `conversations/${list.items[0].id}/messages`);
  t.same(
    body.items.map(({ content }: { content: string }) => content),
    ['My Halm 02 arrived with a crack', 'It was in its box'],
  );
});
