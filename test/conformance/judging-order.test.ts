import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Answered } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t, { sendRate: 1, sendBurst: 4 });
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const LONG = 'x'.repeat(1001);
const code = ({ status, body }: Answered) => (status < 300 ? status : body.code);
let last = 0;

/** A room with a user in it who has sent nothing yet, and a host's key. */
async function room() {
  last += 1;
  const user = await server.hostUser(`order-${last}`);
  const other = await server.hostUser(`order-other-${last}`);
  const participants = [{ userId: user.id }, { userId: other.id }];
  const { body } = await key.post('conversations', { kind: 'room', externalId: `order-${last}`, participants });
  return { id: body.id as string, user, other, path: `conversations/${body.id}/messages` };
}

t.test('shape before access', async (t) => {
  const stranger = await server.visitor();
  const path = `conversations/${randomUUIDv7()}`;
  t.match(await stranger.post(`${path}/messages`, { content: 5 }), {
    status: 400,
    body: { code: 'VALIDATION', details: { path: /content/ } },
  });
  t.match(await stranger.post(`${path}/messages`, { content: 'x', wrong: 1 }), {
    status: 400,
    body: { code: 'VALIDATION' },
  });
  t.match(await stranger.patch(path, { status: 'gone' }), { status: 400 });
  t.match(await stranger.get(`${path}/messages?before=x`), { status: 400 });
  t.match(await stranger.post(`${path}/read`, { seq: 0 }), { status: 400 });
  t.match(await stranger.get('conversations/not-an-id'), { status: 400 });
});

t.test('access before the id: a retry by who may not write there any more is not found', async (t) => {
  const { id, user, path } = await room();
  const draft = { id: randomUUIDv7(), content: 'one' };
  t.equal(code(await user.post(path, draft)), 201);
  t.equal(code(await user.post(path, draft)), 200);
  await key.delete(`conversations/${id}/participants/${user.id}`);
  t.equal(code(await user.post(path, draft)), 'NOT_FOUND');
});

t.test(
  'the id before ifSeq: a retry is answered though there are newer messages, and ID_REUSED comes before NEWER_MESSAGES',
  async (t) => {
    const { user, other, path } = await room();
    const draft = { id: randomUUIDv7(), content: 'one', ifSeq: 0 };
    t.equal(code(await user.post(path, draft)), 201);
    const newer = await other.post(path, { content: 'newer' });
    t.equal(code(await user.post(path, draft)), 200);
    t.equal(code(await user.post(path, { ...draft, content: 'two' })), 'ID_REUSED');
    t.match(await user.post(path, { content: 'two', ifSeq: 1 }), {
      status: 409,
      body: { code: 'NEWER_MESSAGES', details: { seq: newer.body.seq } },
    });
  },
);

t.test('ifSeq before the length', async (t) => {
  const { user, other, path } = await room();
  await other.post(path, { content: 'newer' });
  t.equal(code(await user.post(path, { content: LONG, ifSeq: 0 })), 'NEWER_MESSAGES');
  t.match(await user.post(path, { content: LONG, ifSeq: 1 }), {
    status: 400,
    body: { code: 'VALIDATION', details: { path: /content/ } },
  });
});

t.test('the id before the length: a retry is judged before limits', async (t) => {
  const { id, user, path } = await room();
  const draft = { id: randomUUIDv7(), content: 'x'.repeat(900) };
  t.equal(code(await user.post(path, draft)), 201);
  t.equal((await key.patch(`conversations/${id}`, { maxLength: 100 })).status, 200);
  t.equal(code(await user.post(path, draft)), 200);
  t.equal(code(await user.post(path, { content: 'x'.repeat(101) })), 'VALIDATION');
});

t.test('a retry that is found is answered even past the rate; ifSeq and the length come before it too', async (t) => {
  const { user, other, path } = await room();
  await other.post(path, { content: 'another one' });
  const drafts = [1, 2, 3, 4].map((content) => ({ id: randomUUIDv7(), content: `${content}` }));
  for (const draft of drafts) t.equal(code(await user.post(path, draft)), 201);
  const limited = await user.post(path, { content: 'five' });
  t.match(limited, { status: 429, body: { code: 'RATE_LIMITED', retryMs: Number } });
  t.equal(
    Number(limited.headers.get('retry-after')),
    Math.max(1, Math.ceil(limited.body.retryMs / 1000)),
    'retryMs also as Retry-After',
  );
  for (const draft of drafts) t.equal(code(await user.post(path, draft)), 200);
  t.equal(code(await user.post(path, { content: 'five', ifSeq: 0 })), 'NEWER_MESSAGES');
  t.equal(code(await user.post(path, { ...drafts[0], content: 'other' })), 'ID_REUSED');
  t.equal(code(await user.post(path, { content: LONG })), 'VALIDATION');
  const line = await user.connect();
  const again = await line.call({ type: 'message.send', conversationId: path.split('/')[1], message: drafts[2] });
  t.match(again, { type: 'ok', message: { id: drafts[2]?.id } }, 'over another transport too');
  t.match(await line.call({ type: 'message.send', conversationId: path.split('/')[1], message: { content: 'x' } }), {
    type: 'error',
    code: 'RATE_LIMITED',
    retryMs: Number,
  });
});

t.test('limits before the status, and a retry after closing', async (t) => {
  const { id, user, path } = await room();
  const draft = { id: randomUUIDv7(), content: 'one' };
  t.equal(code(await user.post(path, draft)), 201);
  t.equal((await key.patch(`conversations/${id}`, { status: 'closed' })).status, 200);
  t.equal(code(await user.post(path, { content: 'two' })), 'CLOSED');
  t.equal(code(await user.post(path, { content: LONG })), 'VALIDATION');
  t.equal(code(await user.post(path, draft)), 200);
  t.equal(code(await user.post(path, { content: 'two', ifSeq: 0 })), 'CLOSED', 'one’s own is not newer');
});

t.test('a refused message is not counted against the rate as a sent one', async (t) => {
  const { user, path } = await room();
  for (let count = 0; count < 8; count += 1) t.equal(code(await user.post(path, { content: LONG })), 'VALIDATION');
  t.equal(code(await user.post(path, { content: 'one' })), 201);
});

t.test('ifSeq means: no message of another author that is not a system message has a higher seq', async (t) => {
  const { id, user, other, path } = await room();
  t.equal(code(await user.post(path, { content: 'one', ifSeq: 0 })), 201);
  t.equal(code(await user.post(path, { content: 'two', ifSeq: 0 })), 201, 'one’s own do not count');
  const third = await server.hostUser('order-third');
  await key.post(`conversations/${id}/participants`, { userId: third.id });
  t.equal(code(await user.post(path, { content: 'three', ifSeq: 2 })), 201, 'a system message does not count');
  const theirs = await say(other, id, 'four');
  t.match(await user.post(path, { content: 'five', ifSeq: theirs.seq - 1 }), {
    status: 409,
    body: { code: 'NEWER_MESSAGES', details: { seq: theirs.seq } },
  });
  t.equal(code(await user.post(path, { content: 'five', ifSeq: theirs.seq })), 201);
});

t.test('closing takes ifSeq as a send does', async (t) => {
  const visitor = await server.visitor();
  const id = await ask(visitor);
  t.match(await agent.patch(`conversations/${id}`, { status: 'closed', ifSeq: 0 }), {
    status: 409,
    body: { code: 'NEWER_MESSAGES', details: { seq: 1 } },
  });
  t.equal((await look(visitor, id)).status, 'open');
  t.match(await agent.patch(`conversations/${id}`, { status: 'closed', ifSeq: 1 }), {
    status: 200,
    body: { status: 'closed' },
  });
});

t.test('over a socket the order is the same', async (t) => {
  const { user, other, path } = await room();
  const conversationId = path.split('/')[1];
  await other.post(path, { content: 'newer' });
  const line = await user.connect();
  const send = (message: object, more: object = {}) =>
    line.call({ type: 'message.send', conversationId, message, ...more });
  t.match(await send({ content: 5 }, { conversationId: randomUUIDv7() }), { type: 'error', code: 'VALIDATION' });
  t.match(await send({ content: LONG }, { conversationId: randomUUIDv7() }), { type: 'error', code: 'NOT_FOUND' });
  t.match(await send({ content: LONG }, { ifSeq: 0 }), { type: 'error', code: 'NEWER_MESSAGES', details: { seq: 1 } });
  t.match(await send({ content: LONG }), { type: 'error', code: 'VALIDATION' });
});
