/** What is deleted or edited away stands nowhere any more: on no surface of the server, and in no file of it. */
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { results } from '../../src/protocol/answers.ts';
import { commands } from '../../src/protocol/commands.ts';
import { ofTheFile, standsBeside } from '../database.ts';
import { type Body, startApp, type TestApp } from '../helper.ts';
import { type Case, changing, frames, routes } from './surfaces.ts';

/** Which of these texts are stored somewhere. */
async function storedOf(folder: string, texts: readonly string[]): Promise<Set<string | undefined>> {
  if (!ofTheFile) {
    const database = new Database(join(folder, 'parley.db'));
    // Beside the server, as its own checkpoints do it from time to time.
    const [done] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    database.close();
    if (done?.busy !== 0) throw new Error('somebody kept the log from being emptied');
  }
  return new Set((await standsBeside(folder, texts)).map((found) => found.split(' in ')[0]));
}

async function must(answer: Promise<{ status: number; body: Body }>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

type Base = Omit<Case, 'messageId' | 'text' | 'line' | 'cursor' | 'rev' | 'epoch'>;

interface Kind {
  open: (app: TestApp) => Promise<Base>;
  /** What does not tell this kind's texts. */
  without: RegExp;
}

const kinds: Record<string, Kind> = {
  'a direct conversation': {
    without: /^patch .*\{id\}$|claim|handover|notes|rating/,
    open: async (app) => {
      const [author, reader] = [await app.hostUser('una'), await app.hostUser('ulf')];
      const to = { userId: reader.user.id };
      const { conversationId } = await must(author.request('POST', 'messages', { to, message: { content: 'first' } }));
      return { app, author, reader, to, thread: conversationId, conversation: conversationId };
    },
  },
  'a support conversation': {
    without: /notes/,
    open: async (app) => {
      const [author, reader] = [await app.visitor(), await app.member('agent', 'ann')];
      const to = 'support';
      const { conversationId } = await must(author.request('POST', 'messages', { to, message: { content: 'first' } }));
      return { app, author, reader, to, thread: conversationId, conversation: conversationId };
    },
  },
  'a side conversation': {
    // A note is no preview of its conversation, and a send `to` somebody never means it.
    without: /conversations$|\{id\}$|changes|events|post \/v1\/messages|transcript|claim|handover|rating/,
    open: async (app) => {
      const [author, reader] = [await app.member('agent', 'ann'), await app.member('agent', 'abe')];
      const customer = await app.visitor();
      const message = { content: 'first' };
      const { conversationId } = await must(customer.request('POST', 'messages', { to: 'support', message }));
      const { team } = await must(author.request('GET', `conversations/${conversationId}`));
      return { app, author, reader, to: null, thread: team.id, conversation: conversationId };
    },
  },
};

async function written(base: Base): Promise<Case> {
  const { author, reader, thread } = base;
  const text = `to be gone ${randomUUIDv7()}`;
  const line = await reader.connect({ inbox: reader.user.role === 'agent' });
  const { cursor, epoch } = await must(reader.request('GET', 'changes'));
  const { rev } = await must(reader.request('GET', `conversations/${thread}/messages`));
  const sent = await must(author.request('POST', `conversations/${thread}/messages`, { content: text }));
  return { ...base, line, cursor, epoch, rev, messageId: sent.id, text };
}

/** Told by the old text of it, wherever it may still stand. */
async function lookEverywhere(t: Test, given: Case, ways: 'all' | 'still there'): Promise<void> {
  for (const [name, surface] of [...Object.entries(routes), ...Object.entries(frames)]) {
    if (ways === 'still there' && changing.has(name)) continue;
    const told = JSON.stringify(await surface(given));
    t.notMatch(told, given.text, name);
  }
}

for (const [kind, { open, without }] of Object.entries(kinds)) {
  t.test(`a text of ${kind}`, async (t) => {
    const app = await startApp(t, { direct: 'everybody' });
    const base = await open(app);

    await t.test('is there while it is there, or looking for it would show nothing', async (t) => {
      const given = await written(base);
      const shown = new Set<string>();
      for (const [name, surface] of [...Object.entries(routes), ...Object.entries(frames)]) {
        if (changing.has(name)) continue;
        if (JSON.stringify(await surface(given)).includes(given.text)) shown.add(name);
      }
      const expected = [...Object.keys(routes), ...Object.keys(frames)].filter(
        (name) => !changing.has(name) && !without.test(name),
      );
      t.same(
        expected.filter((name) => !shown.has(name)),
        [],
      );
      t.ok((await storedOf(app.folder, [given.text])).has(given.text), 'in the file too');
    });

    for (const newest of [true, false]) {
      for (const how of ['deleted', 'edited away'] as const) {
        await t.test(`${how}, being ${newest ? 'the newest' : 'an older one'}, is nowhere`, async (t) => {
          const given = await written(base);
          const { author, thread, messageId, text, line } = given;
          if (!newest) await must(author.request('POST', `conversations/${thread}/messages`, { content: 'newer' }));
          await line.rest();
          const path = `conversations/${thread}/messages/${messageId}`;
          if (how === 'deleted') await must(author.request('DELETE', path));
          else await must(author.request('PATCH', path, { content: 'something else' }));
          await must(author.request('POST', `conversations/${thread}/messages`, { content: 'after it' }));
          t.notMatch(JSON.stringify(await line.rest()), text, 'events told since');
          await lookEverywhere(t, given, how === 'deleted' ? 'all' : 'still there');
          t.notOk((await storedOf(app.folder, [text])).has(text), 'what is stored');
        });
      }
    }

    await t.test('everything else is still there', async (t) => {
      const { items } = await must(base.reader.request('GET', `conversations/${base.thread}/messages`));
      t.ok(items.some(({ content }: Body) => content === 'after it'));
    });

    await t.test('the answer to a deletion of the whole does not tell it either', async (t) => {
      const given = await written(base);
      await must(given.author.request('DELETE', `conversations/${given.thread}/messages/${given.messageId}`));
      const host = await app.key('*');
      const { status, body } = await host.request('DELETE', `conversations/${given.conversation}`);
      t.equal(status, 200);
      t.notMatch(JSON.stringify(body), given.text);
    });
  });
}

t.test(
  'of many texts of all lengths, in pages that are split and joined, none that is gone is in a file',
  async (t) => {
    const app = await startApp(t);
    const agent = await app.member('agent', 'ann');
    const customer = await app.visitor();
    const first = await must(customer.request('POST', 'messages', { to: 'support', message: { content: 'first' } }));
    const path = `conversations/${first.conversationId}/messages`;
    const line = await agent.connect();
    const conversationId = first.conversationId;
    const texts = Array.from({ length: 240 }, (_, index) => {
      const mark = `gone-${index}-${randomUUIDv7().slice(-12)}.`;
      // From less than a line to more than a page of the file, the mark all over it.
      return { id: randomUUIDv7(), mark, content: mark.repeat(1 + ((index * index * 7) % 320)).slice(0, 9_990) };
    });
    await Promise.all(
      texts.map(({ id, content }) => line.call({ type: 'message.send', conversationId, message: { id, content } })),
    );
    const marks = texts.map(({ mark }) => mark);
    const before = await storedOf(app.folder, marks);
    t.same(
      marks.filter((mark) => !before.has(mark)),
      [],
      'all of them are there at first',
    );
    const fate = (index: number) => ['deleted', 'shorter', 'longer', 'kept'][(index * 31) % 4];
    const answers = await Promise.all(
      texts.map(({ id: messageId }, index) => {
        if (fate(index) === 'kept') return { type: 'ok' };
        if (fate(index) === 'deleted') return line.call({ type: 'message.delete', conversationId, messageId });
        const content = fate(index) === 'shorter' ? 'short' : `${index} longer `.repeat(900);
        return line.call({ type: 'message.edit', conversationId, messageId, content });
      }),
    );
    t.same(
      answers.filter(({ type }) => type !== 'ok'),
      [],
    );
    const after = await storedOf(app.folder, marks);
    const left = texts.filter(({ mark }, index) => fate(index) !== 'kept' && after.has(mark));
    t.same(
      left.map(({ mark }) => mark),
      [],
      'what was deleted or edited away',
    );
    t.same(
      texts.filter(({ mark }, index) => fate(index) === 'kept' && !after.has(mark)),
      [],
      'what was kept',
    );
    t.equal((await agent.request('GET', path)).status, 200);
  },
);

/** A deletion is played last, for it takes all away; the others answer with bytes: their own tests show that those go. */
const shownElsewhere = ['delete /v1/conversations/{id}', 'get /v1/attachments/{id}', 'get /v1/avatars/{hash}'];

t.test('every route and command that answers with texts has a row here', async (t) => {
  const app = await startApp(t);
  const { paths, components } = (await app.request('GET', '/openapi.json')).body;
  const named = (schema: unknown, seen = new Set<string>()): Set<string> => {
    for (const [, name] of JSON.stringify(schema ?? null).matchAll(/"\$ref":"(?:#\/components\/schemas\/)?([^"]+)"/g)) {
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      named(components.schemas[name], seen);
    }
    return seen;
  };
  const tells = (schema: unknown) => {
    const names = named(schema);
    return names.has('Message') || names.has('Conversation');
  };
  const telling: string[] = [];
  for (const [path, methods] of Object.entries<Body>(paths)) {
    for (const [method, { responses }] of Object.entries<Body>(methods)) {
      const fine = Object.entries<Body>(responses ?? {}).filter(([status]) => /^2/.test(status));
      // What is no JSON, or not said at all, may be anything: a stream of events is.
      const open = ([, { content }]: [string, Body]) => content !== undefined && !('application/json' in content);
      const saysNothing = path.startsWith('/v1/') && (fine.length === 0 || fine.some(open));
      if (saysNothing || fine.some(([, response]) => tells(response))) telling.push(`${method} ${path}`);
    }
  }
  t.same(telling.toSorted(), [...Object.keys(routes), ...shownElsewhere].toSorted(), 'routes');
  const spoken = Object.keys(commands).filter(
    (type) => type === 'hello' || tells(results[type as keyof typeof results]),
  );
  t.same(spoken.toSorted(), Object.keys(frames).toSorted(), 'commands');
});
