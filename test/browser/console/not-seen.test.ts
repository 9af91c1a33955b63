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
  let socket: WebSocketRoute | undefined;
  await jonas.routeWebSocket(/\/v1\/ws/, (page) => {
    socket = page;
    const server = page.connectToServer();
    server.onMessage((frame) => {
      if (holds && /"message\.created"/.test(`${frame}`)) held.push(`${frame}`);
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
});
