/** Proxies that let little through, and tabs whose line is another's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startServer } from '../life/server-process.ts';
import { startProxy } from '../web/sdk/proxy.ts';
import { startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(300_000);

const NETWORK = /ERR_|WebSocket|Failed to load resource|CORS/;
const STUB =
  '<script>window.Parley=function(){(Parley.q=Parley.q||[]).push(arguments)};window.states=[];Parley("on","state",(name)=>states.push(name))</script>';

t.test('where sockets are blocked a stream does, where streams are gathered polling does', async (t) => {
  const { app, at } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const noSockets = await startProxy(t, app.url);
  noSockets.block('/v1/ws');
  const noStreams = await startProxy(t, noSockets.url);
  noStreams.block('/v1/events');
  for (const [name, proxy] of Object.entries({ stream: noSockets, polling: noStreams })) {
    const shop = await page({ expected: NETWORK });
    const chat = widgetOf(shop);
    await shop.goto(at(`/${name}`, { server: proxy.url, head: STUB }));
    await chat.open();
    await chat.say(`By ${name}`);
    await chat.message(`By ${name}`).getByText('Sent').waitFor();
    const { conversationId } = await line.event(
      ({ type, message }) => type === 'message.created' && message.content === `By ${name}`,
    );
    await agent.request('POST', `conversations/${conversationId}/messages`, { content: `Heard by ${name}` });
    await chat.message(`Heard by ${name}`).waitFor();
    await chat.message(`By ${name}`).first().getByText('Read').waitFor();
    t.equal(await shop.evaluate('states.at(-1)'), 'online');
    t.equal(await chat.root.getByText('Reconnecting…').count(), 0, 'nothing is said of it');
  }
});

t.test('what hears in place of a socket is asked for again where its files did not come', async (t) => {
  const { app, at } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const noSockets = await startProxy(t, app.url);
  noSockets.block('/v1/ws');
  const shop = await page({ expected: NETWORK });
  const chat = widgetOf(shop);
  const [stream, polling] = ['sse', 'poll'].map((name) =>
    shop.waitForEvent('requestfailed', (request) => request.url().endsWith(`/${name}.js`)),
  );
  // A failure is kept by its address: the same one would never come.
  await shop.route(/\/(sse|poll)\.js$/, (route) => route.abort());
  await shop.goto(at('/again', { server: noSockets.url }));
  await chat.open();
  await chat.say('Is anybody there?');
  await stream;
  await polling;
  await chat.message('Is anybody').getByText('Sent').waitFor({ timeout: 60_000 });
  const { conversationId } = await line.event('message.created');
  await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'Always' });
  await chat.message('Always').waitFor();
});

t.test('a tab that hears by another’s line says as well that the server is away, and goes on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-browser-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const server = await startServer(t, folder, {});
  const { page, tab } = await startBrowser(t);
  const first = await page({ expected: NETWORK });
  const second = await tab(first.context(), { expected: NETWORK });
  const [one, two] = [widgetOf(first), widgetOf(second)];
  await first.goto(`${server.url}/demo`);
  await one.open();
  await one.say('from the first');
  await one.message('from the first').getByText('Sent').waitFor();
  await second.goto(`${server.url}/demo`);
  await two.open();
  await two.message('from the first').waitFor();
  await server.end('SIGKILL');
  await one.root.getByText('Reconnecting…').waitFor();
  await two.root.getByText('Reconnecting…').waitFor();
  await two.say('meanwhile');
  await two.message('meanwhile').getByText('Waiting for the network').waitFor();
  await startServer(t, folder, { PARLEY_PORT: new URL(server.url).port });
  await two.message('meanwhile').getByText('Sent').waitFor({ timeout: 60_000 });
  await one.message('meanwhile').waitFor();
  await two.root.getByText('Reconnecting…').waitFor({ state: 'detached' });
});
