/** What was said before, and what is said to who listens. */
import t from 'tap';
import { axeProblems, inPage, startBrowser } from './browser.ts';
import { startShop, startTalk, teammate } from './shop.ts';

t.setTimeout(180_000);

t.test('history comes upward, and what is read stays where it is', async (t) => {
  const { shop, chat, line, answer } = await startTalk(t, 'The first of many');
  for (let n = 1; n < 120; n++) await answer(`Number ${n}.`);
  const { body: last } = await answer('Number 120.');
  await chat.message('Number 120.').waitFor();
  // Who has read less lands further up, where the page before is asked for.
  await line.event(({ type, readSeq }) => type === 'participant.read' && readSeq >= last.seq);
  await shop.reload();
  await chat.open();
  await chat.message('Number 120.').waitFor();
  // All of the page, which comes piece by piece: one that comes later takes the reader away from the top again.
  await chat.message('Number 71.').waitFor({ state: 'attached' });
  t.equal(await chat.message('Number 30.').count(), 0, 'the newest page is there, and no more');
  await inPage(chat.log, 'node.scrollTop = 300');
  const [id, before] = (await inPage(
    chat.log,
    `[...node.querySelectorAll('.m')].map((row) => [row.dataset.id, row.getBoundingClientRect()])
      .filter(([, box]) => box.bottom > node.getBoundingClientRect().top).map(([id, box]) => [id, box.y])[0]`,
  )) as [string, number];
  await chat.message('Number 30.').waitFor({ state: 'attached' });
  const after = await inPage(chat.log, `node.querySelector('[data-id="${id}"]').getBoundingClientRect().y`);
  t.ok(Math.abs((after as number) - before) < 1, `from ${before} to ${after}`);
  while ((await chat.message('The first of many').count()) === 0) await inPage(chat.log, 'node.scrollTop = 0');
  t.equal(await chat.messages.count(), 121);
  t.same(await axeProblems(shop), []);
});

t.test(
  'a new message of another is said once to who listens; one’s own and what was said before are not',
  async (t) => {
    const { shop, chat, answer } = await startTalk(t, 'Tell me of stones');
    await inPage(
      chat.root.locator('.sr'),
      `(window.said = [], new MutationObserver(() => node.textContent && said.push(node.textContent))
      .observe(node, { childList: true, characterData: true, subtree: true }))`,
    );
    await answer('Jasper');
    await chat.message('Jasper').waitFor();
    await chat.say('And more');
    await chat.message('And more').getByText('Sent').waitFor();
    await chat.launcher.click();
    await chat.panel.waitFor({ state: 'hidden' });
    await chat.open();
    await answer('Opal');
    await chat.message('Opal').waitFor();
    t.same(await shop.evaluate('said'), ['Jonas Weber: Jasper', 'Jonas Weber: Opal']);
  },
);

t.test('a conversation far below in the page is not read before it is seen', async (t) => {
  const below =
    '<h1>Halm</h1><div style="height:3000px"></div><div style="height:420px"><parley-chat></parley-chat></div>';
  const { app, url, at } = await startShop(t, { body: below, attributes: 'data-launcher="hidden"' });
  const { page } = await startBrowser(t);
  const agent = await teammate(app, 'Jonas Weber');
  const line = await agent.connect({ inbox: true });
  const shop = await page();
  await shop.goto(url);
  const inside = shop.locator('main parley-chat');
  await inside.locator('textarea').fill('Is anybody there?');
  await inside.locator('textarea').press('Enter');
  await inside.locator('.m', { hasText: 'Is anybody' }).getByText('Sent').waitFor();
  const { conversationId: id } = await line.event('message.created');
  const mark = async () => (await agent.request('GET', `conversations/${id}`)).body.participants[0].readSeq;
  await shop.goto(at('/again', {}));
  await inside.locator('.m', { hasText: 'Is anybody' }).waitFor({ state: 'attached' });
  for (const content of ['Yes', 'Still here']) {
    await agent.request('POST', `conversations/${id}/messages`, { content });
    await inside.locator('.m', { hasText: content }).waitFor({ state: 'attached' });
  }
  t.equal(await mark(), 1);
  const read = line.event(
    ({ type, userId, readSeq }) => type === 'participant.read' && userId !== 'team' && readSeq === 3,
  );
  await inside.scrollIntoViewIfNeeded();
  await shop.mouse.wheel(0, 4000);
  await read;
  t.equal(await mark(), 3);
});
