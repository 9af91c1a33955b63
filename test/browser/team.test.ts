/** What the team and its bots do, as the customer sees it. */
import t from 'tap';
import { openHouse, say } from '../outbound/bots/house.ts';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { startTalk, widgetOf } from './shop.ts';

t.setTimeout(180_000);

t.test('a bot writes as it thinks, can be stopped, and hands over to a person', async (t) => {
  const house = await openHouse(t);
  await house.admin.request('PATCH', 'settings', { firstAssignee: { agent: house.bot.id } });
  const { page } = await startBrowser(t);
  const shop = await page({ viewport: { width: 1100, height: 760 } });
  const chat = widgetOf(shop);
  await shop.goto(`${house.app.url}/demo`);
  await chat.open();
  await chat.say('Hi, where is my order? It’s 4821');
  const { response } = await house.next();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const piece = (delta: string) => response.write(`data: ${JSON.stringify({ delta })}\n\n`);
  piece('Order **4821** left our workshop on Tuesday:\n- Halm 02, brick clay\n- 1 bulb, E27\n\nIt is with the carrier');
  await chat.log.locator('li', { hasText: '1 bulb, E27' }).waitFor();
  await chat.root.getByRole('button', { name: 'Stop answering' }).waitFor();
  await shoot(shop, 'bot-streaming');
  t.same(await axeProblems(shop), []);
  piece(' in Leuven. [Follow the parcel](https://parcel.example/4821)');
  await chat.log.getByRole('link', { name: 'Follow the parcel' }).waitFor();
  response.end('data: [DONE]\n\n');
  await chat.root.getByRole('button', { name: 'Stop answering' }).waitFor({ state: 'hidden' });
  t.equal(await chat.log.locator('strong').textContent(), '4821');

  await chat.say('Can I change the address?');
  const second = await house.next();
  second.response.writeHead(200, { 'content-type': 'text/event-stream' });
  second.response.write('data: {"delta":"You can, as long as"}\n\n');
  await chat.message('as long as').waitFor();
  await chat.root.getByRole('button', { name: 'Stop answering' }).click();
  await chat.log.getByText('You stopped the answer.').waitFor();

  await chat.say('Well?');
  say((await house.next()).response, { reply: 'Shall I?', quickReplies: ['Change the address', 'That’s all, thanks'] });
  await chat.root.getByRole('button', { name: 'Change the address' }).waitFor();
  await shoot(shop, 'quick-replies');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('button', { name: 'Change the address' }).click();
  await chat.message('Change the address').getByText('Sent').waitFor();
  await chat.root.getByRole('button', { name: 'That’s all, thanks' }).waitFor({ state: 'detached' });

  await chat.root.getByRole('button', { name: 'More' }).click();
  await chat.root.getByRole('menuitem', { name: 'Talk to a person' }).click();
  await chat.panel.getByRole('heading', { name: 'Lea' }).waitFor({ state: 'detached' });
});

t.test('closed, rated, downloaded, and opened again by writing', async (t) => {
  const { agent, shop, chat, conversationId: id, answer } = await startTalk(t, 'No, all good. Have a nice day!');
  await answer('You too!');
  await agent.request('PATCH', `conversations/${id}`, { status: 'closed' });
  await chat.log.getByText('Jonas closed this conversation. Just write to open it again.').waitFor();
  await chat.log.getByText('How was it?').waitFor();
  await chat.log.getByRole('radio', { name: '5 of 5' }).check();
  await shoot(shop, 'rating');
  t.same(await axeProblems(shop), []);
  await chat.log.getByLabel('A word about it').fill('Quick and kind');
  await chat.log.getByRole('button', { name: 'Send' }).click();
  await chat.log.getByText('Thank you.').waitFor();
  t.equal((await agent.request('GET', `conversations/${id}`)).body.rating, 5);

  const download = shop.waitForEvent('download');
  await chat.log.getByRole('button', { name: 'Download this conversation' }).click();
  t.equal((await download).suggestedFilename(), 'conversation.txt');

  await chat.say('One more thing');
  await chat.message('One more thing').getByText('Sent').waitFor();
  t.equal((await agent.request('GET', `conversations/${id}`)).body.status, 'open');
  await chat.log.getByText('How was it?').waitFor({ state: 'detached' });
});
