/** A page of somebody else's, on an origin of its own, with the script line in it; and the people of the team. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { type Actor, startApp, type TestApp } from '../helper.ts';
import { type PageOptions, startBrowser, type TestBrowser } from './browser.ts';

export interface ShopOptions {
  /** Of the script line: `data-accent="#f00"`. */
  attributes?: string;
  /** In the head. */
  head?: string;
  body?: string;
  lang?: string;
  headers?: Record<string, string>;
  /** Where the page reaches the server, when not at its own address. */
  server?: string;
}

export interface Shop {
  app: TestApp;
  /** The page's address; `path` has its own options. */
  url: string;
  at(path: string, options: ShopOptions): string;
}

/** Starts a server of pages, and a Parley that lets them call. */
export async function startShop(t: Test, options: ShopOptions = {}, config: Partial<Config> = {}): Promise<Shop> {
  const pages = new Map<string, ShopOptions>([['/', options]]);
  let parley = '';
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://shop').pathname);
    if (!page) return void response.writeHead(404).end();
    const {
      attributes = '',
      head = '',
      body = '<h1>Halm lamps</h1>',
      lang = 'en',
      headers = {},
      server: by = parley,
    } = page;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...named(headers, parley) });
    response.end(
      `<!doctype html><html lang="${lang}"><head><title>Halm lamps</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">${named(head, parley)}<script async src="${by}/widget.js" ${attributes}></script></head><body><main>${named(body, parley)}</main></body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // `localhost` and `127.0.0.1` are two origins, and both are secure contexts.
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const app = await startApp(t, { origins: [url], ...config });
  parley = app.url;
  return {
    app,
    url: `${url}/`,
    at(path, more) {
      pages.set(path, { ...options, ...more });
      return url + path;
    },
  };
}

/** `PARLEY` in a text or in headers stands for the server's address. */
function named<T extends string | Record<string, string>>(what: T, parley: string): T {
  if (typeof what === 'string') return what.replaceAll('PARLEY', parley) as T;
  return Object.fromEntries(
    Object.entries(what).map(([name, value]) => [name, value.replaceAll('PARLEY', parley)]),
  ) as T;
}

/** Somebody of the team, by their full name. */
export async function teammate(app: TestApp, name: string, role: 'agent' | 'bot' = 'agent'): Promise<Actor> {
  const one = await app.member(role, `${role}${randomUUID()}`);
  await one.request('PATCH', 'me', { name });
  return one;
}

/** The parts of the widget on a page. */
export function widgetOf(page: Page) {
  const root = page.locator('parley-chat[data-floating]');
  return {
    launcher: root.locator('.launcher'),
    panel: root.locator('.panel'),
    field: root.locator('.composer textarea'),
    log: root.locator('.log'),
    messages: root.locator('.log .m:not(.typing)'),
    message: (text: string): Locator => root.locator('.log .m', { hasText: text }),
    badge: root.locator('.badge'),
    root,
    async open() {
      await root.locator('.launcher').click();
      await root.locator('.composer textarea').waitFor();
    },
    async say(text: string) {
      await root.locator('.composer textarea').fill(text);
      await root.locator('.composer textarea').press('Enter');
    },
  };
}

export const SIZES: Record<string, BrowserContextOptions['viewport']> = {
  phone: { width: 360, height: 740 },
  tablet: { width: 768, height: 1024 },
  desktop: { width: 1280, height: 800 },
};

export interface Talk extends Shop, TestBrowser {
  /** Jonas of the team, and what he hears. */
  agent: Actor;
  line: Awaited<ReturnType<Actor['connect']>>;
  /** The visitor's page, and the widget on it. */
  shop: Page;
  chat: ReturnType<typeof widgetOf>;
  conversationId: string;
  /** Jonas answers. */
  answer(content: string): ReturnType<Actor['request']>;
}

/** A visitor on a page has written to the team, and it has arrived: most of what is to be seen begins there. */
export async function startTalk(
  t: Test,
  first: string,
  { page: pageOptions, config, ...shopOptions }: ShopOptions & { page?: PageOptions; config?: Partial<Config> } = {},
): Promise<Talk> {
  const house = await startShop(t, shopOptions, config);
  const browser = await startBrowser(t);
  const agent = await teammate(house.app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await browser.page(pageOptions);
  const chat = widgetOf(shop);
  await shop.goto(house.url);
  await chat.open();
  await chat.say(first);
  await chat.message(first).getByText('Sent').waitFor();
  const { conversationId } = await line.event('message.created');
  const answer = (content: string) => agent.request('POST', `conversations/${conversationId}/messages`, { content });
  return { ...house, ...browser, agent, line, shop, chat, conversationId, answer };
}
