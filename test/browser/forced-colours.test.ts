/** For who has the system choose all colours: what backgrounds and shadows show elsewhere is shown by borders. */
import type { Locator } from 'playwright-core';
import t from 'tap';
import { axeProblems, inPage, shoot } from './browser.ts';
import { startTalk } from './shop.ts';

t.setTimeout(180_000);

t.test('forced colours', async (t) => {
  const { agent, line, shop, chat, conversationId, answer } = await startTalk(t, 'Does the new shade fit?', {
    page: { forcedColors: 'active' },
  });
  /** Its edge, or the disc that it is, in a colour that is not the one around it. */
  const edged = async (name: string, one: Locator, around: Locator) => {
    const style = (property: string) => `getComputedStyle(node).${property}`;
    const [width, kind, edge] = (await inPage(
      one,
      `[parseFloat(${style('borderTopWidth')}), ${style('borderTopStyle')}, ${style('borderTopColor')}]`,
    )) as [number, string, string];
    t.ok(width >= 1 && kind === 'solid', `${name}: an edge`);
    t.not(edge, await inPage(around, style('backgroundColor')), `${name}: it is to be seen`);
  };
  const { root, panel } = chat;
  await line.call({ type: 'conversation.view', conversationId, viewing: true });
  await answer('Yes, same ring. No tools needed.');
  await chat.message('Yes, same').waitFor();
  await line.call({ type: 'typing.set', conversationId, on: true });
  await root.locator('.typing').waitFor();
  await edged('the button', chat.launcher, shop.locator('html'));
  await edged('the panel', panel, shop.locator('html'));
  await edged('the composer', root.locator('.field'), panel);
  await edged('“Send”', root.locator('.send'), panel);
  await edged('one’s own', chat.message('Does the new').locator('.bubble'), panel);
  await edged('another’s', chat.message('Yes, same').locator('.bubble'), panel);
  await edged('the dots of who is typing', root.locator('.typing i').first(), panel);
  await shoot(shop, 'forced');
  t.same(await axeProblems(shop), []);

  await root.getByRole('button', { name: 'More' }).click();
  await edged('the menu', root.getByRole('menu'), panel);
  await edged('a switch', root.locator('.switch').first(), root.getByRole('menu'));
  await shoot(shop, 'forced-menu');
  t.same(await axeProblems(shop), []);
  await shop.keyboard.press('Escape');

  await agent.request('PATCH', `conversations/${conversationId}`, { status: 'closed' });
  await root.getByRole('radio').last().check();
  const border = (one: Locator) => inPage(one, 'getComputedStyle(node.nextElementSibling).borderTopWidth');
  const [chosen, other] = [root.getByRole('radio').last(), root.getByRole('radio').first()];
  t.not(await border(chosen), await border(other), 'what is chosen is told from what is not');
  t.same(await axeProblems(shop), []);
  await shoot(shop, 'forced-rating');

  await shop.evaluate('Parley("close")');
  await panel.waitFor({ state: 'hidden' });
  await answer('One more thing');
  await chat.badge.waitFor();
  await edged('how many are unread', chat.badge, shop.locator('html'));
  await root.locator('.peek').waitFor();
  await edged('what is new', root.locator('.peek'), shop.locator('html'));
  await shoot(shop, 'forced-launcher');
  t.same(await axeProblems(shop), []);
});
