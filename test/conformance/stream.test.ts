/** `GET /v1/events`: the same events, and REST beside it does all that a socket does. */
import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';
import { ask, say } from './words.ts';

const server = await startServer(t, { heartbeatMs: 300 });
const agent = await server.member('agent', 'ann');
const key = await server.key('*');
const brief = (blocks: { event: Body | undefined }[]) =>
  blocks.flatMap(({ event }) =>
    event === undefined ? [] : [event.rev === undefined ? event.type : `${event.type} ${event.rev}`],
  );

t.test('first welcome without re and synced, its id a cursor', async (t) => {
  const user = await server.hostUser('stream-first');
  const id = await ask(user);
  const stream = await user.stream();
  t.match(stream.response.headers.get('content-type'), /^text\/event-stream/);
  t.match(stream.response.headers.get('cache-control'), /no-store|no-cache/);
  const { id: cursor, event } = await stream.next(() => true);
  t.match(event, {
    type: 'welcome',
    user: { id: user.id },
    reset: true,
    conversations: [{ id, my: { unread: 0 } }],
    cursor: String,
  });
  t.notOk('re' in event || 'synced' in event);
  t.equal(cursor, event.cursor);
  t.match((await user.get(`changes?cursor=${cursor}`)).body, { reset: false, conversations: [] });
});

t.test('then events, the same as on a socket', async (t) => {
  const user = await server.hostUser('stream-events');
  const id = await ask(user);
  const line = await user.connect();
  const stream = await user.stream();
  await stream.event('welcome');
  const two = await say(user, id, 'two');
  await user.patch(`conversations/${id}/messages/${two.id}`, { content: 'zwei' });
  await say(agent, id, 'Hello');
  await user.post(`conversations/${id}/read`, { seq: 3 });
  await stream.event('participant.read');
  await line.rest();
  const fromLine = line.frames.filter(({ re, type }) => re === undefined && type !== 'presence');
  const fromStream = stream.blocks.flatMap(({ event }) =>
    event === undefined || ['welcome', 'presence'].includes(event.type) ? [] : [event],
  );
  t.same(fromStream, fromLine);
  t.same(brief(stream.blocks).slice(1), [
    'message.created 3',
    'message.updated 4',
    'message.created 5',
    'participant.read',
  ]);
});

t.test('id: is a Cursor, with heartbeats; Last-Event-ID brings what came after it', async (t) => {
  const user = await server.hostUser('stream-last');
  const id = await ask(user);
  const stream = await user.stream();
  await stream.event('welcome');
  await say(agent, id, 'Hello');
  await stream.event('message.created');
  const beat = await stream.next((block) => block.id !== undefined && block.event === undefined);
  t.match(
    (await user.get(`changes?cursor=${beat.id}`)).body,
    { reset: false, conversations: [] },
    'what was told is in it',
  );
  stream.close();
  await say(agent, id, 'away');
  const back = await user.stream('', { 'last-event-id': beat.id as string });
  t.match(await back.event('welcome'), { reset: false, conversations: [{ id, rev: 4, seq: 3 }], removed: [] });
  await say(agent, id, 'here again');
  t.match(await back.event('message.created'), { rev: 5 });
  t.same(brief(back.blocks), ['welcome', 'message.created 5'], 'no event twice');
  const forged = await user.stream('', { 'last-event-id': 'garbage' });
  t.match(await forged.event('welcome'), { reset: true, conversations: [{ id }] });
});

t.test('what one asks for by REST comes as an event to one’s own stream', async (t) => {
  const user = await server.hostUser('stream-own');
  const stream = await user.stream();
  await stream.event('welcome');
  await ask(user);
  await stream.event('message.created');
  t.same(brief(stream.blocks), ['welcome', 'conversation.created 1', 'message.created 2']);
});

t.test('?inbox for the team, with its counts; FORBIDDEN for others', async (t) => {
  const stream = await agent.stream('?inbox=true');
  await stream.event('welcome');
  t.match(await stream.event('inbox.counts'), { queue: Number, mine: Number, open: Number, snoozed: 0 });
  const customer = await server.visitor();
  const id = await ask(customer);
  const made = await stream.next(({ event }) => event?.conversationId === id);
  t.match(made.event, { type: 'conversation.created', conversation: { team: { id: String } } });
  t.match(await customer.get('events?inbox=true'), { status: 403, body: { code: 'FORBIDDEN' } });
  const quiet = await agent.stream();
  await quiet.event('welcome');
  await say(customer, id, 'two');
  await say(agent, id, 'mine now');
  t.same(brief([await quiet.next(({ event }) => event?.conversationId === id)]), ['conversation.created 4']);
});

t.test('?view, several times: those are heard without the inbox; typing too', async (t) => {
  const [one, two, three] = [await server.visitor(), await server.visitor(), await server.visitor()];
  const [first, second, third] = [await ask(one), await ask(two), await ask(three)];
  const bob = await server.member('agent', 'bob');
  const stream = await bob.stream(`?view=${first}&view=${second.toUpperCase()}`);
  await stream.event('welcome');
  await say(three, third, 'unheard');
  await say(one, first, 'heard');
  await say(two, second, 'heard');
  await two.post(`conversations/${second}/typing`, { on: true });
  await stream.event('typing');
  const created = stream.blocks
    .filter(({ event }) => event?.type === 'message.created')
    .map(({ event }) => event.conversationId);
  t.same(created, [first, second]);
  t.notOk(JSON.stringify(stream.blocks.slice(1)).includes(third));
  const again = await bob.stream(`?view=${third}`, { 'last-event-id': stream.blocks[0]?.id as string });
  const welcome = await again.event('welcome');
  t.ok(welcome.conversations.some((conversation: Body) => conversation.id === third));
  t.equal((await bob.get('events?view=x')).status, 400);
});

t.test('?presence: those watched', async (t) => {
  const user = await server.hostUser('stream-presence');
  await ask(user);
  const stream = await user.stream('?presence=team');
  await stream.event('welcome');
  t.match(await stream.event('presence'), { users: [{ id: 'team', state: String }] });
});

t.test('without a credential, with a bad one or with a key there is no stream', async (t) => {
  t.match(await server.request('GET', 'events'), { status: 401, body: { code: 'UNAUTHENTICATED' } });
  t.match(await server.request('GET', 'events', undefined, 'pv_x'), { status: 401 });
  t.match(await key.get('events'), { status: 403, body: { code: 'FORBIDDEN' } });
  const user = await server.hostUser('stream-token');
  t.equal((await server.request('GET', `events?token=${user.token}`)).status, 400, 'no token in a URL');
});

t.test('who is blocked gets bye and the end of the stream', async (t) => {
  const user = await server.hostUser('stream-blocked');
  const stream = await user.stream();
  await stream.event('welcome');
  await (await server.admin()).post(`users/${user.id}/block`);
  t.match(await stream.event('bye'), { code: 4202, retryMs: 0 });
  await stream.ended;
});

t.test('the end of the server is told with a time to come back', async (t) => {
  const ending = await startServer(t);
  const user = await ending.hostUser('stream-ending');
  const [stream, line] = [await user.stream(), await user.connect()];
  await stream.event('welcome');
  await ending.stop();
  t.match(await stream.event('bye'), { code: 4100, retryMs: Number });
  const { code, reason } = await line.closed;
  const bye = line.frames.at(-1);
  t.match(bye, { type: 'bye', code: 4100, retryMs: Number });
  t.same([code, reason], [4100, `${bye.retryMs}`], 'the close’s reason: the number');
});
