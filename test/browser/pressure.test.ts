/** A slow phone, and a page that is read four times as large. */
import type { Browser, Page } from 'playwright-core';
import t from 'tap';
import { axeProblems, inPage, shoot, startBrowser } from './browser.ts';
import { startShop, teammate, widgetOf } from './shop.ts';

t.setTimeout(300_000);

/** What {@link yardstick} takes of the slow phone: six times what it took on the machine of the first measurements, idle. */
const YARDSTICK_MS = 6 * 16;
/**
 * What a task may take on it, ms. A machine with other work has no measure for it, whatever the yardstick: there it is told,
 * and held to with `PARLEY_QUIET=1`.
 */
const LONG_MS = 50;
const isQuiet = process.env.PARLEY_QUIET !== undefined;
/** So often it is tried at most: what else a machine does only ever adds, and what is too long is so every time. */
const ROUNDS = isQuiet ? 10 : 1;
/** Boxes that one frame may lay out: the panel with what it opens at, or four messages more. All 60 of them are 350. */
const MOST_BOXES = 100;

/** Times in µs; `tdur` is the thread's own. */
type Trace = {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { url?: string }; beginData?: { dirtyObjects?: number } };
};

function isWithin(event: Trace, task: Trace): boolean {
  const end = ({ ts, dur = 0 }: Trace) => ts + dur;
  return event.pid === task.pid && event.tid === task.tid && event.ts >= task.ts && end(event) <= end(task);
}

/** What the pages' own threads did while `run` ran. */
async function traced(browser: Browser, page: Page, run: () => Promise<unknown>): Promise<Trace[]> {
  await browser.startTracing(page, {
    categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'],
  });
  await run();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Trace[] };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents.filter(({ pid, tid, dur }) => dur !== undefined && mains.has(`${pid} ${tid}`));
}

const isTask = ({ name }: Trace) => name === 'ThreadControllerImpl::RunTask';

/**
 * A known piece of a page's work, in ms of the thread's own time, the shortest of some: what else is measured is measured by
 * it. The page has done it before, so that nothing is compiled meanwhile.
 */
async function yardstick(browser: Browser, blank: Page): Promise<number> {
  const work = `(() => {
    const list = document.createElement('ol');
    for (let n = 0; n < 200; n++) {
      const item = document.createElement('li');
      item.textContent = JSON.stringify({ n, words: 'a known piece of work '.repeat(4) });
      list.append(item);
    }
    document.body.replaceChildren(list);
    return list.offsetHeight;
  })()`;
  const often = async () => {
    for (let n = 0; n < 20; n++) await blank.evaluate(work);
  };
  await often();
  const events = await traced(browser, blank, often);
  const layouts = events.filter(({ name }) => name === 'Layout');
  const tasks = events.filter((task) => isTask(task) && layouts.some((layout) => isWithin(layout, task)));
  return Math.min(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

/** How many boxes each frame laid out, the most first. */
function boxesOf(events: readonly Trace[]): number[] {
  return events
    .flatMap(({ name, args }) => (name === 'Layout' ? (args?.beginData?.dirtyObjects ?? []) : []))
    .sort((a, b) => b - a);
}

/**
 * What each task of the widget's would take of the slow processor, the longest first, in ms: by the thread's own time.
 * Chromium's own throttling is not for a shared machine: it idles by the clock, also for what others take.
 *
 * @param slower how many times as long as here it takes there
 */
function tasksOf(events: readonly Trace[], server: string, slower: number): number[] {
  // The tasks in which the widget's own files ran, and those in which what they made is laid out and painted: the test's
  // questions to the page, and the change from one page to the next, which a listener hears of, are no part of it.
  const own = events.filter(({ args }) => args?.data?.url?.startsWith(`${server}/widget`));
  const draws = events.filter(({ name }) => /^(UpdateLayoutTree|Layout|PrePaint|Paint|Layerize)$/.test(name));
  const others = events.filter(({ name }) => /^(CommitLoad|Receive mojo message)$/.test(name));
  return events
    .filter(isTask)
    .filter((task) => {
      const has = (some: Trace[]) => some.some((event) => isWithin(event, task));
      return (has(own) && !has(others.filter(({ name }) => name === 'CommitLoad'))) || (has(draws) && !has(others));
    })
    .map(({ tdur = 0 }) => (tdur / 1000) * slower)
    .sort((a, b) => b - a);
}

t.test('no task holds a slow phone up: loading, opening, writing, an answer, a long history', async (t) => {
  const { app, url } = await startShop(t);
  const { browser, page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  /** The longest task of each, in its best round. */
  const best = { 'a first visit': Number.POSITIVE_INFINITY, 'coming back': Number.POSITIVE_INFINITY };
  const watched = async (what: keyof typeof best, page: Page, run: () => Promise<void>) => {
    const blank = await page.context().newPage();
    const slower = YARDSTICK_MS / (await yardstick(browser, blank));
    await blank.close();
    const events = await traced(browser, page, run);
    const tasks = tasksOf(events, app.url, slower);
    t.ok(tasks.length > 5, 'its tasks were seen');
    const [most = Number.NaN] = boxesOf(events);
    t.ok(most <= MOST_BOXES, `${what}: a frame lays out ${most} boxes at most`);
    t.comment(`${what}, the longest: ${tasks.slice(0, 5).map(Math.round).join(', ')} ms`);
    best[what] = Math.min(best[what], tasks[0] ?? 0);
  };

  for (let round = 0; round < ROUNDS && Math.max(...Object.values(best)) >= LONG_MS; round++) {
    const shop = await page({ viewport: { width: 360, height: 740 } });
    const chat = widgetOf(shop);
    // By a key: the driver looks into the page before it clicks.
    const open = async () => {
      await chat.launcher.press('Enter');
      await chat.field.waitFor();
    };
    let answer: (content: string) => ReturnType<typeof agent.request> = () => Promise.reject(new Error('too early'));
    await watched('a first visit', shop, async () => {
      await shop.goto(url);
      await open();
      await chat.field.pressSequentially(`Hello ${round}`);
      await chat.field.press('Enter');
      await chat.message('Hello').waitFor();
      const { conversationId } = await line.event(
        ({ type, message }) => type === 'message.created' && message.content === `Hello ${round}`,
      );
      answer = (content) => agent.request('POST', `conversations/${conversationId}/messages`, { content });
      await answer('How can I help?');
      await chat.message('How can I help').waitFor();
    });
    for (let n = 1; n <= 60; n++) await answer(`Number ${n}, and what there is to say of it`);
    await chat.message('Number 60').waitFor();
    await watched('coming back', shop, async () => {
      await shop.reload();
      await open();
      await chat.message('Number 60').waitFor();
      await chat.message('Number 12,').waitFor({ state: 'attached' });
    });
    await shop.context().close();
  }
  if (isQuiet) for (const [what, ms] of Object.entries(best)) t.ok(ms < LONG_MS, `${what}: ${ms} ms`);
});

t.test('at 400% it is the layout of a phone, and nothing is out of reach', async (t) => {
  const { url } = await startShop(t);
  const { page } = await startBrowser(t);
  // 1280 × 1024 at 400%.
  const shop = await page({ viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });
  const chat = widgetOf(shop);
  await shop.goto(url);
  await chat.open();
  await shoot(shop, 'zoom-first');
  t.same(await axeProblems(shop), []);
  await chat.say('Can you read this, and aVeryLongWordThatHasNoPlaceToBreakAndGoesOnAndOnAndOn?');
  await chat.message('Can you').getByText('Sent').waitFor();
  const box = await chat.panel.boundingBox();
  t.same([box?.x, box?.y, box?.width, box?.height], [0, 0, 320, 256]);
  t.ok(await inPage(chat.log, 'node.scrollWidth <= node.clientWidth && node.clientHeight > 80'));
  const field = await chat.field.boundingBox();
  t.ok((field?.y ?? 999) + (field?.height ?? 0) <= 256, 'the composer is on the screen');
  await shoot(shop, 'zoom');
  t.same(await axeProblems(shop), []);
});
