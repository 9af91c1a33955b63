/** What somebody is writing is theirs: nothing that is opened, changed or begun beside it takes it away. */
import t from 'tap';
import { startTalk } from './shop.ts';

t.setTimeout(240_000);

t.test('while another message is changed, and for each conversation', async (t) => {
  const { shop, chat, answer } = await startTalk(t, 'A lamp of mine');
  const { root, field } = chat;
  await answer('Yes?');
  await chat.message('Yes?').waitFor();
  await field.fill('It has a crack');
  const edit = async () => {
    await chat.message('A lamp of mine').hover();
    await chat.message('A lamp of mine').getByRole('button', { name: 'Edit' }).click();
    await root.getByText('Editing your message').waitFor();
    t.match(await field.inputValue(), 'A lamp of mine');
  };
  const done = () => root.getByText('Editing your message').waitFor({ state: 'detached' });
  await edit();
  await shop.keyboard.press('Escape');
  await done();
  t.equal(await field.inputValue(), 'It has a crack');
  await edit();
  await field.fill('A lamp of mine, the blue one');
  await field.press('Enter');
  await chat.message('the blue one').getByText('Edited').waitFor();
  await done();
  t.equal(await field.inputValue(), 'It has a crack');

  await root.getByRole('button', { name: 'More' }).click();
  await root.getByRole('menuitem', { name: 'New conversation' }).click();
  await root.locator('h1').waitFor();
  t.equal(await field.inputValue(), '');
  await chat.say('Another matter');
  await chat.message('Another matter').getByText('Sent').waitFor();
  await root.getByRole('button', { name: 'More' }).click();
  await root.getByRole('menuitem', { name: 'Earlier conversations' }).click();
  await root.getByRole('button', { name: /Yes\?/ }).click();
  await chat.message('Yes?').waitFor();
  t.equal(await field.inputValue(), 'It has a crack');
});

t.test('what is written while a conversation is being made goes into that one', async (t) => {
  const { agent, shop, chat } = await startTalk(t, 'Before');
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const asked = shop.waitForRequest((request) => /conversations$/.test(request.url()) && request.method() === 'POST');
  await shop.route('**/v1/conversations', async (route) => {
    await gate;
    await route.continue();
  });
  await chat.root.getByRole('button', { name: 'More' }).click();
  await chat.root.getByRole('menuitem', { name: 'New conversation' }).click();
  await chat.root.locator('h1').waitFor();
  await chat.say('One');
  await asked;
  await chat.say('Two');
  release();
  await chat.message('Two').getByText('Sent').waitFor();
  t.same(await chat.messages.locator('.text').allTextContents(), ['One', 'Two']);
  t.equal((await agent.request('GET', 'conversations')).body.items.length, 2);
});

t.test('a page keeps its own title, whatever stands in it', async (t) => {
  const { shop, chat, answer } = await startTalk(t, 'Hello');
  const titled = (title: string) => shop.waitForFunction(`document.title === ${JSON.stringify(title)}`);
  await shop.evaluate(`document.title = '(3) Mail'`);
  await chat.root.locator('.shut').click();
  await answer('Good morning');
  await titled('(1) (3) Mail');
  await shop.evaluate(`document.title = '(4) Mail'`);
  await answer('Are you there?');
  await titled('(2) (4) Mail');
  await chat.open();
  await titled('(4) Mail');
});
