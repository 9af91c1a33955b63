/** The React example of docs/widget.md, built as it stands there and run in a page of React's. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import t from 'tap';
import { startApp } from '../helper.ts';
import { startBrowser } from './browser.ts';
import { teammate, widgetOf } from './shop.ts';

t.setTimeout(180_000);

const SECRET = 'a secret of the host that is long enough';
const guide = readFileSync(new URL('../../docs/widget.md', import.meta.url), 'utf8');

/** An app around the example: a page that changes, and somebody who signs in. */
const APP = `
  import { StrictMode, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { Chat } from 'example';
  function App({ identity }) {
    const [shown, setShown] = useState('Lamps');
    const [known, setKnown] = useState();
    return <main>
      <h1>{shown}</h1>
      <button onClick={() => setShown('Shades')}>Next page</button>
      <button onClick={() => setKnown(identity)}>Sign in</button>
      <Chat key={shown} identity={known} />
    </main>;
  }
  createRoot(document.body.firstElementChild).render(<StrictMode><App identity={window.identity} /></StrictMode>);`;

const PAGE =
  '<!doctype html><html lang="en"><head><title>Halm lamps</title><link rel="icon" href="data:,"></head><body><div></div><script src="/app.js"></script></body></html>';

async function bundled(server: string): Promise<string> {
  const example = /```jsx\n(.*?)```/s.exec(guide)?.[1]?.replace('https://chat.example.com', server);
  const { outputFiles } = await build({
    stdin: { contents: APP, loader: 'jsx', resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [
      {
        name: 'example',
        setup(made) {
          made.onResolve({ filter: /^example$/ }, ({ path, resolveDir }) => ({
            path,
            namespace: path,
            pluginData: resolveDir,
          }));
          made.onLoad({ filter: /./, namespace: 'example' }, ({ pluginData }) => ({
            contents: example ?? '',
            loader: 'jsx',
            resolveDir: pluginData,
          }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? '';
}

t.test('one chat, whatever is drawn again; who signs in is known, and keeps what they wrote', async (t) => {
  let script = '';
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', url === '/app.js' ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(url === '/app.js' ? script : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const app = await startApp(t, { origins: [url], jwtSecret: SECRET });
  script = await bundled(app.url);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const mara = await app.hostUser('mara', { name: 'Mara Lindqvist' });
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const hmac = createHmac('sha256', SECRET).update(`mara.${exp}`).digest('hex');
  const shop = await page();
  await shop.addInitScript(`window.identity = ${JSON.stringify({ externalId: 'mara', exp, hmac })}`);
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('Does the new shade fit?');
  await chat.message('Does the new').getByText('Sent').waitFor();
  const { conversationId } = await line.event('message.created');

  await shop.getByRole('button', { name: 'Next page' }).click();
  await shop.getByRole('heading', { name: 'Shades' }).waitFor();
  const known = shop.waitForResponse((answer) => answer.url().endsWith('/v1/visitors') && answer.ok());
  await shop.getByRole('button', { name: 'Sign in' }).click();
  await known;
  await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'It does, Mara.' });
  await chat.message('It does').waitFor();
  await chat.say('Thank you');
  await chat.message('Thank you').getByText('Sent').waitFor();
  const { body } = await agent.request('GET', `conversations/${conversationId}/messages`);
  t.same(
    body.items.map((one: { author: { id: string }; content: string }) => [one.author.id, one.content]),
    [
      [mara.user.id, 'Does the new shade fit?'],
      [agent.user.id, 'It does, Mara.'],
      [mara.user.id, 'Thank you'],
    ],
  );
  t.equal(await shop.locator('parley-chat').count(), 1);
  t.equal(await shop.locator('script[src$="/widget.js"]').count(), 1);
});
