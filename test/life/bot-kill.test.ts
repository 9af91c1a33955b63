/** `kill -9` while bots are asked and while they write: every question is answered once, and no answer is lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Body, callers } from '../helper.ts';
import { bodyOf, startReceiver } from '../outbound/receiver.ts';
import { startServer } from './server-process.ts';

const CUSTOMERS = 4;
const CYCLES = 2;

t.test('killed while bots answer, the server goes on with every turn', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bot-kill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let asked = 0;
  let onAsked = () => {};
  // Half of them hang for ever, the others write without an end: whatever is killed is killed in the middle.
  let hangs = true;
  const bot = await startReceiver(t, async (request, response) => {
    const { message } = JSON.parse(await bodyOf(request));
    asked += 1;
    onAsked();
    if (!hangs)
      return void response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '4' }).end('done');
    if (message.content.includes('silent')) return;
    response.writeHead(200, { 'content-type': 'text/plain' });
    const writing = setInterval(() => response.write('word '), 20);
    response.on('close', () => clearInterval(writing));
  });
  const env = { PARLEY_OUTBOUND_ALLOW: '127.0.0.1' };
  const untilAsked = (count: number) =>
    new Promise<void>((resolve) => {
      onAsked = () => asked >= count && resolve();
      onAsked();
    });

  let server = await startServer(t, folder, env);
  const people = callers(t, server.url);
  const admin = await people.admin();
  const { body: made } = await admin.request('POST', 'bots', {
    name: 'Lea',
    engine: 'webhook',
    url: bot.url,
    timeoutMs: 600_000,
    fallback: { text: 'sorry' },
  });
  const customers: { token: string; user: Body; id: string }[] = [];
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const { token, user } = await people.visitor();
    const begun = await admin.request('POST', 'conversations', {
      kind: 'support',
      customerId: user.id,
      assigneeId: made.id,
    });
    customers.push({ token, user, id: begun.body.id });
  }
  const say = (url: string, text: string) =>
    Promise.all(
      customers.map(({ token, user, id }, index) =>
        callers(t, url)
          .actor(token, user)
          .request('POST', `conversations/${id}/messages`, { content: `${text} ${index % 2 ? 'silent' : 'loud'}` }),
      ),
    );

  await say(server.url, 'first');
  await untilAsked(CUSTOMERS);
  for (const { token, user, id } of customers.filter((_, index) => index % 2 === 0)) {
    const actor = people.actor(token, user);
    while ((await actor.request('GET', `conversations/${id}/messages`)).body.items.length < 2);
  }
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    t.same(await server.end('SIGKILL'), [null, 'SIGKILL']);
    const before = asked;
    server = await startServer(t, folder, env);
    // The silent ones are asked anew; what the others wrote is interrupted, and they have heard the fallback.
    await untilAsked(before + CUSTOMERS / 2);
  }
  hangs = false;
  await server.end('SIGKILL');
  server = await startServer(t, folder, env);
  const wait = customers.map(async ({ token, user, id }) => {
    const actor = callers(t, server.url).actor(token, user);
    const answer = await actor.request('POST', `conversations/${id}/messages?wait=reply`, { content: 'last' });
    t.equal(answer.body.reply.content, 'done');
    return (await actor.request('GET', `conversations/${id}/messages`)).body.items as Body[];
  });
  for (const [index, messages] of (await Promise.all(wait)).entries()) {
    const told = messages.map(({ content, state }) =>
      `${content.startsWith('word') ? 'words' : content} ${state ?? ''}`.trim(),
    );
    const expected =
      index % 2 === 0 ? ['first loud', 'words interrupted', 'sorry', 'last', 'done'] : ['first silent', 'last', 'done'];
    // A silent one's first question is answered when its program answers again, before or with the last.
    if (index % 2 === 0) t.same(told, expected, `customer ${index}`);
    else t.ok(told.filter((text) => text === 'done').length >= 1 && !told.includes('sorry'), told.join(', '));
    t.same(
      messages.map(({ seq }) => seq),
      messages.map((_, place) => place + 1),
      'no hole, nothing twice',
    );
  }
  t.equal(await server.end('SIGTERM').then(([code]: Body) => code), 0);
});
