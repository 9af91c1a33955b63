/** A phone, a tablet and a desk, by day and by night. */
import t from 'tap';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { SIZES, startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    t.test(`${size}, ${colorScheme}`, async (t) => {
      const { app, url } = await startShop(t);
      const { page } = await startBrowser(t);
      const agent = await teammate(app, 'Jonas Weber');
      const line = await agent.connect({ inbox: true });
      const shop = await page({
        viewport: viewport ?? null,
        colorScheme,
        hasTouch: size === 'phone',
        isMobile: size === 'phone',
      });
      const chat = widgetOf(shop);
      await shop.goto(url);
      await chat.open();
      await shoot(shop, `${size}-${colorScheme}-first`);
      t.same(await axeProblems(shop), []);
      await chat.field.fill('My Halm 02 arrived with a crack');
      await chat.root.getByRole('button', { name: 'Send' }).click();
      await chat.message('My Halm').getByText('Sent').waitFor();
      const { conversationId } = await line.event('message.created');
      const answer = (content: string) =>
        agent.request('POST', `conversations/${conversationId}/messages`, { content });
      await answer('Oh no, that should not happen. Sorry, Mara!');
      await answer('A new shade leaves our workshop today. Keep the broken one, no need to send it back.');
      await chat.message('A new shade').waitFor();
      await chat.field.fill('🙌');
      await chat.root.getByRole('button', { name: 'Send' }).click();
      await chat
        .message('🙌')
        .getByText(/Sent|Read/)
        .waitFor();
      await line.call({ type: 'conversation.view', conversationId, viewing: true });
      await line.call({ type: 'typing.set', conversationId, on: true });
      await chat.root.locator('.typing').waitFor();
      await shoot(shop, `${size}-${colorScheme}-conversation`);
      t.same(await axeProblems(shop), []);
    });
  }
}
