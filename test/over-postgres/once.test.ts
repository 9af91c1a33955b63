/** What servers do by themselves is done once, however many share a database, and by another when one of them is killed. */
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { noPostgres, queried, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { type Actor, type Body, callers, startApp, type TestApp } from '../helper.ts';
import { startServer } from '../life/server-process.ts';
import { bodyOf, startReceiver } from '../outbound/receiver.ts';
import { type Hook, NEAR, register, startHook } from '../outbound/webhooks/hook.ts';

t.setTimeout(600_000);
const postgres = noPostgres ? null : await startPostgres(t);

/** Servers in this process, begun together over a new database and one folder. */
async function startTwo(t: Test): Promise<{ one: TestApp; two: TestApp }> {
  const database = (await postgres?.database()) ?? '';
  const folder = tempFolder(t);
  const start = () => startApp(t, { database, ...NEAR }, { folder });
  const [one, two] = await Promise.all([start(), start()]);
  return { one, two };
}

/** The other's way to the same person. */
const at = (app: Pick<TestApp, 'actor'>, who: Actor) => app.actor(who.token, who.user);

async function startProcesses(t: Test) {
  const database = (await postgres?.database()) ?? '';
  const folder = tempFolder(t);
  const env = { PARLEY_DATABASE: database, PARLEY_OUTBOUND_ALLOW: '127.0.0.1', PARLEY_WEBHOOK_RETRY_MS: '100' };
  return { database, start: () => startServer(t, folder, env) };
}

/** What came of each conversation: the revs as they came, each copy of them. */
function revsOf(told: Hook['told']): Map<string, number[]> {
  const revs = new Map<string, number[]>();
  for (const { body } of told) revs.set(body.conversationId, [...(revs.get(body.conversationId) ?? []), body.rev]);
  return revs;
}

const revsIn = (url: string) =>
  queried(url, async (client) => {
    const { rows } = await client.query("select uuid, rev::int from conversations where kind = 'support'");
    return new Map(rows.map(({ uuid, rev }): [string, number] => [uuid, rev]));
  });

t.test(
  'a webhook is told each event once and in order by two servers, and by the other when one is killed',
  {
    skip: noPostgres,
  },
  async (t) => {
    const { database, start } = await startProcesses(t);
    const hook = await startHook(t);
    const first = await start();
    const app = callers(t, first.url);
    await register(await app.admin(), hook);
    const visitors = await Promise.all(Array.from({ length: 4 }, () => app.visitor()));
    const [opener] = visitors as [Actor, ...Actor[]];
    await opener.request('POST', 'messages', { to: 'support', message: { content: 'who tells it now goes on' } });
    await hook.until(1);
    const second = await start();
    const others = callers(t, second.url);
    const talk = async (ways: readonly Actor[], text: string) => {
      for (let count = 0; count < 10; count += 1) {
        for (const way of ways) {
          const { status } = await way.request('POST', 'messages', {
            to: 'support',
            message: { content: `${text} ${count}` },
          });
          t.equal(status, 201);
        }
      }
    };
    await Promise.all(visitors.map((visitor) => talk([visitor, others.actor(visitor.token, visitor.user)], 'calm')));
    const calm = await revsIn(database);
    const sum = (revs: Map<string, number>) => [...revs.values()].reduce((all, rev) => all + rev, 0);
    await hook.until(sum(calm));
    t.same(new Set(hook.told.map(({ id }) => id)).size, hook.told.length, 'none came twice');
    for (const [conversation, revs] of revsOf(hook.told)) {
      t.same(
        revs,
        Array.from({ length: calm.get(conversation) ?? 0 }, (_, index) => index + 1),
      );
    }

    // Slow enough that the kill finds something under way.
    hook.answer = (_told, response) => setImmediate(() => response.writeHead(204).end());
    const before = hook.told.length;
    const talking = Promise.all(visitors.map((visitor) => talk([others.actor(visitor.token, visitor.user)], 'killed')));
    await hook.until(before + 10);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await talking;
    const all = await revsIn(database);
    const firstOf = (conversation: string) => [...new Set(revsOf(hook.told).get(conversation))];
    await hook.until(1, () => [...all].every(([conversation, rev]) => firstOf(conversation).length === rev));
    for (const [conversation, rev] of all) {
      t.same(
        firstOf(conversation),
        Array.from({ length: rev }, (_, index) => index + 1),
        'each came first in its order',
      );
    }
  },
);

t.test('changes of a webhook, and a telling out of turn, reach whoever tells it', { skip: noPostgres }, async (t) => {
  const { one, two } = await startTwo(t);
  const hook = await startHook(t);
  const admin = await one.admin();
  const made = await register(admin, hook);
  const visitor = await one.visitor();
  const say = (by: Actor, content: string) => by.request('POST', 'messages', { to: 'support', message: { content } });
  await say(visitor, 'first');
  const contents = (told: Hook['told']) => told.flatMap(({ body }) => body.message?.content ?? []);
  await hook.until(1, ({ body }) => body.message?.content === 'first');
  const elsewhere = [one, two].map((app) => app.actor(admin.token, admin.user));

  // What waits at one is told by the other, and what is behind it follows.
  hook.answer = (_told, response) => response.writeHead(500).end();
  for (const by of elsewhere) await by.request('PATCH', `webhooks/${made.id}`, { events: ['message.created'] });
  await say(at(two, visitor), 'second');
  await hook.until(1, ({ body }) => body.message?.content === 'second');
  await say(visitor, 'third');
  hook.answer = (_told, response) => response.writeHead(204).end();
  await hook.until(1, ({ body }) => body.message?.content === 'third');
  t.same([...new Set(contents(hook.told))], ['first', 'second', 'third']);

  for (const by of elsewhere) {
    const before = hook.told.length;
    await by.request('PATCH', `webhooks/${made.id}`, { enabled: false });
    await say(visitor, 'nobody hears it');
    await by.request('PATCH', `webhooks/${made.id}`, { enabled: true });
    await say(visitor, 'heard again');
    await hook.until(1, (told) => hook.told.indexOf(told) >= before && told.body.message?.content === 'heard again');
  }
  t.notOk(contents(hook.told).includes('nobody hears it'));
});

/** A bot's program: everything that it is asked waits for the test. */
async function startBot(t: Test, admin: Actor) {
  const asked: { body: Body; id: string; say: (body: unknown, status?: number) => void }[] = [];
  const waiting = new Set<() => void>();
  const { url } = await startReceiver(t, async (request, response) => {
    const body = JSON.parse(await bodyOf(request));
    const say = (answer: unknown, status = 200) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    asked.push({ body, id: String(request.headers['webhook-id']), say });
    for (const look of [...waiting]) look();
  });
  const how = {
    name: 'Lea',
    engine: 'webhook',
    url,
    timeoutMs: 600_000,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  };
  const { body: bot } = await admin.request('POST', 'bots', how);
  return {
    bot,
    asked,
    /** The question of that number, when it has come. */
    question: (number: number) =>
      new Promise<(typeof asked)[number]>((resolve) => {
        const look = () => {
          const found = asked[number - 1];
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function customerOf(admin: Actor, visitor: Actor, bot: Body): Promise<string> {
  const about = { kind: 'support', customerId: visitor.user.id, assigneeId: bot.id };
  return (await admin.request('POST', 'conversations', about)).body.id;
}

const textsOf = async (by: Actor, id: string) =>
  (await by.request('GET', `conversations/${id}/messages`)).body.items.map(({ content }: Body) => content);

t.test(
  'a bot is asked once, and who waits for its answer has it, at whatever server',
  { skip: noPostgres },
  async (t) => {
    const { one, two } = await startTwo(t);
    const admin = await one.admin();
    const { bot, asked, question } = await startBot(t, admin);
    const visitor = await one.visitor();
    const id = await customerOf(admin, visitor, bot);
    const [here, there] = [visitor, at(two, visitor)];
    const path = `conversations/${id}/messages?wait=reply`;
    for (const [by, other] of [
      [here, there],
      [there, here],
    ] as const) {
      const first = question(asked.length + 1);
      const waiting = by.request('POST', path, { content: 'Hello?' });
      (await first).say({ reply: 'At once' });
      t.match((await waiting).body, { reply: { content: 'At once' } });

      // It answers later, at the other one.
      const second = question(asked.length + 1);
      const later = by.request('POST', path, { content: 'And now?' });
      const deferred = await second;
      deferred.say({}, 202);
      const { pathname } = new URL(deferred.body.replyUrl);
      const taken = async (): Promise<number> => {
        const { status } = await other.request('POST', pathname, { reply: 'Later' });
        return status === 404 ? taken() : status;
      };
      t.equal(await taken(), 204);
      t.match((await later).body, { reply: { content: 'Later' } });
    }
    t.equal(asked.length, 4);
    t.same(await textsOf(here, id), [
      'Hello?',
      'At once',
      'And now?',
      'Later',
      'Hello?',
      'At once',
      'And now?',
      'Later',
    ]);
  },
);

t.test('a bot that a killed server had asked is asked by another', { skip: noPostgres }, async (t) => {
  const { start } = await startProcesses(t);
  const first = await start();
  const app = callers(t, first.url);
  const admin = await app.admin();
  const { bot, asked, question } = await startBot(t, admin);
  const [visitor, patient] = [await app.visitor(), await app.visitor()];
  const [id, other] = [await customerOf(admin, visitor, bot), await customerOf(admin, patient, bot)];
  await visitor.request('POST', `conversations/${id}/messages`, { content: 'Hello?' });
  const before = await question(1);

  const second = callers(t, (await start()).url);
  const there = at(second, visitor);
  // The second one asks for itself, and leaves to the first what the first is at.
  const waiting = at(second, patient).request('POST', `conversations/${other}/messages?wait=reply`, {
    content: 'And I?',
  });
  (await question(2)).say({ reply: 'You too' });
  await waiting;
  first.child.kill('SIGKILL');
  const after = await question(3);
  t.equal(after.id, before.id, 'the turn is the same');
  const line = await there.connect();
  after.say({ reply: 'Here I am' });
  await line.event(({ type, message }) => type === 'message.created' && message.content === 'Here I am');
  t.same(await textsOf(there, id), ['Hello?', 'Here I am']);
  t.equal(asked.length, 3);
});

t.test(
  'an answer that a killed server was writing stands as interrupted, and the fallback follows',
  {
    skip: noPostgres,
  },
  async (t) => {
    const { start } = await startProcesses(t);
    const first = await start();
    const app = callers(t, first.url);
    const admin = await app.admin();
    const program = await startReceiver(t, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('one, two');
    });
    const how = {
      name: 'Lea',
      engine: 'webhook',
      url: program.url,
      timeoutMs: 600_000,
      fallback: { text: 'Please write to us.' },
    };
    const { body: bot } = await admin.request('POST', 'bots', how);
    const visitor = await app.visitor();
    const id = await customerOf(admin, visitor, bot);
    const begun = await visitor.connect();
    await visitor.request('POST', `conversations/${id}/messages`, { content: 'Count!' });
    await begun.event(({ type, message }) => type === 'message.created' && message.ai === true);
    const second = callers(t, (await start()).url);
    const there = at(second, visitor);
    t.match((await there.request('GET', `conversations/${id}/messages`)).body.items[1], { state: 'streaming' });
    const line = await there.connect();
    first.child.kill('SIGKILL');
    await line.event(({ type, message }) => type === 'message.created' && message.content === 'Please write to us.');
    t.match((await there.request('GET', `conversations/${id}/messages`)).body.items, [
      { content: 'Count!' },
      { content: 'one, two', state: 'interrupted' },
      { content: 'Please write to us.' },
    ]);
    t.equal(program.asked, 1);
  },
);

t.test(
  'a job is done at one server and told at another; what was put off ends once',
  { skip: noPostgres },
  async (t) => {
    const { one, two } = await startTwo(t);
    const [admin, ann] = [await one.admin(), await one.member('agent', 'Ann')];
    for (const app of [one, two]) {
      const visitor = await app.visitor();
      const said = { to: 'support', message: { content: 'Hello' } };
      const id = (await visitor.request('POST', 'messages', said)).body.conversationId;
      const line = await at(app === one ? two : one, ann).connect({ inbox: true });
      const until = new Date(Date.now() + 500).toISOString();
      await at(app, ann).request('PATCH', `conversations/${id}`, { snoozedUntil: until });
      const isOver = ({ parentId, message }: Body) =>
        parentId === id && message?.system?.code === 'snoozed' && message.system.until === null;
      const { conversationId: side } = await line.event(isOver);
      const notes = await at(app, ann).request('GET', `conversations/${side}/messages`);
      t.equal(
        notes.body.items.filter(({ system }: Body) => system?.code === 'snoozed' && system.until === null).length,
        1,
      );

      const { status, body } = await at(app, admin).request('DELETE', `users/${visitor.user.id}`);
      t.equal(status, 202);
      // It is found until its last step.
      const done = async (): Promise<void> => {
        const told = await at(app === one ? two : one, admin).request('GET', `jobs/${body.id}`);
        if (told.status !== 404) await done();
      };
      await done();
      t.match((await at(app, admin).request('GET', `conversations/${id}/messages`)).body.items[0], { content: null });
    }
  },
);

t.test('what a killed server had begun is done by another', { skip: noPostgres }, async (t) => {
  const { start } = await startProcesses(t);
  const first = await start();
  const app = callers(t, first.url);
  const admin = await app.admin();
  const visitor = await app.visitor();
  for (let count = 0; count < 20; count += 1) {
    await visitor.request('POST', 'messages', { to: 'support', message: { content: `Hello ${count}` } });
  }
  const second = callers(t, (await start()).url);
  const { body } = await admin.request('DELETE', `users/${visitor.user.id}`);
  first.child.kill('SIGKILL');
  const there = at(second, admin);
  const done = async (): Promise<void> => {
    if ((await there.request('GET', `jobs/${body.id}`)).status !== 404) await done();
  };
  await done();
});
