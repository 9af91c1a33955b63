/** A text that the server refused is no lost text. */
import { createHmac } from 'node:crypto';
import t from 'tap';
import { axeProblems, shoot, startBrowser } from './browser.ts';
import { startShop } from './shop.ts';

t.setTimeout(180_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource/;
const SECRET = 'a secret of the host that is long enough';

t.test('it stays with its reason; “Try again” sends it, and it stands once', async (t) => {
  const { app, at } = await startShop(t, {}, { jwtSecret: SECRET });
  const { page } = await startBrowser(t);
  await app.hostUser('patient', { name: 'Mara Lindqvist' });
  const key = await app.key('*');
  const { body: room } = await key.request('POST', 'conversations', {
    kind: 'room',
    externalId: 'call-7',
    subject: 'Consultation',
    participants: [{ externalId: 'patient' }],
  });
  const path = `conversations/${room.id}`;
  const stored = async () => {
    const { body } = await key.request('GET', `${path}/messages`);
    return body.items.flatMap((one: { kind: string; content: string }) => (one.kind === 'text' ? one.content : []));
  };
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const hmac = createHmac('sha256', SECRET).update(`patient.${exp}`).digest('hex');
  const shop = await page({ expected: NETWORK });
  const body = '<h1>Call</h1><div style="height:600px;width:440px"><parley-chat room="call-7"></parley-chat></div>';
  const head = `<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};Parley("identify",${JSON.stringify({ externalId: 'patient', exp, hmac })})</script>`;
  await shop.goto(at('/call', { body, head, attributes: 'data-launcher="hidden"' }));
  const chat = shop.locator('parley-chat[room]');
  const say = async (text: string) => {
    await chat.locator('textarea').fill(text);
    await chat.locator('textarea').press('Enter');
  };
  const message = (text: string) => chat.locator('.m', { hasText: text });
  await chat.locator('textarea').waitFor();
  await say('One');
  await message('One').getByText('Sent').waitFor();

  // The room is closed while they are away: what they write is refused when they are back.
  await shop.context().setOffline(true);
  await chat.getByText('You’re offline').waitFor();
  await say('Two');
  await message('Two').getByText('Waiting for the network').waitFor();
  await key.request('PATCH', path, { status: 'closed' });
  await shop.context().setOffline(false);
  const again = message('Two').getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await message('Two').getByText('This conversation is closed.').waitFor();
  t.same(await stored(), ['One']);
  await shoot(shop, 'refused');
  t.same(await axeProblems(shop), []);

  // Kept over a reload, and asked for again as often as somebody presses.
  const opened = shop.waitForEvent('websocket');
  await shop.reload();
  await again.waitFor();
  const line = await opened;
  const refused = line.waitForEvent('framereceived', ({ payload }) => `${payload}`.includes('CLOSED'));
  await again.click();
  await refused;
  await again.waitFor();
  t.same(await stored(), ['One']);

  await key.request('PATCH', path, { status: 'open' });
  await again.click();
  await message('Two').getByText('Sent').waitFor();
  t.equal(await again.count(), 0);
  t.same(await stored(), ['One', 'Two']);
  t.same(await chat.locator('.log .m .text').allTextContents(), ['One', 'Two']);
});
