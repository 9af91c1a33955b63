/** Pages that are not kind to a widget, policies that allow little, and texts that try to be more than text. */
import t from 'tap';
import { inPage, shoot, startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

const CSS = `* { all: unset !important; color: red !important; font: 40px fantasy !important; }
  div, section, header, button, svg { display: none !important; }
  parley-chat { opacity: 0 !important; transform: rotate(40deg) !important; position: static !important; z-index: 0 !important; }`;

/** Everything may come from the one origin, and from the page's own; nothing inline, nothing evaluated, no HTML of text. */
const POLICY = [
  "default-src 'none'",
  'script-src PARLEY',
  'connect-src PARLEY ws://127.0.0.1:*',
  'img-src data: PARLEY',
  "style-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** What somebody may write in the hope that it is more than text. */
const PAYLOADS = [
  '<img src=x onerror=window.hit=1>',
  '<script>window.hit=1</script>',
  '"><svg/onload=window.hit=1>',
  'javascript:window.hit=1',
  '[click](javascript:window.hit=1)',
  '[click](  JaVaScRiPt:window.hit=1)',
  '[x](data:text/html,<script>window.hit=1</script>)',
  'https://example.com/"onmouseover="window.hit=1',
  "https://example.com/'><img src=x onerror=window.hit=1>",
  '<a href="javascript:window.hit=1">x</a>',
  '<iframe srcdoc="<script>parent.hit=1</script>">',
  '**<b onclick=window.hit=1>bold</b>**',
  '`<img src=x onerror=window.hit=1>`',
  '```\n</code></pre><script>window.hit=1</script>\n```',
  '- <li onclick=window.hit=1>x',
  '{{constructor.constructor("window.hit=1")()}}',
  'vbscript:msgbox(1) file:///etc/passwd blob:https://x/1',
  '\u202Egnp.exe\u202C https://exa\u202Emple.com',
  '<template><style>*{display:none}</style></template>',
  '__proto__ constructor toString',
];

t.setTimeout(180_000);

t.test('a page whose styles hide everything', async (t) => {
  const { url } = await startShop(t, { head: `<style>${CSS}</style>` });
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  const before = await shop.evaluate('getComputedStyle(document.querySelector("h1")).color');
  await chat.open();
  await chat.say('Can you read this?');
  await chat.message('Can you').getByText('Sent').waitFor();
  const box = await chat.panel.boundingBox();
  t.equal(Math.round(box?.width ?? 0), 400);
  t.ok((box?.x ?? 0) > 800, 'at its corner');
  t.equal(await inPage(chat.message('Can you').locator('.bubble'), 'getComputedStyle(node).fontSize'), '15px');
  t.equal(await shop.evaluate('getComputedStyle(document.querySelector("parley-chat")).opacity'), '1');
  t.equal(
    await shop.evaluate('getComputedStyle(document.querySelector("h1")).color'),
    before,
    'and none of its own leak out',
  );
  await shoot(shop, 'hostile');
});

t.test(
  'under a strict policy with Trusted Types nothing is violated, and nothing global is left but Parley',
  async (t) => {
    const shopAt = await startShop(t, { headers: { 'content-security-policy': POLICY } });
    const { page } = await startBrowser(t);
    const shop = await page();
    const chat = widgetOf(shop);
    await shop.addInitScript(
      'window.broken = []; addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective + " " + event.blockedURI)); window.before = new Set(Object.getOwnPropertyNames(window));',
    );
    await shop.goto(shopAt.url);
    await chat.open();
    await chat.say('Under a strict policy 🙌');
    await chat.message('Under').getByText('Sent').waitFor();
    await chat.root.getByRole('button', { name: 'More' }).click();
    await chat.root.getByRole('menuitem', { name: 'Earlier conversations' }).click();
    await chat.root.getByRole('button', { name: 'Back' }).click();
    await chat.root.getByRole('button', { name: 'Emoji' }).click();
    await chat.root.locator('.picker button').first().click();
    t.same(await shop.evaluate('broken'), []);
    t.same(
      await shop.evaluate(
        'Object.getOwnPropertyNames(window).filter((name) => !before.has(name) && name !== "before")',
      ),
      ['Parley'],
    );
    t.equal(await shop.evaluate('document.cookie'), '');

    await shop.evaluate('Parley("destroy")');
    t.equal(await shop.evaluate('document.querySelector("parley-chat")'), null);
    t.equal(await shop.evaluate('typeof window.Parley'), 'undefined');
  },
);

t.test('a nonce is enough', async (t) => {
  const policy = "default-src 'none'; script-src 'nonce-abc'; connect-src PARLEY ws://127.0.0.1:*; img-src data:";
  const { url } = await startShop(t, { attributes: 'nonce="abc"', headers: { 'content-security-policy': policy } });
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await chat.say('With a nonce');
  await chat.message('With a nonce').getByText('Sent').waitFor();
});

t.test('texts stay texts, whoever writes them', async (t) => {
  const { app, url } = await startShop(t);
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page();
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  for (const text of PAYLOADS) await chat.say(text.replaceAll('\n', ' '));
  await chat
    .message('__proto__')
    .getByText(/Sent|Read/)
    .waitFor();
  const { conversationId } = await line.event('message.created');
  await agent.request('PATCH', 'me', { name: '<img src=x onerror=window.hit=1>' });
  for (const content of PAYLOADS) await agent.request('POST', `conversations/${conversationId}/messages`, { content });
  await chat.message('__proto__').nth(1).waitFor();
  t.equal(await shop.evaluate('window.hit'), undefined);
  const inside = await inPage(
    chat.log,
    `({
    made: [...node.querySelectorAll('.bubble *')].map((one) => one.localName).filter((name) => !/^(div|a|br)$/.test(name)),
    links: [...node.querySelectorAll('a')].map((link) => link.protocol).filter((one) => !/^(https?|mailto):$/.test(one)),
    handlers: [...node.querySelectorAll('*')].filter((one) => one.getAttributeNames().some((name) => name.startsWith('on'))).length,
  })`,
  );
  t.same(inside, { made: [], links: [], handlers: 0 });
  await shoot(shop, 'payloads');
});
