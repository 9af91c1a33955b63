/** What waits to be told again: by an admin's hand, over a restart, when it is gone, when much came meanwhile. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Actor, type Body, startApp } from '../../helper.ts';
import { type Hook, NEAR, register, startHook, type Told, take } from './hook.ts';

const HOUR_MS = 60 * 60 * 1000;
/** What failed waits until a test has it tried again. */
const LATER = { ...NEAR, webhookRetryMs: HOUR_MS };
/** Failures in a row until the webhook itself counts as down. */
const DOWN_AFTER = 8;
const ONLY_MESSAGES = { events: ['message.created'] };

const contents = (told: readonly Told[]) => told.map(({ body }) => body.message.content);
const says = (content: string) => (told: Told) => told.body.message?.content === content;

const refuse: Hook['answer'] = (_told, response) => {
  response.writeHead(500).end('not now');
};

async function say(by: Actor, content: string): Promise<Body> {
  return (await by.request('POST', 'messages', { to: 'support', message: { content } })).body;
}

interface Waiting {
  /** The deliveries, oldest first, once `is` is true of them. */
  deliveriesWhen(is: (items: Body[]) => boolean): Promise<Body[]>;
  /** Has one told again at once, and gives what came of it. */
  redeliver(delivery: Body): Promise<Body>;
}

function waitingOf(admin: Actor, webhook: Body): Waiting {
  const path = `webhooks/${webhook.id}/deliveries`;
  return {
    async deliveriesWhen(is) {
      for (;;) {
        const items: Body[] = (await admin.request('GET', path)).body.items.toReversed();
        if (is(items)) return items;
      }
    },
    redeliver: async ({ id }) => (await admin.request('POST', `${path}/${id}/redeliver`)).body,
  };
}

/** Keeps what is told unanswered: gives the answers in their order. */
function hold(hook: Hook): ServerResponse[] {
  const held: ServerResponse[] = [];
  hook.answer = (_told, response) => held.push(response);
  return held;
}

function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-waiting-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

t.test('told again by hand: the one that holds back the others, and what waits behind it follows', async (t) => {
  const app = await startApp(t, LATER);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const { deliveriesWhen, redeliver } = waitingOf(admin, webhook);
  const visitor = await app.visitor();
  hook.answer = refuse;
  for (const content of ['one', 'two', 'three']) await say(visitor, content);
  const [one, , three] = await deliveriesWhen(({ length }) => length === 3);
  t.match([one.attempts, three.attempts], [1, 0], 'what comes after it waits behind it');

  t.match(await redeliver(one), { state: 'waiting', attempts: 2, status: 500 }, 'it still fails, and waits on');
  hook.answer = take;
  t.match(await redeliver(three), { id: three.id, state: 'done', status: 204 }, 'out of its turn');
  t.same(contents(hook.told), ['one', 'one', 'three']);
  hook.told.length = 0;

  const held: ServerResponse[] = [];
  hook.answer = (told, response) => (says('two')(told) ? held.push(response) : take(told, response));
  t.match(await redeliver(one), { id: one.id, state: 'done', attempts: 3 });
  await hook.until(1, says('two'));
  await say(visitor, 'four');
  await deliveriesWhen((items) => items.length === 4);
  held[0]?.writeHead(204).end();
  await hook.until(1, says('four'));
  t.same(contents(hook.told), ['one', 'two', 'three', 'four']);
  await deliveriesWhen((items) => items.every(({ state }) => state === 'done'));
});

t.test('told again by hand while the webhook is switched off', async (t) => {
  const app = await startApp(t, LATER);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const { deliveriesWhen, redeliver } = waitingOf(admin, webhook);
  hook.answer = refuse;
  await say(await app.visitor(), 'one');
  const [one] = await deliveriesWhen(({ length }) => length === 1);
  await admin.request('PATCH', `webhooks/${webhook.id}`, { enabled: false });
  t.match(await redeliver(one), { state: 'waiting', attempts: 2, status: 500 });
  hook.answer = take;
  t.match(await redeliver(one), { state: 'done', attempts: 3, status: 204 });
  t.same(contents(hook.told), ['one', 'one', 'one']);
});

t.test('over a restart what waits keeps its order and its time', async (t) => {
  const folder = tempFolder(t);
  const first = await startApp(t, LATER, { folder });
  const hook = await startHook(t);
  const admin = await first.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  hook.answer = refuse;
  const [ann, bob] = [await first.visitor(), await first.visitor()];
  for (const content of ['a1', 'a2', 'a3']) await say(ann, content);
  await say(bob, 'b1');
  await waitingOf(admin, webhook).deliveriesWhen(({ length }) => length === 4);
  await first.stop();
  hook.told.length = 0;
  hook.answer = take;

  const soon = await startApp(t, LATER, { folder });
  await say(await soon.visitor(), 'c1');
  await hook.until(1);
  await soon.stop();
  t.same(contents(hook.told), ['c1'], 'its time has not come');

  await startApp(t, LATER, { folder, now: () => Date.now() + 2 * HOUR_MS });
  await hook.until(5);
  t.same(contents(hook.told).sort(), ['a1', 'a2', 'a3', 'b1', 'c1'], 'each once');
  t.same(
    contents(hook.told).filter((content) => content.startsWith('a')),
    ['a1', 'a2', 'a3'],
  );
});

t.test('what is under way when the server stops is told again after its start, under the same id', async (t) => {
  const folder = tempFolder(t);
  const first = await startApp(t, { ...LATER, shutdownMs: 1_000 }, { folder });
  const hook = await startHook(t);
  await register(await first.admin(), hook, ONLY_MESSAGES);
  hold(hook);
  await say(await first.visitor(), 'one');
  await hook.until(1);
  await first.stop();
  hook.answer = take;
  await startApp(t, LATER, { folder });
  const [before, after] = await hook.until(2);
  t.equal(after?.id, before?.id);
  t.same(after?.body, before?.body);
});

t.test('of a conversation that was deleted meanwhile nothing is told, and nothing waits for it', async (t) => {
  const app = await startApp(t, LATER);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const { deliveriesWhen, redeliver } = waitingOf(admin, webhook);
  const [ann, bob] = [await app.visitor(), await app.visitor()];

  const held = hold(hook);
  const { conversationId } = await say(ann, 'one');
  await hook.until(1);
  await say(ann, 'two');
  // Read by the webhook's queue behind it: so is the message above.
  await say(bob, 'from bob');
  await hook.until(2);
  t.equal((await admin.request('DELETE', `conversations/${conversationId}`)).status, 200);
  hook.answer = refuse;
  for (const response of held) response.writeHead(204).end();

  const { conversationId: other } = await say(bob, 'refused');
  const waits = (items: Body[]) => items.some(({ state }) => state === 'waiting');
  const refused = (await deliveriesWhen(waits)).find(({ state }) => state === 'waiting');
  hook.answer = take;
  t.equal((await admin.request('DELETE', `conversations/${other}`)).status, 200);
  t.match(await redeliver(refused), { state: 'done', response: 'nothing of it is left' });
  await say(bob, 'the last');
  await hook.until(1, says('the last'));
  t.same(contents(hook.told), ['one', 'from bob', 'refused', 'the last']);
  await deliveriesWhen((items) => items.every(({ state }) => state === 'done'));
});

t.test('while it is down one attempt is made at a time, of what has failed before', async (t) => {
  const app = await startApp(t, LATER);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const { deliveriesWhen, redeliver } = waitingOf(admin, webhook);
  const [ann, bob] = [await app.visitor(), await app.visitor()];
  hook.answer = refuse;
  await say(ann, 'one');
  const [one] = await deliveriesWhen(({ length }) => length === 1);
  for (let failures = 1; failures < DOWN_AFTER; failures += 1) await redeliver(one);
  const held = hold(hook);
  const tried = redeliver(one);
  await hook.until(DOWN_AFTER + 1);
  await say(bob, 'two');
  // Another webhook is told meanwhile: this one has had its turn too.
  const other = await startHook(t);
  await register(admin, other, ONLY_MESSAGES);
  await say(bob, 'three');
  await other.until(1);
  t.equal(held.length, 1);
  hook.answer = take;
  held[0]?.writeHead(204).end();
  t.match(await tried, { state: 'done' });
  await hook.until(1, says('three'));
  t.same(contents(hook.told).slice(-2), ['two', 'three']);
});

t.test('whatever happened while it was down is told when it is back, and nothing else', async (t) => {
  const app = await startApp(t, LATER);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, { events: ['conversation.created'] });
  const { deliveriesWhen, redeliver } = waitingOf(admin, webhook);
  hook.answer = refuse;
  const people = await Promise.all(Array.from({ length: DOWN_AFTER }, () => app.visitor()));
  for (const one of people) await say(one, 'Hello');
  const [failed] = await deliveriesWhen(({ length }) => length === DOWN_AFTER);
  const [busy] = people as [Actor];
  const line = await busy.connect();
  const { conversationId } = await say(busy, 'There is more');
  // More events than are read in one turn.
  for (let sent = 0; sent < 1_200; sent += 100) {
    const message = { content: 'more' };
    const frames = Array.from({ length: 100 }, () => line.call({ type: 'message.send', conversationId, message }));
    for (const answer of await Promise.all(frames)) if (answer.type !== 'ok') t.fail(JSON.stringify(answer));
  }
  line.socket.close();
  const late = await say(await app.visitor(), 'And somebody else');
  t.equal(hook.told.length, DOWN_AFTER, 'it is down: nothing new is told');
  hook.answer = take;
  t.match(await redeliver(failed), { state: 'done' });
  await hook.until(1, ({ body }) => body.conversationId === late.conversationId);
  await hook.until(2 * DOWN_AFTER + 1);
  const all = await deliveriesWhen((items) => items.every(({ state }) => state === 'done'));
  t.equal(all.length, DOWN_AFTER + 1);
  t.equal(new Set(hook.told.map(({ body }) => body.conversationId)).size, DOWN_AFTER + 1);
});
