/** docs/migrating.md: what it names is there, and its code does what it says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { allSettings } from '../../src/config/setting.ts';
import { commands } from '../../src/protocol/commands.ts';
import { startServer } from '../conformance/server.ts';
import { ask } from '../conformance/words.ts';
import type { Body } from '../helper.ts';
import { blocksOf } from './page.ts';

const page = readFileSync(new URL('../../docs/migrating.md', import.meta.url), 'utf8');
/** What is in code on the right side of a table: the words of this server. */
const here = page
  .split('\n')
  .filter((line) => /^\| (?!---|there|you have)/.test(line))
  .flatMap((line) => [...(line.split(/(?<!\\)\|/)[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
const ROUTE = /^(GET|POST|PATCH|PUT|DELETE) ([^\s?]+)/;
/** Of the host's own token, of HTTP, and of n8n. */
const OUTSIDE = ['sub', 'rooms', 'Bearer', 'authorization', 'https', 'sendMessage', 'sessionId', 'chatInput'];

const server = await startServer(t);

t.test('each of the five documents has its table', async (t) => {
  const sections = page.split(/^## /m).slice(1);
  for (const number of ['000', '001', '002', '003', '004']) {
    const section = sections.find((one) => one.startsWith(`${number}:`)) ?? '';
    t.ok((section.match(/^\| /gm) ?? []).length > 6, number);
  }
});

t.test('every route that it names is one', async (t) => {
  const routes = here.flatMap((code) => {
    const [, method = '', path = ''] = ROUTE.exec(code) ?? [];
    return method === '' ? [] : [{ method: method.toLowerCase(), path }];
  });
  t.ok(routes.length > 20, `${routes.length} of them`);
  for (const { method, path } of routes) {
    const whole = path.replace('…', '/conversations/:id').replaceAll(/:(\w+)/g, '{$1}');
    const { paths } = server.document as Body;
    t.ok(paths[`/v1${whole}`]?.[method] ?? paths[whole]?.[method], `${method} ${path}`);
  }
});

t.test('every setting, command, event and field that it names is one', async (t) => {
  const settings = new Set(allSettings.map(({ env }) => env));
  const words = new Set(JSON.stringify([server.document, commands]).match(/[A-Za-z_]+/g));
  const kinds = new Set(JSON.stringify(server.document).match(/[a-z]+\.[a-z]+/g));
  const unknown = here
    .filter((code) => !ROUTE.test(code))
    .flatMap((code) => {
      const [dotted] = /^(?:message|conversation|participant|typing|presence|inbox)\.\w+/.exec(code) ?? [];
      if (dotted !== undefined && !(dotted in commands) && !kinds.has(dotted)) return [dotted];
      return (code.match(/[A-Za-z_]{2,}/g) ?? []).filter(
        (word) => !words.has(word) && !settings.has(word) && !OUTSIDE.includes(word),
      );
    });
  t.same(unknown, []);
});

t.test('pages of a list by their cursors, pages of a conversation by their numbers', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-docs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const { kind, text } of blocksOf(page.replaceAll(/^```js (\S+)\.mjs$/gm, '```js $1'))) {
    writeFileSync(join(folder, `${kind.split(' ')[1]}.mjs`), text);
  }
  const { pagesOf } = await import(join(folder, 'lists.mjs'));
  const { numberedPage } = await import(join(folder, 'numbers.mjs'));
  const una = await server.visitor();
  const get = async (path: string) => {
    const { status, body } = await una.get(path.slice(1));
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return body;
  };
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    ids.unshift((await una.post('conversations', { kind: 'support' })).body.id);
  }
  const pages: Body[][] = [];
  for await (const items of pagesOf(get, 'conversations', 2)) pages.push(items.map(({ id }: Body) => id));
  t.same(pages.flat(), ids);
  t.equal(pages[0]?.length, 2);

  const conversation = await ask(una, '1');
  for (let number = 2; number <= 45; number += 1) {
    await una.post(`conversations/${conversation}/messages`, { content: String(number) });
  }
  const third = await numberedPage(get, conversation, 3);
  t.same([third.page, third.pages], [3, 3]);
  t.same(
    third.items.map(({ content }: Body) => content),
    ['41', '42', '43', '44', '45'],
  );
  await una.post(`conversations/${conversation}/messages`, { content: 'meanwhile' });
  const first = await numberedPage(get, conversation, 1);
  t.same([first.items[0].content, first.items.at(-1).content], ['1', '20']);
});
