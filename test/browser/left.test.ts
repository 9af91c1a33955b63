/** Who has signed out while a part was on its way is gone: nothing of theirs goes out afterwards. */
import t from 'tap';
import { startTalk, widgetOf } from './shop.ts';

t.setTimeout(180_000);

t.test('signed out before the full client had come', async (t) => {
  const { agent, tab, shop, url } = await startTalk(t, 'Mine');
  const other = await tab(shop.context(), { expected: /401/ });
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  await other.route(/\/full\.js/, async (route) => {
    await gate;
    await route.continue();
  });
  const chat = widgetOf(other);
  const asked = other.waitForRequest(/\/full\.js/);
  const came = other.waitForResponse(/\/full\.js/).then(async (answer) => void (await answer.finished()));
  await other.goto(url);
  await asked;
  await chat.open();
  await chat.say('A secret of mine');
  await chat.message('A secret').waitFor();
  await other.evaluate(`Parley('logout')`);
  await chat.message('A secret').waitFor({ state: 'detached' });
  release();
  await came;
  await chat.say('I am somebody else');
  await chat.message('I am somebody else').getByText('Sent').waitFor();
  const { body } = await agent.request('GET', 'conversations');
  const texts: string[] = [];
  for (const { id } of body.items) {
    const { body: page } = await agent.request('GET', `conversations/${id}/messages`);
    texts.push(...page.items.map(({ content }: { content: string }) => content));
  }
  t.same(texts.sort(), ['I am somebody else', 'Mine']);
});
