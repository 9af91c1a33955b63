/** What webhooks are told, how it looks, and how they know that it is true. */
import t from 'tap';
import { startApp } from '../../helper.ts';
import { NEAR, register, startHook, type Told, verified } from './hook.ts';

const types = (told: Told[]) => told.map(({ body }) => body.type);

t.test('a webhook is told what the team hears, signed', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const admin = await app.admin();
  const line = await admin.connect();
  await line.call({ type: 'inbox.watch' });
  const made = await register(admin, hook);
  t.match(made, { url: hook.url, enabled: true, kinds: ['support'], secret: /^whsec_/ });

  const visitor = await app.visitor({ name: 'Vi' });
  const sent = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const [created, message] = (await hook.until(2)) as [Told, Told];
  t.same(types([created, message]), ['conversation.created', 'message.created'], 'in the order of the revs');
  t.same([created.body.rev, message.body.rev], [1, 2]);
  t.same(message.body.message, sent.body);
  t.same(verified(message, made.secret), message.body, 'the judge of the standard agrees');
  t.throws(() => verified(message, `whsec_${Buffer.from('another').toString('base64')}`));
  t.throws(() => verified({ ...message, text: message.text.replace('Hello', 'Hullo') }, made.secret));
  t.match(message.headers, { 'content-type': 'application/json', 'user-agent': 'Parley' });

  const heard = await line.event('message.created');
  t.ok(heard.conversation.team.ip, 'the team is told the address');
  heard.conversation.team = { ...heard.conversation.team, ip: null, userAgent: null };
  t.same(message.body, heard, 'a webhook is told all else');
});

t.test('with the setting it is told the address too', async (t) => {
  const app = await startApp(t, { ...NEAR, webhookAddresses: true });
  const hook = await startHook(t);
  await register(await app.admin(), hook);
  await (await app.visitor()).request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  const [told] = await hook.until(1);
  t.equal(told?.body.conversation.team.ip, '127.0.0.1');
});

t.test('of everything durable that happens, each once; of what is filtered out, nothing', async (t) => {
  const app = await startApp(t, { ...NEAR, direct: 'everybody' });
  const [all, few, direct] = [await startHook(t), await startHook(t), await startHook(t)];
  const admin = await app.admin();
  await register(admin, all, { kinds: ['support', 'room'] });
  await register(admin, few, { events: ['message.deleted'] });
  await register(admin, direct, { kinds: ['direct'], events: ['message.created'] });
  await register(admin, direct, { kinds: ['direct'], enabled: false });

  const visitor = await app.visitor();
  const { body: message } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'one' } });
  const path = `conversations/${message.conversationId}`;
  await visitor.request('PATCH', `${path}/messages/${message.id}`, { content: 'two' });
  await visitor.request('POST', `${path}/read`, { seq: 1 });
  await visitor.request('POST', `${path}/typing`, { on: true });
  const { body: conversation } = await admin.request('PATCH', path, { assigneeId: admin.user.id });
  await admin.request('POST', `conversations/${conversation.team.id}/messages`, { content: 'a note' });
  await visitor.request('DELETE', `${path}/messages/${message.id}`);
  const guest = await app.hostUser('guest');
  const { body: room } = await admin.request('POST', 'conversations', { kind: 'room' });
  await admin.request('POST', `conversations/${room.id}/participants`, { userId: guest.user.id });
  await guest.request('POST', 'messages', { to: { userId: admin.user.id }, message: { content: 'between us' } });

  const told = await all.until(10);
  const ofSupport = told.filter(({ body }) => [body.conversationId, body.parentId].includes(message.conversationId));
  t.same(types(ofSupport), [
    'conversation.created',
    'message.created',
    'message.updated',
    'conversation.updated',
    'message.created',
    'message.created',
    'message.deleted',
  ]);
  const [, , , , assigned, note] = ofSupport;
  t.match(assigned?.body, { parentId: message.conversationId, message: { system: { code: 'assigned' } } });
  t.match(note?.body, { conversationId: conversation.team.id, message: { content: 'a note' } });
  const ofRoom = told.filter(({ body }) => body.conversationId === room.id);
  t.same(types(ofRoom), ['conversation.created', 'participant.updated', 'message.created']);
  t.match(ofRoom[1]?.body, { participant: { user: { id: guest.user.id } } });
  t.same(types(await few.until(1)), ['message.deleted']);
  const [private_] = await direct.until(1);
  t.match(private_?.body, { message: { content: 'between us' } });
  t.equal(new Set(told.map(({ id }) => id)).size, told.length, 'each under an id of its own');
  t.same([all.told.length, few.told.length, direct.told.length], [10, 1, 1]);
});

t.test('what is told is what is there by then: a message that was deleted meanwhile is told as deleted', async (t) => {
  const app = await startApp(t, NEAR);
  const hook = await startHook(t);
  const admin = await app.admin();
  await register(admin, hook, { events: ['message.created', 'message.deleted'] });
  const visitor = await app.visitor();
  const send = (content: string) => visitor.request('POST', 'messages', { to: 'support', message: { content } });
  let release = () => {};
  hook.answer = (_told, response) => {
    release = () => response.writeHead(204).end();
  };
  await send('first');
  await hook.until(1);
  const { body: secret } = await send('my secret');
  await visitor.request('DELETE', `conversations/${secret.conversationId}/messages/${secret.id}`);
  hook.answer = (_told, response) => response.writeHead(204).end();
  release();
  const told = await hook.until(3);
  t.same(types(told), ['message.created', 'message.deleted', 'message.deleted']);
  t.same(
    told.map(({ body }) => body.rev),
    [2, 3, 4],
    'each at its own rev',
  );
  t.notMatch(told.map(({ text }) => text).join(), /my secret/);
});
