/** What opens over a conversation, by night. */
import t from 'tap';
import { axeProblems, shoot } from './browser.ts';
import { startTalk } from './shop.ts';

t.setTimeout(300_000);

t.test('menu, earlier conversations, a new one beside them, emoji, editing, what is deleted', async (t) => {
  const { agent, shop, chat } = await startTalk(t, 'About my first lamp', { page: { colorScheme: 'dark' } });
  const { root } = chat;
  const looked = async (name: string) => {
    await shoot(shop, `dark-${name}`);
    t.same(await axeProblems(shop), [], name);
  };
  await root.getByRole('button', { name: 'More' }).click();
  await looked('menu');
  await root.getByRole('menuitem', { name: 'New conversation' }).click();
  await root.locator('h1').waitFor();
  await chat.say('About another lamp');
  await chat.message('About another').getByText('Sent').waitFor();
  t.equal(await chat.messages.count(), 1);
  t.equal((await agent.request('GET', 'conversations')).body.items.length, 2);

  await root.getByRole('button', { name: 'More' }).click();
  await root.getByRole('menuitem', { name: 'Earlier conversations' }).click();
  await root.getByRole('button', { name: /About my first lamp/ }).waitFor();
  await looked('earlier');
  await root.getByRole('button', { name: /About my first lamp/ }).click();
  await chat.message('About my first').waitFor();
  await chat.say('The first one again');
  await chat.message('The first one').getByText('Sent').waitFor();

  await root.getByRole('button', { name: 'Emoji' }).click();
  await root.locator('.picker').waitFor();
  await looked('emoji');
  await shop.keyboard.press('Escape');
  await root.locator('.picker').waitFor({ state: 'detached' });
  await chat.field.press('ArrowUp');
  await root.getByText('Editing your message').waitFor();
  await looked('editing');
  await shop.keyboard.press('Escape');
  await chat.message('The first one').hover();
  await chat.message('The first one').getByRole('button', { name: 'Delete' }).click();
  await chat.log.getByText('You deleted this message').waitFor();
  await looked('deleted');
});
