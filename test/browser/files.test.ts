/** Files by paste and by drop, while they are on their way and when they are not taken. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { axeProblems, inPage, shoot } from './browser.ts';
import { startTalk } from './shop.ts';

t.setTimeout(300_000);

/** An event with a file in it, on the node. */
const withFile = (event: string, kind: 'clipboardData' | 'dataTransfer', name: string, bytes: number) =>
  `(() => { const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(${bytes}).fill(97)], ${JSON.stringify(name)}, { type: 'text/plain' }));
    node.dispatchEvent(new ${event}(${kind === 'clipboardData' ? "'paste'" : "'drop'"}, { ${kind}: data, bubbles: true, composed: true, cancelable: true })); })()`;

t.test('pasted and dropped, told how far they are, taken back, and refused for their size', async (t) => {
  const { agent, shop, chat, conversationId } = await startTalk(t, 'See for yourself', {
    config: { maxFile: 200_000 },
    page: { expected: /Failed to load resource/ },
  });
  const network = await shop.context().newCDPSession(shop);
  const slow = (uploadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await network.send('Network.enable');
  await slow(20_000);
  await inPage(chat.field, withFile('ClipboardEvent', 'clipboardData', 'pasted.txt', 150_000));
  await chat.root.getByText(/Sending \d+%/).waitFor();
  await chat.say('And this');
  await chat.message('And this').getByText('After the file').waitFor();
  t.equal(await chat.root.getByText('Waiting for the network').count(), 0);
  await shoot(shop, 'uploading');
  t.same(await axeProblems(shop), []);
  await chat.root.getByRole('button', { name: 'Cancel' }).click();
  await chat.message('And this').getByText('Sent').waitFor();
  t.equal(await chat.root.locator('.file').count(), 0, 'what was taken back is not sent');
  await slow(-1);

  // Dragged over the panel it is told where it goes; carried away nothing is left; dropped it is sent.
  const folder = mkdtempSync(join(tmpdir(), 'parley-drop-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'dropped.txt');
  writeFileSync(file, '1 lamp');
  const panel = await chat.panel.boundingBox();
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    network.send('Input.dispatchDragEvent', {
      type,
      x: (panel?.x ?? 0) + 200,
      y: (panel?.y ?? 0) + 300,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  const over = chat.root.getByText('Drop it here to send it');
  await drag('dragEnter');
  // A browser tells again and again of what is held.
  const hold = async (meanwhile: () => Promise<void>) => {
    let holds = true;
    const held = (async () => {
      while (holds) await drag('dragOver');
    })();
    await over.waitFor();
    await meanwhile();
    holds = false;
    await held;
  };
  await hold(async () => {
    await shoot(shop, 'dragged');
    t.same(await axeProblems(shop), []);
  });
  await over.waitFor({ state: 'detached' });
  await hold(async () => {});
  await drag('drop');
  await chat.root.locator('a.file', { hasText: 'dropped.txt' }).waitFor();
  await over.waitFor({ state: 'detached' });
  await inPage(chat.log, withFile('DragEvent', 'dataTransfer', 'large.txt', 300_000));
  await chat.root.getByText('Not sent: larger than 200 kB.').waitFor();
  await shoot(shop, 'too-large');
  t.same(await axeProblems(shop), []);
  const choosing = shop.waitForEvent('filechooser');
  await chat.root.getByRole('button', { name: 'Choose another' }).click();
  await (await choosing).setFiles([{ name: 'small.txt', mimeType: 'text/plain', buffer: Buffer.from('1 lamp') }]);
  await chat.root.locator('a.file', { hasText: 'small.txt' }).waitFor();
  const { body } = await agent.request('GET', `conversations/${conversationId}/messages`);
  t.same(
    body.items.map(
      (one: { content: string; attachments: { name: string }[] }) => one.content || one.attachments[0]?.name,
    ),
    ['See for yourself', 'And this', 'dropped.txt', 'small.txt'],
  );
});
