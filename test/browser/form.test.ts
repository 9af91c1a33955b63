/** The form before the first message: once, and never again to who comes back. */
import t from 'tap';
import { inPage, startBrowser } from './browser.ts';
import { startShop, widgetOf } from './shop.ts';

t.setTimeout(180_000);

t.test('who has answered it and comes back is not asked again', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const form = { fields: [{ name: 'name', required: true }] };
  await (await app.admin()).request('PATCH', 'settings', { look: { form } });
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.launcher.click();
  await chat.root.getByLabel('Name').waitFor();
  // What is dropped on it does not go around it.
  await inPage(
    chat.panel,
    `(() => { const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['1 lamp'], 'lamp.txt', { type: 'text/plain' }));
      node.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true })); })()`,
  );
  await chat.root.getByLabel('Name').fill('Mara Lindqvist');
  await chat.root.getByRole('button', { name: 'Start the conversation' }).click();
  await chat.say('It arrived broken');
  await chat.message('It arrived').getByText('Sent').waitFor();
  await shop.reload();
  // Opened with the first click, before there is a line.
  await chat.open();
  await chat.message('It arrived').waitFor();
  t.equal(await chat.root.locator('.form').count(), 0);
  t.equal(await chat.messages.count(), 1);
});
