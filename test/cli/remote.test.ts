/** Scripts that speak to a server by the command line: token, send, tail; and migrate. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { type Body, startApp } from '../helper.ts';
import { runParley, spawnParley } from './parley.ts';

t.setTimeout(300_000);

/** The lines that a command prints, one by one. */
function lines(t: Test, args: readonly string[], settings: Record<string, string>) {
  const child = spawnParley(args, settings);
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout === null || child.stderr === null) throw new Error('it has no output');
  child.stderr.on('data', (text) => t.comment(String(text)));
  const found = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async next(): Promise<string> {
      const { value, done } = await found.next();
      if (done) throw new Error('it has ended');
      return value;
    },
    /** The next event of a type. */
    async event(type: string): Promise<Body> {
      for (;;) {
        const event = JSON.parse(await this.next());
        if (event.type === type) return event;
      }
    },
  };
}

t.test('a token, a message and what happens, by scripts', async (t) => {
  const app = await startApp(t);
  const { token: key } = await app.key('tokens', 'conversations', 'conversations:all', 'messages');
  const settings = { PARLEY_URL: app.url, PARLEY_KEY: key };
  const made = await runParley(['token', 'una', '--ttl', '1h', '--name', 'Una'], settings);
  t.match(made, { code: 0, out: /^\S+\n$/, err: '' });
  const una = app.actor(made.out.trim(), (await app.request('GET', 'me', undefined, made.out.trim())).body);
  t.equal(una.user.name, 'Una');
  const json = JSON.parse((await runParley(['token', 'una', '--json'], settings)).out);
  t.equal(json.user.id, una.user.id);

  const { body } = await una.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } });
  const { conversationId } = body;
  const watched = lines(t, ['tail', conversationId, '--as', 'una', '--json'], settings);
  t.match(await watched.event('welcome'), { user: { id: una.user.id } });
  const plain = lines(t, ['tail', '--all'], { PARLEY_URL: app.url, PARLEY_TOKEN: una.token });

  const sent = await runParley(['send', conversationId, 'By a script', '--as', 'una', '--json'], settings);
  t.match(JSON.parse(sent.out), { seq: 2, content: 'By a script', author: { name: 'Una' } });
  t.match(await watched.event('message.created'), { message: { content: 'By a script' } });
  const id = '5d1c3a52-6a0e-4e3b-9a3e-0d9a3f6b7c11';
  for (let time = 0; time < 2; time += 1) {
    t.match(await runParley(['send', conversationId, 'Once', '--as', 'una', '--id', id], settings), { out: `${id}\n` });
  }
  t.match(await watched.event('message.created'), { message: { content: 'Once', seq: 3 } });
  const notice = await runParley(['send', conversationId, 'The host says', '--json'], settings);
  t.match(JSON.parse(notice.out), { kind: 'system', author: null, seq: 4 });
  let line = await plain.next();
  while (!/The host says/.test(line)) line = await plain.next();
  t.match(line, new RegExp(`^\\S+Z  ${conversationId}  system: The host says$`));

  const inbox = lines(t, ['tail', '--all', '--json'], { ...settings, PARLEY_TOKEN: (await app.admin()).token });
  await inbox.event('welcome');
  await una.request('POST', 'messages', { to: 'support', message: { content: 'to the team' } });
  t.match(await inbox.event('message.created'), {
    message: { content: 'to the team' },
    conversation: { id: conversationId },
  });

  for (const { child } of [watched, plain, inbox]) {
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    t.equal(code, 0, 'stopped is done');
  }
});

t.test('tail goes on over a lost line, and misses nothing', async (t) => {
  const folder = t.testdir();
  const first = await startApp(t, {}, { folder });
  const { token: key } = await first.key('tokens', 'messages');
  const port = Number(new URL(first.url).port);
  const una = await first.hostUser('una');
  const { body } = await una.request('POST', 'messages', { to: 'support', message: { content: 'one' } });
  const settings = { PARLEY_URL: first.url, PARLEY_KEY: key };
  const watched = lines(t, ['tail', body.conversationId, '--as', 'una', '--json'], settings);
  await watched.event('welcome');
  await first.stop();
  const second = await startApp(t, { port }, { folder });
  const again = await second.hostUser('una');
  for (const content of ['two', 'three']) {
    await again.request('POST', `conversations/${body.conversationId}/messages`, { content });
  }
  t.match(await watched.event('message.created'), { message: { content: 'two' } });
  t.match(await watched.event('message.created'), { message: { content: 'three' } });
  watched.child.kill('SIGTERM');
  t.same(await once(watched.child, 'exit'), [0, null]);
});

t.test('what is refused and who is not there have exit codes of their own', async (t) => {
  const app = await startApp(t);
  const { token: key } = await app.key('tokens');
  const at = { PARLEY_URL: app.url };
  t.match(await runParley(['token', 'una'], at), { code: 2, err: /set PARLEY_KEY/ });
  t.match(await runParley(['token', 'una'], { ...at, PARLEY_KEY: 'pk_wrong' }), {
    code: 8,
    err: /\(UNAUTHENTICATED\)/,
  });
  t.match(await runParley(['token', 'una', '--ttl', 'soon'], at), { code: 2, err: /--ttl takes/ });
  const nowhere = '5d1c3a52-6a0e-4e3b-9a3e-0d9a3f6b7c11';
  const asUna = { ...at, PARLEY_KEY: key };
  t.match(await runParley(['send', nowhere, 'x', '--as', 'una'], asUna), { code: 8, err: /\(NOT_FOUND\)/ });
  t.match(await runParley(['tail', nowhere, '--as', 'una'], asUna), { code: 8, err: /\(NOT_FOUND\)/ });
  t.match(await runParley(['tail', '--as', 'una'], asUna), { code: 2, err: /a conversation, or --all/ });
  t.match(await runParley(['tail', '--all'], at), { code: 2, err: /say who/ });
  t.match(await runParley(['send', nowhere], asUna), { code: 2, err: /a conversation and a text/ });
  t.match(await runParley(['token', 'una', '--url', 'gopher://x'], asUna), { code: 2, err: /no address/ });
  t.match(await runParley(['token', 'una', '--key', 'pk_x'], at), { code: 2, err: /there is no option --key/ });
  await app.stop();
  t.match(await runParley(['token', 'una'], asUna), { code: 9, err: /no server answers at http/ });
  t.match(await runParley(['tail', '--all', '--as', 'una'], asUna), { code: 9 });
  for (const name of ['token', 'send', 'tail', 'migrate']) {
    t.match(await runParley([name, '--help']), { code: 0, out: `Usage: parley ${name}` });
  }
});

t.test('migrate tells what it did, and begins another epoch where it is asked to', async (t) => {
  const folder = t.testdir();
  t.match(await runParley(['migrate', '--data', folder]), { code: 4, err: /There is no database/ });
  const app = await startApp(t, {}, { folder });
  t.match(await runParley(['migrate', '--data', folder]), { code: 4, err: /in use by another Parley/ });
  await app.stop();
  const read = () => {
    const database = new Database(`${folder}/parley.db`, { readonly: true });
    const row = database.prepare('select epoch, position from meta').get() as { epoch: string; position: number };
    database.close();
    return row;
  };
  const before = read();
  const plain = await runParley(['migrate', '--data', folder, '--json']);
  t.match(JSON.parse(plain.out), { copy: null, newEpoch: false });
  t.equal(read().epoch, before.epoch);
  t.match(await runParley(['migrate', '--data', folder, '--new-epoch']), { code: 0, out: /anew/ });
  t.not(read().epoch, before.epoch);
  t.ok(read().position >= before.position);
  const again = await startApp(t, {}, { folder });
  t.equal((await again.request('GET', '/readyz')).status, 200);
});
