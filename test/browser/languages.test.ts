/** The languages that the widget has, chosen from the page's own. */
import t from 'tap';
import { axeProblems, inPage, shoot, startBrowser } from './browser.ts';
import { startShop, widgetOf } from './shop.ts';

t.setTimeout(180_000);

const WRITE = {
  en: 'Write a message',
  de: 'Nachricht schreiben',
  fr: 'Écrire un message',
  es: 'Escribe un mensaje',
  pt: 'Escreva uma mensagem',
  ar: 'اكتب رسالة',
  ja: 'メッセージを入力',
  zh: '输入消息',
};

t.test('a page in each of them has the widget in it, and only that one is loaded', async (t) => {
  const { at } = await startShop(t);
  const { page } = await startBrowser(t);
  const shop = await page();
  const chat = widgetOf(shop);
  const loaded: string[] = [];
  shop.on('request', (request) => {
    const [, name] = /\/widget\/\w+\/(\w\w)\.js$/.exec(request.url()) ?? [];
    if (name) loaded.push(name);
  });
  for (const [lang, write] of Object.entries(WRITE)) {
    await shop.goto(at(`/${lang}`, { lang }));
    await chat.open();
    await chat.root.getByPlaceholder(write).waitFor();
    const root = chat.root.locator('.root');
    t.equal(await inPage(root, 'node.lang'), lang);
    t.equal(await inPage(root, 'getComputedStyle(node).direction'), lang === 'ar' ? 'rtl' : 'ltr');
    await shoot(shop, `language-${lang}`);
    t.same(await axeProblems(shop), [], lang);
  }
  t.same(loaded, Object.keys(WRITE).slice(1));
});
