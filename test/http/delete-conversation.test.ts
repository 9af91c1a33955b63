/** A conversation is deleted: nobody finds it, nothing of it is left, and whoever holds it is told. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { countBeside, jobsDone, wordsBeside } from '../database.ts';
import { type Actor, type Body, startApp } from '../helper.ts';

const write = async (who: Pick<Actor, 'request'>, id: string, content: string) =>
  (await who.request('POST', `conversations/${id}/messages`, { content })).body;

const cursorOf = async (who: Actor) => (await who.request('GET', 'changes')).body.cursor as string;
const removedFor = async (who: Actor, cursor: string) =>
  (await who.request('GET', `changes?cursor=${cursor}`)).body.removed as string[];

t.test('with its side, its marks and its keys; sockets and cursors tell it', async (t) => {
  const app = await startApp(t);
  const [admin, ann, pia] = [await app.admin(), await app.member('agent', 'ann'), await app.member('peer', 'pia')];
  const visitor = await app.visitor();
  const stranger = await app.visitor();
  const begun = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const id = begun.body.conversationId as string;
  const { team } = (await ann.request('GET', `conversations/${id}`)).body;
  await write(ann, team.id, 'a note');
  await write(ann, id, 'Yes?');
  await visitor.request('POST', `conversations/${id}/read`, { seq: 2 });
  const [inbox, tab, other] = [await ann.connect({ inbox: true }), await visitor.connect(), await stranger.connect()];
  const cursors = await Promise.all([visitor, ann, pia, stranger].map(cursorOf));

  for (const who of [visitor, ann]) t.equal((await who.request('DELETE', `conversations/${id}`)).status, 403);
  t.equal((await stranger.request('DELETE', `conversations/${id}`)).status, 404);
  t.equal((await admin.request('DELETE', `conversations/${team.id}`)).status, 404, 'a side goes with its parent');
  const answer = await admin.request('DELETE', `conversations/${id}`);
  t.match(answer, { status: 200, body: { id, seq: 2, last: { text: 'Yes?' } } });

  for (const line of [inbox, tab]) t.match(await line.event('conversation.removed'), { conversationId: id });
  t.same(
    (await other.rest()).filter(({ type }: Body) => type === 'conversation.removed'),
    [],
  );
  for (const who of [visitor, ann, admin]) {
    for (const path of [`conversations/${id}`, `conversations/${id}/messages`, `conversations/${team.id}/messages`]) {
      t.equal((await who.request('GET', path)).status, 404, path);
    }
    t.same((await who.request('GET', 'conversations')).body.items, []);
  }
  t.equal((await admin.request('DELETE', `conversations/${id}`)).status, 404, 'once');
  const removed = await Promise.all(
    [visitor, ann, pia, stranger].map((who, index) => removedFor(who, cursors[index] as string)),
  );
  t.same(removed, [[id], [id], [id], []]);
  for (const table of ['conversations', 'messages', 'participants', 'reads', 'tags', 'jobs']) {
    t.equal(await countBeside(app.folder, table), 0, `nothing is left in ${table}`);
  }
  t.match((await admin.request('GET', 'audit?limit=1')).body.items, [
    { action: 'conversation.delete', by: { id: admin.user.id }, target: { type: 'conversation', id } },
  ]);
  const again = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello again' } });
  t.equal(again.status, 201);
  t.not(again.body.conversationId, id);
});

t.test('a large one is gone at once, and its rows go in steps', async (t) => {
  const app = await startApp(t);
  const key = await app.key('*');
  const people = await Promise.all(Array.from({ length: 3 }, (_, index) => app.hostUser(`u-${index}`)));
  const guests = Array.from({ length: 400 }, (_, index) => ({ externalId: `g-${index}` }));
  const participants = [...people.map(({ user }) => ({ userId: user.id, moderator: true })), ...guests];
  const room = (await key.request('POST', 'conversations', { kind: 'room', externalId: 'call', participants })).body.id;
  const [una] = people as [Actor];
  const line = await una.connect();
  for (let index = 0; index < 300; index += 1) {
    await line.call({
      type: 'message.send',
      conversationId: room,
      message: { id: randomUUIDv7(), content: `${index}` },
    });
  }
  const cursor = await cursorOf(una);
  t.equal((await key.request('DELETE', `conversations/${room}`)).status, 200);
  t.equal((await una.request('GET', `conversations/${room}`)).status, 404);
  for (const who of people) t.same((await who.request('GET', 'conversations')).body.items, []);
  t.match((await una.request('GET', 'unread')).body, { total: 0, conversations: [] });
  t.match(await line.event('conversation.removed'), { conversationId: room });
  t.match(await line.call({ type: 'message.send', conversationId: room, message: { content: 'x' } }), {
    type: 'error',
    code: 'NOT_FOUND',
  });
  const anew = await key.request('POST', 'conversations', { kind: 'room', externalId: 'call', participants: [] });
  t.equal(anew.status, 201, 'its externalId is free');
  await jobsDone(app.folder);
  for (const table of ['messages', 'participants']) t.equal(await countBeside(app.folder, table), 0, table);
  t.equal(await countBeside(app.folder, 'conversations'), 1);
  t.same(await removedFor(una, cursor), [room]);
  t.equal(await countBeside(app.folder, 'removals'), 403, 'everybody who was in it is told');
});

t.test('an admin who is not in a room, and two people for themselves', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [admin, key, narrow] = [await app.admin(), await app.key('*'), await app.key('conversations')];
  const [una, ulf] = [await app.hostUser('una'), await app.hostUser('ulf')];
  const room = (await key.request('POST', 'conversations', { kind: 'room', participants: [{ userId: una.user.id }] }))
    .body.id;
  const direct = (await una.request('POST', 'conversations', { kind: 'direct', userId: ulf.user.id })).body.id;
  const own = (await admin.request('POST', 'conversations', { kind: 'direct', userId: ulf.user.id })).body.id;
  t.equal((await admin.request('DELETE', `conversations/${room}`)).status, 404);
  t.equal((await admin.request('DELETE', `conversations/${direct}`)).status, 404);
  t.equal((await admin.request('DELETE', `conversations/${own}`)).status, 403);
  t.equal((await narrow.request('DELETE', `conversations/${direct}`)).status, 404);
  t.equal((await narrow.request('DELETE', `conversations/${room}`)).status, 200);
  t.equal((await key.request('DELETE', `conversations/${direct}`)).status, 200);
});

t.test('of large ones of every kind not a word is left in the search index', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [key, ann] = [await app.key('*'), await app.member('agent', 'ann')];
  const [una, ulf] = [await app.hostUser('una'), await app.hostUser('ulf')];
  const to = { userId: ulf.user.id };
  const participants = [{ userId: una.user.id }];
  const room = (await key.request('POST', 'conversations', { kind: 'room', participants })).body.id as string;
  const direct = (await una.request('POST', 'messages', { to, message: { content: 'Hello' } })).body.conversationId;
  const support = (await una.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } })).body;
  const { team } = (await ann.request('GET', `conversations/${support.conversationId}`)).body;
  const [line, anns] = [await una.connect(), await ann.connect()];
  const MANY = 300;
  for (const [id, who] of [
    [room, line],
    [direct, line],
    [support.conversationId, line],
    [team.id, anns],
  ]) {
    const message = (index: number) => ({ content: `word ${index}` });
    await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        who.call({ type: 'message.send', conversationId: id, message: message(index) }),
      ),
    );
  }
  t.equal((await una.request('GET', 'search?q=word&limit=1')).body.items.length, 1);
  t.not(await wordsBeside(app.folder), 0);
  for (const id of [room, direct, support.conversationId]) {
    t.equal((await key.request('DELETE', `conversations/${id}`)).status, 200);
  }
  await jobsDone(app.folder);
  t.equal(await countBeside(app.folder, 'messages'), 0);
  t.equal(await wordsBeside(app.folder), 0);
});
