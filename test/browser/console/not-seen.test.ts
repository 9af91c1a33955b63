/** A reply to what one has not seen is refused by the server, and the console asks before it goes out all the same. */
import type { WebSocketRoute } from 'playwright-core';
import t from 'tap';
import { openHouse } from './house.ts';

t.setTimeout(240_000);

t.test('newer messages', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const aiko = await house.member('agent', 'aiko');
  const mara = await house.writer('Mara Lindqvist', 'It flickers');
  const jonas = await house.console('jonas');
  // What the line brings of new messages is late by as much as the test likes: all else comes as it is.
  const held: string[] = [];
  let holds = false;
  let refusals = false;
  const { promise: refused, resolve: tell } = Promise.withResolvers<void>();
  let socket: WebSocketRoute | undefined;
  await jonas.routeWebSocket(/\/v1\/ws/, (page) => {
    socket = page;
    const server = page.connectToServer();
    server.onMessage((frame) => {
      const isLate = holds && /"message\.created"/.test(`${frame}`);
      const isRefusal = refusals && /NEWER_MESSAGES/.test(`${frame}`);
      if (isRefusal) tell();
      if (isLate || isRefusal) held.push(`${frame}`);
      else page.send(frame);
    });
  });
  await jonas.goto(`${house.url}/console/open/${mara.conversationId}`);
  await jonas.locator('.nobody-yet').getByRole('button', { name: 'Claim' }).click();
  const editor = jonas.locator('#editor');
  await editor.waitFor();
  const contents = async () => {
    const { body } = await mara.request('GET', `conversations/${mara.conversationId}/messages`);
    return body.items.map(({ content }: { content: string }) => content);
  };

  await t.test('it is refused, the words stay, and one is told who was faster', async (t) => {
    holds = true;
    await aiko.request('POST', `conversations/${mara.conversationId}/messages`, { content: 'A new one is on its way' });
    await editor.fill('Turn it off and on');
    await editor.press('Enter');
    await jonas.getByRole('button', { name: 'Send anyway' }).waitFor();
    t.equal(await editor.inputValue(), 'Turn it off and on');
    t.same(await contents(), ['It flickers', 'A new one is on its way']);
    t.ok(held.length > 0);
    holds = false;
    for (const frame of held.splice(0)) socket?.send(frame);
    await jonas.getByRole('log').getByText('A new one is on its way').waitFor();
  });

  await t.test('and sent all the same where one wants so', async (t) => {
    await jonas.getByRole('button', { name: 'Send anyway' }).click();
    await jonas.getByRole('log').getByText('Turn it off and on').waitFor();
    await jonas.getByText('Sent', { exact: true }).waitFor();
    t.same(await contents(), ['It flickers', 'A new one is on its way', 'Turn it off and on']);
  });

  await t.test(
    'all that was sent comes back, in its order, with its files, before what is being written',
    async (t) => {
      holds = true;
      refusals = true;
      await aiko.request('POST', `conversations/${mara.conversationId}/messages`, { content: 'Faster once more' });
      await jonas
        .locator('input[type=file]')
        .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('a plan') });
      await editor.fill('First');
      await editor.press('Enter');
      await editor.fill('Second');
      await editor.press('Enter');
      await editor.fill('Third');
      await refused;
      holds = false;
      refusals = false;
      for (const frame of held.splice(0)) socket?.send(frame);
      const all = 'First\n\nSecond\n\nThird';
      while ((await editor.inputValue()) !== all) await jonas.evaluate('new Promise(requestAnimationFrame)');
      await jonas.getByText('plan.txt').waitFor();
      await jonas.getByRole('button', { name: 'Send anyway' }).click();
      await jonas.getByRole('log').getByText('plan.txt').waitFor();
      t.equal((await contents()).at(-1), all);
    },
  );
});

t.test('what was never on the screen is not read, however tall it is', async (t) => {
  const house = await openHouse(t);
  await house.member('agent', 'jonas');
  const tall = (word: string) => `${word}${'\n.'.repeat(300)}`;
  const mara = await house.writer('Mara Lindqvist', tall('one'), tall('two'));
  const jonas = await house.console('jonas');
  await jonas.goto(`${house.url}/console/open/${mara.conversationId}`);
  await jonas.getByRole('log').getByText('two').waitFor();
  const admin = await house.admin();
  const mark = async () => (await admin.request('GET', `conversations/${mara.conversationId}`)).body.teamReadSeq;
  while ((await mark()) === 0) await jonas.evaluate('new Promise(requestAnimationFrame)');
  t.equal(await mark(), 1);
  await jonas.getByRole('log').evaluate((log) => {
    (log as never as { scrollTop: number }).scrollTop = 1e6;
  });
  await jonas.locator('.row .badge').waitFor({ state: 'detached' });
  t.equal(await mark(), 2);
});
