/** The log beside the database: written over while people talk, emptied when something was taken away. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import type { UserRow } from '../../src/db/rows.ts';
import { by, openWorld, type World } from '../world.ts';

const SUPPORT = { support: 'agent' } as const;

async function say(world: World, user: UserRow, text: string): Promise<Sent['message']> {
  return ((await world.send(user, SUPPORT, text)) as Sent).message;
}

/** Whether a text stands in any file of the folder. */
function stands(folder: string, text: string): boolean {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.some(({ name }) => readFileSync(join(folder, name)).includes(text));
}

t.test('what people say is copied to the file, and the log is written over from its beginning', async (t) => {
  const world = openWorld(t);
  const ann = world.user('Ann');
  for (let turn = 0; turn < 20; turn += 1) await say(world, ann, `number ${turn}`);
  const before = world.store.size().wal;
  t.ok(before > 0);
  world.store.checkpoint();
  const { wal } = world.store.size();
  t.ok(wal >= before, 'it keeps its blocks');
  t.ok(readFileSync(join(world.folder, 'parley.db')).includes('number 19'), 'and the file has it all');

  for (let turn = 0; turn < 10; turn += 1) await say(world, ann, `again ${turn}`);
  t.equal(world.store.size().wal, wal, 'which are written anew');
});

const takings: Record<string, (user: UserRow, admin: UserRow, message: Sent['message']) => Change> = {
  'a message is deleted': (user, _admin, { conversationId: conversation, id }) => {
    return { type: 'message.delete', by: by(user), conversation, id };
  },
  'a message is edited': (user, _admin, { conversationId: conversation, id }) => {
    return { type: 'message.edit', by: by(user), conversation, id, content: 'something else' };
  },
  'a conversation is deleted': (_user, admin, { conversationId: conversation }) => {
    return { type: 'conversation.delete', by: by(admin), conversation };
  },
};

for (const [what, change] of Object.entries(takings)) {
  t.test(`${what}: the next checkpoint empties the log`, async (t) => {
    const world = openWorld(t);
    const [ann, ada] = [world.user('Ann'), world.user('Ada', 'admin')];
    const message = await say(world, ann, 'soon to be gone');
    world.store.checkpoint();
    t.ok(stands(world.folder, 'soon to be gone'));

    await world.writer.submit(change(ann, ada, message));
    const reading = world.store.reader.$client.prepare('select 1 from users, users').iterate();
    reading.next();
    world.store.checkpoint();
    t.ok(world.store.size().wal > 0, 'not while somebody reads what was before');
    reading.return?.();
    world.store.checkpoint();
    t.equal(world.store.size().wal, 0);
    t.notOk(stands(world.folder, 'soon to be gone'), 'it is nowhere any more');

    await say(world, ann, 'more');
    world.store.checkpoint();
    t.ok(world.store.size().wal > 0, 'what is only said later leaves it as it is');
  });
}

t.test('of a log that a killed server left nobody knows what it holds: the first checkpoint empties it', async (t) => {
  const first = openWorld(t);
  const ann = first.user('Ann');
  await say(first, ann, 'first');
  const folder = mkdtempSync(join(tmpdir(), 'parley-left-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['parley.db', 'parley.db-wal']) copyFileSync(join(first.folder, name), join(folder, name));
  const second = openWorld(t, { folder });
  await say(second, ann, 'second');
  second.store.checkpoint();
  t.equal(second.store.size().wal, 0);
});
