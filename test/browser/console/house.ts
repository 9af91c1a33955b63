/** A lamp shop with a team and visitors, and its console in a browser. */
import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import type { Config } from '../../../src/config.ts';
import { type Actor, startApp, type TestApp } from '../../helper.ts';
import { type PageOptions, startBrowser, type TestBrowser } from '../browser.ts';

const PASSWORD = 'correct horse battery';

export interface House extends TestApp, TestBrowser {
  /** A console in a browser of its own, signed in. `init`: runs in the page before all else. */
  console(who: string, options?: PageOptions & { path?: string; init?: string }): Promise<Page>;
  /** A visitor who has written. */
  writer(name: string | null, ...texts: string[]): Promise<Writer>;
}

export interface Writer extends Actor {
  conversationId: string;
  write(text: string): Promise<void>;
}

export async function openHouse(
  t: Test,
  overrides: Partial<Config> = {},
  options: { folder?: string; now?: () => number } = {},
): Promise<House> {
  return houseOf(t, await startApp(t, overrides, options));
}

/** The same around a server that is there. */
export async function houseOf(t: Test, app: TestApp): Promise<House> {
  const browser = await startBrowser(t);
  return {
    ...app,
    ...browser,
    async console(who, { path = '', init, ...options } = {}) {
      // What a browser calls an error: nobody is signed in at first, somebody was first, the server stops.
      const expected = /401 \(Unauthorized\).*\/v1\/auth\/refresh|409 \(Conflict\)|503 \(|net::ERR_|WebSocket/;
      const page = await browser.page({ viewport: { width: 1440, height: 900 }, expected, ...options });
      if (init !== undefined) await page.addInitScript(init);
      await page.goto(`${app.url}/console${path}`);
      await signIn(page, who);
      return page;
    },
    async writer(name, ...texts) {
      const context = {
        page: 'https://halm.example/lamps/halm-02',
        title: 'Halm 02',
        timeZone: 'Europe/Oslo',
        language: 'nb',
      };
      const visitor = await app.visitor({ context, ...(name === null ? {} : { name }) });
      let conversationId = '';
      const write = async (content: string) => {
        const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content } });
        conversationId = body.conversationId;
      };
      for (const text of texts) await write(text);
      return {
        ...visitor,
        write,
        get conversationId() {
          return conversationId;
        },
      };
    },
  };
}

/** Through the form, as a person does. */
export async function signIn(page: Page, who: string): Promise<void> {
  await page.getByLabel('E-mail').fill(`${who}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}
