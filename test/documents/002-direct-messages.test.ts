/**
 * Document 002: two users write to each other. One conversation a pair, attachments, read state with its time, unread
 * in all and in each, search, deleting that leaves the place, typing, presence, pages. Its holes: a conversation joined
 * without being in it, any receiver, a receiver that contradicts the conversation, an attachment's address that is
 * fetched, a message deleted by anybody, ids that count up, pages that slip under writes, a secret from the README.
 */
import t from 'tap';
import { runParley } from '../cli/parley.ts';
import { startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';

const server = await startServer(t, { direct: 'everybody' });
const [una, ulf, eve] = [
  await server.hostUser('una', { name: 'Una' }),
  await server.hostUser('ulf', { name: 'Ulf' }),
  await server.hostUser('eve', { name: 'Eve' }),
];
const write = async (who: typeof una, to: typeof una, message: object): Promise<Body> => {
  const { status, body } = await who.post('messages', { to: { userId: to.id }, message });
  t.equal(status, 201);
  return body;
};

t.test('both begin at the same moment, and it is one conversation', async (t) => {
  const [a, b] = await Promise.all([write(una, ulf, { content: 'Hi Ulf' }), write(ulf, una, { content: 'Hi Una' })]);
  t.equal(a.conversationId, b.conversationId);
  t.same([a.seq, b.seq].sort(), [1, 2]);
  const made = await una.post('conversations', { kind: 'direct', userExternalId: 'ulf' });
  t.equal(made.status, 200, 'found, by the host’s own id too');
  t.equal(made.body.id, a.conversationId);
  t.same(made.body.participants.map(({ user }: Body) => user.name).sort(), ['Ulf', 'Una']);
});

t.test('every device hears; read is told with its time; unread is exact in each and in all', async (t) => {
  const [phone, desk, other] = [await ulf.connect(), await ulf.connect(), await una.connect()];
  const first = await write(una, ulf, { content: 'one' });
  const { conversationId } = first;
  const second = await write(una, ulf, { content: 'two' });
  for (const line of [phone, desk]) {
    t.match(await line.event(({ message }) => message?.id === second.id), { message: { content: 'two' } });
  }
  const before = (await ulf.get('unread')).body;
  const here = before.conversations.find(({ id }: Body) => id === conversationId);
  t.ok(here.unread >= 2);
  t.equal(
    before.total,
    before.conversations.reduce((sum: number, { unread }: Body) => sum + unread, 0),
  );

  const read = await phone.call({ type: 'conversation.read', conversationId, seq: first.seq });
  t.equal(read.unread, 1);
  t.match(await desk.event('participant.read'), { userId: ulf.id, readSeq: first.seq, unread: 1 });
  const told = await other.event('participant.read');
  t.match(told, { userId: ulf.id, readSeq: first.seq });
  t.notOk('unread' in told, 'how much is unread is told to the reader alone');
  const { body: history } = await una.get(`conversations/${conversationId}/messages`);
  const { at } = history.reads.find(({ userId, seq }: Body) => userId === ulf.id && seq >= first.seq);
  t.ok(at >= first.createdAt, 'when it was read');

  await una.delete(`conversations/${conversationId}/messages/${second.id}`);
  const after = (await ulf.get('unread')).body;
  t.equal(
    after.conversations.find(({ id }: Body) => id === conversationId)?.unread ?? 0,
    0,
    'a deleted one is not unread',
  );
});

t.test('typing and presence, between the two', async (t) => {
  // Somebody of whom no other device is online.
  const uma = await server.hostUser('uma', { name: 'Uma' });
  const [a, b, outsider] = [await uma.connect(), await ulf.connect(), await eve.connect()];
  const { conversationId } = await write(uma, ulf, { content: 'there?' });
  await a.call({ type: 'typing.set', conversationId, on: true });
  t.match(await b.event('typing'), { conversationId, user: { id: uma.id }, on: true });
  const watched = await b.call({ type: 'presence.watch', userIds: [uma.id] });
  t.match(watched.users, [{ id: uma.id, state: 'online' }]);
  await a.call({ type: 'presence.set', state: 'away' });
  t.match(await b.event('presence'), { users: [{ id: uma.id, state: 'away' }] });
  const stranger = await outsider.call({ type: 'presence.watch', userIds: [uma.id] });
  t.same(
    stranger.users.filter(({ state }: Body) => state !== 'offline'),
    [],
    'who shares no conversation is told nothing',
  );
  t.same(await outsider.rest(), []);
});

t.test('files: uploaded, or an https link that the server never fetches', async (t) => {
  const form = new FormData();
  form.append('file', new Blob(['a plain text'], { type: 'text/plain' }), 'notes.txt');
  const upload = async (token: string) => {
    const response = await fetch(`${server.url}/v1/attachments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
    });
    t.equal(response.status, 201);
    return (await response.json()) as Body;
  };
  const file = await upload(una.token);
  const sent = await write(una, ulf, { content: '', attachments: [file.id] });
  t.match(sent, { kind: 'file', content: '', attachments: [{ id: file.id, name: 'notes.txt', size: 12 }] });
  const fetchFile = (token: string) =>
    fetch(`${server.url}/v1/attachments/${file.id}`, { headers: { authorization: `Bearer ${token}` } });
  t.equal(await (await fetchFile(ulf.token)).text(), 'a plain text');
  t.equal((await fetchFile(eve.token)).status, 404);
  const foreign = await upload(una.token);
  const stolen = await eve.post('messages', { to: { userId: ulf.id }, message: { attachments: [foreign.id] } });
  t.equal(stolen.status, 409);
  t.equal(stolen.body.code, 'ATTACHMENT_GONE', 'another’s upload is nobody’s to attach');

  const link = await write(una, ulf, { content: 'see', attachmentUrl: 'https://files.invalid/plan.pdf' });
  t.match(link.attachments, [{ url: 'https://files.invalid/plan.pdf', size: 0 }]);
  for (const attachmentUrl of ['http://files.invalid/a', 'javascript:alert(1)', 'file:///etc/passwd']) {
    const { status } = await una.post('messages', { to: { userId: ulf.id }, message: { content: 'x', attachmentUrl } });
    t.equal(status, 400, attachmentUrl);
  }
});

t.test('search finds what one may read, and forgets what was deleted', async (t) => {
  const kept = await write(una, ulf, { content: 'the zeppelin lands on Tuesday' });
  const found = async (who: typeof una) =>
    (await who.get('search?q=zeppelin')).body.items.map(({ message }: Body) => message.id);
  t.same(await found(ulf), [kept.id]);
  t.same(await found(eve), []);
  await una.delete(`conversations/${kept.conversationId}/messages/${kept.id}`);
  t.same(await found(ulf), []);
});

t.test('pages neither skip nor double while others write', async (t) => {
  const { conversationId } = await write(una, eve, { content: '1' });
  for (let number = 2; number <= 25; number += 1) {
    await una.post(`conversations/${conversationId}/messages`, { content: String(number) });
  }
  const contents: string[] = [];
  let before = '';
  for (;;) {
    const { body } = await eve.get(`conversations/${conversationId}/messages?limit=7${before}`);
    if (body.items.length === 0) break;
    contents.unshift(...body.items.map(({ content }: Body) => content));
    before = `&before=${body.items[0].seq}`;
    await una.post(`conversations/${conversationId}/messages`, { content: 'meanwhile' });
  }
  t.same(
    contents,
    Array.from({ length: 25 }, (_, index) => String(index + 1)),
  );
});

t.test('the holes are closed', async (t) => {
  const message = await write(una, ulf, { content: 'between us' });
  const { conversationId } = message;
  const line = await eve.connect();
  for (const type of ['conversation.view', 'conversation.sync', 'typing.set']) {
    const more = {
      'conversation.view': { viewing: true },
      'conversation.sync': { since: 0 },
      'typing.set': { on: true },
    }[type];
    t.match(await line.call({ type, conversationId, ...more }), { code: 'NOT_FOUND' }, `${type} without being in it`);
  }
  const both = { type: 'message.send', conversationId, to: { userId: eve.id }, message: { content: 'x' } };
  t.match(await line.call(both), { code: 'VALIDATION' }, 'a receiver beside a conversation is one too many');
  t.equal((await eve.delete(`conversations/${conversationId}/messages/${message.id}`)).status, 404);
  t.equal((await ulf.delete(`conversations/${conversationId}/messages/${message.id}`)).status, 403);
  t.match(message.id, /^[0-9a-f-]{36}$/);

  const careful = await startServer(t, { direct: 'team' });
  const [a, b] = [await careful.hostUser('a'), await careful.hostUser('b')];
  const { status } = await a.post('messages', { to: { userId: b.id }, message: { content: 'Hi' } });
  t.equal(status, 404, 'by default users write to the team, not to any receiver');

  const weak = await runParley(['serve'], { PARLEY_JWT_SECRET: 'your-secret-key', PARLEY_PORT: '0' });
  t.not(weak.code, 0, 'a secret from a README does not start');
  t.match(weak.err, /PARLEY_JWT_SECRET/);
  t.notMatch(weak.err, /your-secret-key/);
});
