/** A server whose rows are in PostgreSQL: to who calls it, it is the same. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { noPostgres, startPostgres } from '../db/postgres/server.ts';
import { tempFolder } from '../db/register.ts';
import { startApp } from '../helper.ts';

t.setTimeout(240_000);
const postgres = noPostgres ? null : await startPostgres(t);
const newDatabase = async () => (await postgres?.database()) ?? '';
const MAIN = join(import.meta.dirname, '../../src/main.ts');

function parley(args: readonly string[], env: Record<string, string>) {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    env: { PATH, HOME, TMPDIR, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

t.test(
  'a visitor writes, an agent hears it, answers, edits and finds it, and all of it is there after a restart',
  { skip: noPostgres },
  async (t) => {
    const database = await newDatabase();
    const folder = tempFolder(t);
    const first = await startApp(t, { database }, { folder });
    const [agent, visitor] = [await first.member('agent', 'Ada'), await first.visitor({ name: 'Vera' })];
    const line = await agent.connect({ inbox: true });
    const { body: sent } = await visitor.request('POST', 'messages', {
      to: 'support',
      message: { content: 'A lamp?' },
    });
    const { conversationId } = sent;
    t.match(await line.event('message.created'), { message: { content: 'A lamp?', seq: 1 } });

    const theirs = await visitor.connect();
    const said = await agent.request('POST', `conversations/${conversationId}/messages`, { content: 'A green one.' });
    t.equal(said.status, 201);
    t.match(await theirs.event('message.created'), { message: { content: 'A green one.', seq: 2 } });
    const edit = { content: 'A blue one.' };
    await agent.request('PATCH', `conversations/${conversationId}/messages/${said.body.id}`, edit);
    t.match(await theirs.event('message.updated'), { message: { content: 'A blue one.' } });

    const found = async (by: typeof agent, words: string) =>
      (await by.request('GET', `search?q=${words}`)).body.items.map(
        (item: { message: { seq: number } }) => item.message.seq,
      );
    t.same(await found(agent, 'blue'), [2]);
    t.same(await found(agent, 'green'), []);
    await first.stop();

    const second = await startApp(t, { database }, { folder });
    const back = second.actor(visitor.token, visitor.user);
    const { body: history } = await back.request('GET', `conversations/${conversationId}/messages`);
    t.same(
      history.items.map(({ seq, content }: { seq: number; content: string }) => [seq, content]),
      [
        [1, 'A lamp?'],
        [2, 'A blue one.'],
      ],
    );
    t.match((await back.request('GET', 'unread')).body, { total: 1 });
  },
);

t.test('what a file held is served from PostgreSQL once it was taken there', { skip: noPostgres }, async (t) => {
  const [database, folder] = [await newDatabase(), tempFolder(t)];
  const before = await startApp(t, {}, { folder });
  const visitor = await before.visitor({ name: 'Vera' });
  const { body: sent } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'A lamp?' } });
  await before.stop();
  t.match(parley(['migrate', '--from', `sqlite:${folder}`, '--to', database], {}), { status: 0 });

  const after = await startApp(t, { database }, { folder });
  const back = after.actor(visitor.token, visitor.user);
  const { conversationId } = sent;
  const more = await back.request('POST', `conversations/${conversationId}/messages`, { content: 'A lamp!' });
  t.match(more.body, { seq: 2 });
  const found = await (await after.admin()).request('GET', 'search?q=lamp');
  t.equal(found.body.items.length, 2);
});

t.test(
  'commands of a file say so, and people are kept where the server keeps them',
  { skip: noPostgres },
  async (t) => {
    const [database, folder] = [await newDatabase(), tempFolder(t)];
    const env = { PARLEY_DATABASE: database, PARLEY_DATA: folder };
    for (const command of [['backup', join(folder, 'kept')], ['check'], ['export'], ['migrate'], ['restore', folder]]) {
      const { status, stderr } = parley(command, env);
      t.equal(status, 2, `${command[0]}: ${stderr}`);
      t.match(stderr, /PARLEY_DATABASE names a PostgreSQL database/);
    }
    const added = parley(['user', 'add', 'ada@example.com', '--role', 'agent', '--name', 'Ada'], env);
    t.equal(added.status, 0, added.stderr);
    t.match(parley(['user', 'list'], env).stdout, /ada@example\.com/);
  },
);
