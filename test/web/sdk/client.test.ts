import t from 'tap';
import type { ClientEvents } from '../../../src/web/sdk/client.ts';
import { startApp } from '../../helper.ts';
import { client, contents, until } from './live.ts';

t.test('a visitor writes, the team hears it, answers, and both hold the same', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = await Promise.all([app.visitor({ name: 'Vera' }), app.member('agent', 'Aiko')]);
  const theirs = client(t, app.url, visitor.token);
  const ours = client(t, app.url, agent.token, { inbox: true });
  const [me] = await Promise.all([theirs.connect(), ours.connect()]);
  t.equal(me.id, visitor.user.id);
  t.ok(theirs.limits?.maxLength);
  t.match(theirs.state, { name: 'online', transport: 'ws' });

  const heard: ClientEvents['message'][] = [];
  ours.on('message', (message) => heard.push(message));
  const { id, done } = theirs.send({ to: 'support' }, 'Is anybody there?');
  t.equal(theirs.outbox.list().length, 1, 'on its way at once');
  const first = await done;
  t.match(first, { id, seq: 1, content: 'Is anybody there?', author: { id: me.id } });
  const conversation = first.conversationId;
  t.same(contents(theirs, conversation), ['Is anybody there?'], 'it shows without loading anything');
  await until(ours, 'the agent hears it', () => heard.length > 0);
  t.match(heard, [{ conversationId: conversation, added: true, message: { id } }]);
  t.equal(ours.conversations.get(conversation)?.seq, 1);
  await until(ours, 'the count is known', () => ours.conversations.get(conversation)?.my?.unread === 1);

  await ours.conversations.open(conversation);
  const answer = await ours.send(conversation, 'Yes!').done;
  await until(theirs, 'the visitor hears it', () => contents(theirs, conversation).length === 2);
  t.match(ours.conversations.get(conversation), {
    assignee: { id: agent.user.id },
    my: { unread: 0 },
    teamReadSeq: answer.seq,
  });
  t.match(theirs.conversations.get(conversation), { my: { unread: 1 }, last: { text: 'Yes!' }, teamReadSeq: 2 });
  for (const one of [theirs, ours]) t.same(contents(one, conversation), ['Is anybody there?', 'Yes!']);

  theirs.read(conversation, answer.seq);
  const customer = () => ours.conversations.participants(conversation)[0];
  await until(ours, 'the mark is seen', () => customer()?.readSeq === 2);
  t.equal(theirs.conversations.get(conversation)?.my?.unread, 0);

  await ours.edit(conversation, answer.id, 'Yes, here!');
  await until(theirs, 'the edit', () => contents(theirs, conversation)[1] === 'Yes, here!');
  t.equal(theirs.conversations.get(conversation)?.last?.text, 'Yes, here!');
  await theirs.delete(conversation, id);
  await until(ours, 'the deletion', () => contents(ours, conversation)[0] === null);
  t.same(
    ours.conversations.messages(conversation),
    (await agent.request('GET', `conversations/${conversation}/messages`)).body.items,
    'what is held is what the server has',
  );
});

t.test('what is refused is a ParleyError with its code', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const { conversationId, id } = await made.send({ to: 'support' }, 'x').done;
  await t.rejects(made.edit(conversationId, crypto.randomUUID(), 'y'), { name: 'ParleyError', code: 'NOT_FOUND' });
  await t.rejects(made.send(crypto.randomUUID(), 'y').done, { code: 'NOT_FOUND' });
  await t.rejects(made.send(conversationId, '').done, { code: 'VALIDATION' });
  await t.rejects(made.send(conversationId, { id, content: 'another' }).done, { code: 'ID_REUSED' });
  await t.rejects(made.conversations.open(crypto.randomUUID()), { code: 'NOT_FOUND' });
  t.same(
    made.outbox.list().map(({ state }) => state),
    ['failed', 'failed', 'failed'],
    'a failed message stays until it is taken back',
  );
  for (const item of made.outbox.list()) made.outbox.discard(item.id);
  t.same(made.outbox.list(), []);
});

t.test('a message to a state that one has not seen is refused with ifSeq', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = await Promise.all([app.visitor(), app.member('agent', 'Aiko')]);
  const theirs = client(t, app.url, visitor.token);
  const ours = client(t, app.url, agent.token, { inbox: true });
  await Promise.all([theirs.connect(), ours.connect()]);
  const { conversationId, seq } = await theirs.send({ to: 'support' }, 'one').done;
  await theirs.send(conversationId, 'two').done;
  const late = ours.send(conversationId, 'answer to one', { ifSeq: seq });
  await t.rejects(late.done, { code: 'NEWER_MESSAGES', details: { seq: 2 } });
  t.match(ours.outbox.list(), [{ state: 'failed', ifSeq: 1, error: { code: 'NEWER_MESSAGES' } }]);
});

t.test('typing is heard by who views the conversation, and ends with the message', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = await Promise.all([app.visitor({ name: 'Vera' }), app.member('agent', 'Aiko')]);
  const theirs = client(t, app.url, visitor.token);
  const ours = client(t, app.url, agent.token, { inbox: true });
  await Promise.all([theirs.connect(), ours.connect()]);
  const { conversationId } = await theirs.send({ to: 'support' }, 'Hello').done;
  ours.view(conversationId, true);
  await until(ours, 'the agent is seen to look', () => ours.conversations.get(conversationId) !== undefined);
  await ours.http.json('GET', '/v1/unread');
  theirs.typing(conversationId);
  await until(ours, 'typing', () => ours.typists(conversationId).length === 1);
  t.match(ours.typists(conversationId), [{ user: { id: visitor.user.id, name: 'Vera' } }]);
  await theirs.send(conversationId, 'How are you?').done;
  await until(ours, 'no typing', () => ours.typists(conversationId).length === 0);
  ours.typing(conversationId);
  await until(theirs, 'the agent types', () => theirs.typists(conversationId).length === 1);
  ours.typing(conversationId, false);
  await until(theirs, 'no more', () => theirs.typists(conversationId).length === 0);
});

t.test('older messages are loaded a page at a time, without a hole', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const { conversationId } = await made.send({ to: 'support' }, '1').done;
  const all = Array.from({ length: 130 }, (_, i) => `${i + 1}`);
  await Promise.all(all.slice(1).map((content) => made.send(conversationId, content).done));
  t.same(contents(made, conversationId), all, 'one who wrote them all holds them all');

  const fresh = client(t, app.url, visitor.token);
  await fresh.connect();
  await fresh.conversations.open(conversationId);
  t.same(contents(fresh, conversationId), all.slice(-50));
  t.ok(fresh.conversations.hasOlder(conversationId));
  const before = fresh.conversations.messages(conversationId);
  await Promise.all([fresh.conversations.older(conversationId), fresh.conversations.older(conversationId)]);
  t.same(contents(fresh, conversationId), all.slice(-100), 'asked for twice at once is one page');
  t.equal(before.length, 50, 'what was given out is not changed');
  const around = await fresh.conversations.history(conversationId, { around: 10, limit: 5 });
  t.ok(around.some(({ seq }) => seq === 10));
  t.equal(contents(fresh, conversationId).length, 100, 'what does not touch is held and not shown');
  await fresh.conversations.older(conversationId);
  t.same(contents(fresh, conversationId), all);
  t.notOk(fresh.conversations.hasOlder(conversationId));
  await fresh.conversations.older(conversationId);
  t.equal(fresh.conversations.messages(conversationId), fresh.conversations.messages(conversationId));
});

t.test('a note is the side conversation’s, for the team alone', async (t) => {
  const app = await startApp(t);
  const [visitor, one, two] = await Promise.all([
    app.visitor(),
    app.member('agent', 'Aiko'),
    app.member('agent', 'Jonas'),
  ]);
  const theirs = client(t, app.url, visitor.token);
  const [aiko, jonas] = [one, two].map(({ token }) => client(t, app.url, token, { inbox: true }));
  if (!aiko || !jonas) throw new Error('two agents');
  await Promise.all([theirs.connect(), aiko.connect(), jonas.connect()]);
  const { conversationId } = await theirs.send({ to: 'support' }, 'Hello').done;
  await until(aiko, 'the conversation', () => aiko.conversations.get(conversationId) !== undefined);
  await until(jonas, 'the conversation', () => jonas.conversations.get(conversationId) !== undefined);
  const side = aiko.conversations.get(conversationId)?.team?.id as string;
  await Promise.all([aiko.conversations.open(side), jonas.conversations.open(side)]);
  const note = await aiko.send(side, 'Careful.').done;
  t.match(note, { conversationId: side, afterSeq: 1 });
  await until(jonas, 'the note', () => contents(jonas, side).includes('Careful.'));
  t.same(contents(aiko, side), contents(jonas, side));
  const closed = () => jonas.conversations.messages(side).at(-1)?.system;
  await aiko.patch(conversationId, { status: 'closed' });
  await until(jonas, 'the closing', () => closed()?.code === 'closed');
  t.equal(jonas.conversations.get(conversationId)?.status, 'closed');
  await theirs.send(conversationId, 'Anybody?').done;
  t.notOk(theirs.conversations.get(conversationId)?.team);
  await t.rejects(theirs.conversations.open(side), { code: 'NOT_FOUND' });
});

t.test('who may no longer read a conversation forgets it', async (t) => {
  const app = await startApp(t);
  const [ann, bob] = await Promise.all([app.hostUser('ann', { name: 'Ann' }), app.hostUser('bob', { name: 'Bob' })]);
  const admin = await app.admin();
  const participants = [{ userId: ann.user.id }, { userId: bob.user.id }];
  const room = (await admin.request('POST', 'conversations', { kind: 'room', externalId: 'call', participants })).body;
  const [anns, bobs] = [ann, bob].map(({ token }) => client(t, app.url, token));
  if (!anns || !bobs) throw new Error('two');
  await Promise.all([anns.connect(), bobs.connect()]);
  await Promise.all([anns.conversations.open(room.id), bobs.conversations.open(room.id)]);
  t.equal(anns.conversations.participants(room.id).length, anns.conversations.get(room.id)?.participantCount);
  await anns.send(room.id, 'Hi Bob').done;
  await until(bobs, 'the message', () => contents(bobs, room.id).includes('Hi Bob'));
  const removed: unknown[] = [];
  bobs.on('removed', (one) => removed.push(one));
  await admin.request('DELETE', `conversations/${room.id}/participants/${bob.user.id}`);
  await until(bobs, 'it is gone', () => bobs.conversations.get(room.id) === undefined);
  t.same(removed, [{ conversationId: room.id }]);
  t.same(contents(bobs, room.id), []);
  const names = () => anns.conversations.participants(room.id).map(({ user }) => user.name);
  await until(anns, 'Bob left', () => !names().includes('Bob'));
  t.equal(anns.conversations.get(room.id)?.participantCount, names().length);
});

t.test('what no frame holds is refused here: sent, it would end each line until it is thrown away', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const made = client(t, app.url, visitor.token);
  await made.connect();
  const states: string[] = [];
  made.on('state', ({ name }) => states.push(name));
  await t.rejects(made.send({ to: 'support' }, 'x'.repeat(200_000)).done, { code: 'TOO_LARGE' });
  t.equal((await made.send({ to: 'support' }, 'shorter').done).content, 'shorter');
  t.same(states, []);
});
