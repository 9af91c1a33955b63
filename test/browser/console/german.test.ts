/**
 * Every view of the console in German: no English text of the catalogue stands there, axe finds nothing, and nothing is
 * wider than its place, on a desk and on a phone.
 */
import t from 'tap';
import { de } from '../../../src/web/ui/words/in-console/de.ts';
import { en } from '../../../src/web/ui/words/in-console/en.ts';
import type { Catalogue, Text } from '../../../src/web/ui/words/texts.ts';
import { axeProblems, shoot } from '../browser.ts';
import { openHouse } from './house.ts';

t.setTimeout(280_000);

const forms = (text: Text) => (typeof text === 'string' ? [text] : Object.values(text));
/** Whatever stands in its blanks: `{name} is looking` → /^.+ is looking$/. */
const patternOf = (text: string) =>
  new RegExp(
    `^${text
      .split(/\{\w+\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  );

const german = new Set(Object.values(de as Catalogue<string>).flatMap(forms));
/** English that is no German; of a text with blanks, what has a word beside them. */
const english = Object.entries(en as Catalogue<string>)
  .filter(([key]) => key !== 'language')
  .flatMap(([, text]) => forms(text))
  .filter((text) => !german.has(text) && /\p{L}{3}/u.test(text.replaceAll(/\{\w+\}/g, '')));
const plain = new Set(english.filter((text) => !text.includes('{')));
const patterns = english.filter((text) => text.includes('{')).map(patternOf);

const word = (key: keyof typeof en) => String(de[key]);

const isEnglish = (text: string) => plain.has(text) || patterns.some((pattern) => pattern.test(text));

/** What can be read on the page, and what is read out. */
const TEXTS = `(() => {
  const all = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.checkVisibility()) all.push(node.data);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    if (!element.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) all.push(element.getAttribute(name) ?? '');
  }
  return [...new Set(all.map((text) => text.trim()).filter(Boolean))];
})()`;

/** What stands out of the window to a side, and does not scroll there. */
const TOO_WIDE = `(() => {
  const scrolls = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
  for (const pane of document.querySelectorAll('.pane, .settings-page, .reports, .surface, .sidebar, [role=dialog], [role=menu]')) {
    const clips = getComputedStyle(pane).overflowX !== 'visible';
    if (clips && pane.checkVisibility() && pane.scrollWidth > pane.clientWidth + 1) wide.push(pane.className + ' scrolls to a side');
  }
  for (const element of document.querySelectorAll('body *')) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width <= 1 || !element.checkVisibility({ visibilityProperty: true }) || scrolls(element)) continue;
    if (right > innerWidth + 1 || left < -1) wide.push(element.outerHTML.slice(0, 120));
  }
  return wide;
})()`;

/** Every page of settings, and what stands on it once it is there. */
const SETTINGS = {
  you: 'tbody tr',
  widget: '.script-line',
  hours: '[role=switch]',
  canned: '.card-row',
  tags: 'tbody tr',
  team: 'tbody tr',
  bots: '.card-row',
  webhooks: '.card-row',
  keys: 'tbody tr',
  retention: '[role=switch]',
  audit: 'tbody tr',
  server: '.fact',
};

t.test('the check knows English from German', async (t) => {
  t.ok(plain.size > 250);
  t.ok(isEnglish('Answered by'));
  t.ok(isEnglish('Olga is looking'));
  t.notOk(isEnglish('Team'), 'the same in both');
  t.notOk(isEnglish('Halm 02'));
});

t.test('in German', async (t) => {
  const house = await openHouse(t);
  const admin = await house.admin();
  const aiko = await house.member('agent', 'aiko');
  await admin.request('PATCH', 'me', { name: 'Jonas' });
  await admin.request('POST', 'canned-replies', { shortcut: 'versand', text: 'Hallo {name}, drei bis fünf Tage.' });
  await admin.request('POST', 'bots', { name: 'Lea', engine: 'webhook', url: 'https://bot.example/' });
  await admin.request('POST', 'webhooks', { url: 'https://hook.example/', events: ['message.created'] });
  await admin.request('POST', 'api-keys', { name: 'Laden', scopes: ['users'] });
  await admin.request('POST', 'conversations', { kind: 'direct', userId: aiko.user.id });
  const mara = await house.writer('Mara Lindqvist', 'Es flackert', 'Noch immer');
  const tomas = await house.writer('Tomás Ferreira', 'Wo ist mein Paket?');
  await house.writer(null, 'Liefert ihr nach Norwegen?');
  const change = (id: string, body: object) => admin.request('PATCH', `conversations/${id}`, body);
  await aiko.request('POST', `conversations/${mara.conversationId}/claim`);
  await change(mara.conversationId, { tags: ['reparatur'], assigneeId: admin.user.id });
  await admin.request('POST', `conversations/${mara.conversationId}/messages`, { content: 'Eine **neue** kommt.' });
  await admin.request('POST', `conversations/${mara.conversationId}/notes`, { content: 'Loser Draht?' });
  await change(tomas.conversationId, { status: 'closed' });

  const page = await house.page({ viewport: { width: 1440, height: 900 }, locale: 'de-DE', expected: /401/ });
  const look = async (name: string) => {
    t.same((await page.evaluate<string[]>(TEXTS)).filter(isEnglish), [], `${name}: English`);
    t.same(await page.evaluate<string[]>(TOO_WIDE), [], `${name}: too wide`);
    await shoot(page, `console/german-${name}`);
  };
  const judge = async (name: string) => {
    t.same(await axeProblems(page), [], `${name}: axe`);
    await look(name);
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
  const open = async (path: string, there: string) => {
    await page.goto(`${house.url}/console/${path}`);
    await page.locator(there).first().waitFor();
  };
  const small = () => page.setViewportSize({ width: 360, height: 740 });
  const large = () => page.setViewportSize({ width: 1440, height: 900 });
  /** On a desk and on a phone. */
  const both = async (name: string) => {
    await judge(name);
    await small();
    await look(`${name}-phone`);
    await large();
  };

  await open('', 'form');
  await both('sign-in');
  await page.getByLabel('E-Mail').fill('admin@example.com');
  await page.getByLabel('Passwort', { exact: true }).fill('falsch');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await judge('sign-in-wrong');
  await page.getByLabel('Passwort', { exact: true }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.locator('.row').first().waitFor();

  for (const view of ['open', 'mine', 'queue', 'snoozed', 'closed', 'tag/reparatur', 'among']) {
    await open(view, '.list-pane');
    await page.locator('.list-pane .row, .list-note').first().waitFor();
    await both(view.replace('/', '-'));
  }

  await open(`open/${mara.conversationId}`, '#thread .note');
  await both('conversation');
  for (const menu of ['Zurückstellen', 'Mehr', /Am längsten wartend|Neueste zuerst/, /Es antwortet: /, /^Jonas /]) {
    await button(menu).click();
    await page.getByRole('menu').waitFor();
    await judge('menu');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
  }
  await page.getByRole('article').filter({ hasText: 'neue' }).hover();
  await button(word('messageMenu')).click();
  await judge('menu of a message');
  await page.keyboard.press('Escape');
  await page.locator('#thread').click();
  for (const [name, key] of Object.entries({ note: 'n', canned: '/' })) {
    await page.keyboard.press(key);
    await page.locator('#editor:focus').waitFor();
    await both(name);
    await page.locator('#editor').fill('');
    await page.keyboard.press('Escape');
  }
  await open(`open/${mara.conversationId}`, '#thread .note');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await both('keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').first().fill('e');
  await page.getByRole('option').first().waitFor();
  await both('palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.getByRole('toolbar').waitFor();
  await both('many');

  await open(`open/${mara.conversationId}`, '#thread .note');
  await page.keyboard.press('e');
  await page.getByText(word('closedState')).waitFor();
  await both('conversation-closed');
  await open('search?q=flackert', '.list-pane li');
  await both('search');
  await open('reports', '.figures');
  await both('reports');

  for (const [name, there] of Object.entries(SETTINGS)) {
    await open(`settings/${name}`, `.settings-page ${there}`);
    await both(`settings-${name}`);
  }
  const DIALOGS: Record<string, string | RegExp> = {
    canned: word('newCanned'),
    tags: /umbenennen/,
    team: word('addSomebody'),
    bots: word('newBot'),
    webhooks: word('newWebhook'),
    you: word('setUp'),
  };
  for (const [name, opens] of Object.entries(DIALOGS)) {
    await open(`settings/${name}`, '.settings-page');
    await button(opens).click();
    await page.getByRole('dialog').waitFor();
    await both(`dialog-${name}`);
  }
  await open('open', '.row');
  await button(word('newRoom')).click();
  await page.getByRole('dialog').waitFor();
  await both('room');
  await small();
  await open('open', '.row');
  await page.locator('.more-entry button').click();
  await page.getByRole('dialog').waitFor();
  await judge('more-phone');
});
