/**
 * A real browser for one test file: pages that fail the test when they log an error or break a policy, the accessibility
 * check, screenshots.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium as driver,
  type Locator,
  type Page,
} from 'playwright-core';
import type { Test } from 'tap';
import { chromium } from './chromium.ts';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Where `PARLEY_SHOTS` says, screenshots are written; without it none are. */
const shots = process.env.PARLEY_SHOTS;

/** How long a busy machine may take to end a browser. */
const CLOSING_MS = 15_000;

export interface PageOptions extends BrowserContextOptions {
  /** Errors that belong to the test, such as those of a network that is switched off. */
  expected?: RegExp;
}

export interface TestBrowser {
  browser: Browser;
  /** A page in a profile of its own: as on another computer. */
  page(options?: PageOptions): Promise<Page>;
  /** Another tab of the same profile. */
  tab(context: BrowserContext, options?: Pick<PageOptions, 'expected'>): Promise<Page>;
}

/** Starts Chromium, and ends it with the test. */
export async function startBrowser(t: Test): Promise<TestBrowser> {
  const { path, env } = await chromium();
  const browser = await driver.launch({ executablePath: path, env, args: ['--no-sandbox'], chromiumSandbox: false });
  // A browser that does not end is left to the end of the process: the test has been judged by then.
  t.teardown(() => Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref())]));

  const tab: TestBrowser['tab'] = async (context, { expected } = {}) => {
    const page = await context.newPage();
    const trouble = (text: string) => {
      if (!expected?.test(text)) t.fail(`the page: ${text}`);
    };
    page.on('pageerror', (error) => trouble(`${error.stack ?? error}`));
    // Broken policies are told as errors of the console too.
    page.on('console', (message) => {
      if (message.type() === 'error') trouble(`${message.text()} (${message.location().url})`);
    });
    return page;
  };
  return {
    browser,
    tab,
    async page({ expected, ...options } = {}) {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
      return tab(context, expected === undefined ? {} : { expected });
    },
  };
}

/** What axe finds wrong in the page, in words; empty: nothing. Runs beside the page's own scripts, whatever its policy. */
export async function axeProblems(page: Page, within?: string): Promise<string[]> {
  await untilStill(page);
  // Not as a script tag: a strict policy refuses those.
  await page.evaluate(axe);
  const found = await page.evaluate(async (selector) => {
    const { axe } = globalThis as unknown as {
      axe: { run(context: unknown, options: object): Promise<{ violations: Violation[] }> };
    };
    type Violation = { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] };
    const context = selector ?? { include: [['html']] };
    const { violations } = await axe.run(context, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => {
      const where = nodes.map((node) => `${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`);
      return `${id}: ${help}\n  ${where.join('\n  ')}`;
    });
  }, within);
  return found;
}

/** What an expression about an element (`node`) gives in the page. */
export function inPage(locator: Locator, expression: string): Promise<unknown> {
  return locator.evaluate(new Function('node', `return (${expression})`) as (node: unknown) => unknown);
}

/** When something is true in the page. Asked from outside: a page of ours lets no text be evaluated in it. */
export async function untilInPage(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(`Boolean(${expression})`))) {
    await page.evaluate('new Promise((next) => requestAnimationFrame(next))');
  }
}

/**
 * When nothing moves any more: halfway from one colour to another, nothing has the contrast that it will have. Two frames
 * first, for what the page itself does when it hears of a change.
 */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const ending = () => document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
    await frame();
    await frame();
    for (let all = ending(); all.length > 0; all = ending()) await Promise.allSettled(all.map((one) => one.finished));
  })()`);
}

/** A picture for whoever looks, where `PARLEY_SHOTS` names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  const path = join(shots, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
}
