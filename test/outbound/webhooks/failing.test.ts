/** Receivers that are down, slow, or do not like something: nothing is lost, and nobody else waits. */
import t from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../../helper.ts';
import { NEAR, register, startHook, type Told, take } from './hook.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ONLY_MESSAGES = { events: ['message.created'] };

const contents = (told: readonly Told[]) => told.map(({ body }) => body.message.content);
const isOf = (conversation: string) => (told: Told) => told.body.conversationId === conversation;

/** The admin, by a token that is good after a day too. */
async function adminAgain(app: TestApp): Promise<Actor> {
  const login = { email: 'admin@example.com', password: 'correct horse battery' };
  const { body } = await app.request('POST', 'auth/login', login);
  return app.actor(body.token, body.user);
}

const isDone = ({ state }: Body) => state === 'done';

async function say(by: Actor, content: string): Promise<Body> {
  return (await by.request('POST', 'messages', { to: 'support', message: { content } })).body;
}

const deliveriesOf = async (admin: Actor, webhook: Body): Promise<Body[]> =>
  (await admin.request('GET', `webhooks/${webhook.id}/deliveries`)).body.items;

/** The deliveries, once they are written down as `is` wants them. */
async function deliveriesWhen(admin: Actor, webhook: Body, is: (items: Body[]) => boolean): Promise<Body[]> {
  for (;;) {
    const items = await deliveriesOf(admin, webhook);
    if (is(items)) return items;
  }
}

/** A clock that goes, and can be put forward. */
function clock() {
  const ahead = { ms: 0 };
  return { ahead, now: () => Date.now() + ahead.ms };
}

t.test('what fails is told again until it arrives, each conversation in its order, others meanwhile', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const [unlucky, lucky] = [await app.visitor(), await app.visitor()];
  const taken: Told[] = [];
  let refusals = 3;
  hook.answer = (told, response) => {
    const refuse = told.body.message.author.id === unlucky.user.id && refusals > 0;
    if (refuse) refusals -= 1;
    else taken.push(told);
    response.writeHead(refuse ? 500 : 200).end(refuse ? 'not now' : 'thanks');
  };
  const { conversationId } = await say(unlucky, '1');
  for (const content of ['2', '3', '4']) await say(unlucky, content);
  await say(lucky, 'passes by');
  await hook.until(8);
  t.same(contents(taken.filter(isOf(conversationId))), ['1', '2', '3', '4']);
  t.ok(contents(taken).indexOf('passes by') < contents(taken).indexOf('1'), 'another conversation does not wait');
  const ids = hook.told.filter(isOf(conversationId)).map(({ id }) => id);
  t.equal(new Set(ids.slice(0, 4)).size, 1, 'under the same id each time');

  const all = await deliveriesWhen(admin, webhook, (items) => items.length === 5 && items.every(isDone));
  const [last, , , first] = all.filter(({ id }) => ids.includes(id));
  t.match(first, { webhookId: webhook.id, event: 'message.created', attempts: 4, state: 'done', status: 200 });
  t.match(first, { response: '', latencyMs: Number, id: ids[0] }, 'of what arrived no word of the receiver is kept');
  t.match(last, { attempts: 1, state: 'done' });
});

t.test('a receiver that hangs holds back neither the others nor the chat, and is tried one at a time', async (t) => {
  const app = await startApp(t, { ...NEAR, webhookTimeoutMs: 300 });
  const [hanging, fine] = [await startHook(t), await startHook(t)];
  const admin = await app.admin();
  const webhook = await register(admin, hanging, ONLY_MESSAGES);
  await register(admin, fine, ONLY_MESSAGES);
  let open = 0;
  let most = 0;
  hanging.answer = (_told, response) => {
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
  };
  const people = await Promise.all(Array.from({ length: 40 }, () => app.visitor()));
  await Promise.all(people.map((one) => say(one, 'Hello')));
  await fine.until(40);
  t.ok(most <= 32, `${most} at once at the one that hangs`);
  // Down after 8 failures: each of the seven before has let another one begin.
  await hanging.until(32 + 7 + 1);
  const [failed] = await deliveriesWhen(admin, webhook, (items) => items.length > 0);
  t.match(failed, { state: 'waiting', response: 'no answer within 300 ms' });
  hanging.told.length = 0;
  most = 0;
  await hanging.until(2);
  t.equal(most, 1, 'it is down: one attempt at a time finds out when it is not');

  hanging.answer = take;
  const told = await hanging.until(40, ({ body }) => body.message.content === 'Hello');
  t.ok(new Set(told.map(({ body }) => body.conversationId)).size >= 30);
  await hanging.until(1, isOf((await say(people[0] as Actor, 'later')).conversationId));
});

t.test(
  'after a day in which nothing arrived the webhook is disabled and shown, and goes on when told to',
  async (t) => {
    const { ahead, now } = clock();
    const app = await startApp(t, NEAR, { now });
    const hook = await startHook(t);
    const admin = await app.admin();
    const webhook = await register(admin, hook, ONLY_MESSAGES);
    const visitor = await app.visitor();
    hook.answer = (_told, response) => response.writeHead(503).end('not today');
    await say(visitor, 'one');
    await say(visitor, 'two');
    await hook.until(2);
    t.equal((await admin.request('GET', `webhooks/${webhook.id}`)).body.enabled, true);
    ahead.ms += DAY_MS + 1000;
    const later = await adminAgain(app);
    const [second, first] = await deliveriesWhen(later, webhook, (items) =>
      items.every(({ state }) => state === 'failed'),
    );
    t.match(first, { status: 503, event: 'message.created', response: 'not today' }, 'a refusal says why');
    t.match(second, { attempts: 0 }, 'what waited behind it is given up too');
    const { body: shown } = await later.request('GET', `webhooks/${webhook.id}`);
    t.match(shown, { enabled: false, failedAt: String });
    await say(visitor, 'unheard');

    hook.answer = take;
    hook.told.length = 0;
    const { body: again } = await later.request('PATCH', `webhooks/${webhook.id}`, { enabled: true });
    t.equal(again.failedAt, undefined);
    await say(visitor, 'three');
    t.same(contents(await hook.until(1)), ['three'], 'nothing of the time between');
    const { body: saved } = await later.request('POST', `webhooks/${webhook.id}/deliveries/${first.id}/redeliver`);
    t.match(saved, { id: first.id, state: 'done', status: 204 });
    t.match(contents(hook.told), ['three', 'one']);
  },
);

t.test('an event that is never taken while others are is given up alone', async (t) => {
  const { ahead, now } = clock();
  const app = await startApp(t, NEAR, { now });
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  const [visitor, other] = [await app.visitor(), await app.visitor()];
  hook.answer = (told, response) => response.writeHead(told.body.message.content === 'poison' ? 500 : 200).end();
  const { id } = await say(visitor, 'poison');
  await hook.until(2);
  await say(visitor, 'cure');
  await say(other, 'fine');
  // It has the answer too, and not only asked.
  await deliveriesWhen(admin, webhook, (items) => items.some(isDone));
  ahead.ms += DAY_MS + 1000;
  await hook.until(1, ({ body }) => body.message.content === 'cure');
  const later = await adminAgain(app);
  const [poison] = await deliveriesWhen(later, webhook, (items) => items.some(({ state }) => state === 'failed'));
  t.ok(poison);
  t.ok(hook.told.some(({ body }) => body.message.id === id));
  t.equal((await later.request('GET', `webhooks/${webhook.id}`)).body.enabled, true);
});

t.test('a receiver that says that it is gone is asked no more', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook, ONLY_MESSAGES);
  hook.answer = (_told, response) => response.writeHead(410).end();
  await say(await app.visitor(), 'one');
  await hook.until(1);
  const tested = await admin.request('POST', `webhooks/${webhook.id}/test`);
  t.match(tested.body, { event: 'test', state: 'failed', status: 410 });
  await deliveriesWhen(admin, webhook, (items) => items.every(({ state }) => state === 'failed'));
  const { body } = await admin.request('GET', `webhooks/${webhook.id}`);
  t.match(body, { enabled: false, failedAt: String });
});

t.test('where Parley does not go, it says so and goes nowhere', async (t) => {
  const app = await startApp(t, { webhookRetryMs: 50 });
  const hook = await startHook(t);
  const admin = await app.admin();
  const webhook = await register(admin, hook);
  const { body } = await admin.request('POST', `webhooks/${webhook.id}/test`);
  t.match(body, { state: 'failed', response: /PARLEY_OUTBOUND_ALLOW/, status: undefined });
  t.same(hook.told, []);
});
