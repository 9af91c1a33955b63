/** Access that ends in the midst of something: while a change is waited for, between two sends, under a script's key. */
import t from 'tap';
import { type Actor, type Answered, startApp } from '../helper.ts';
import { must } from './cast.ts';
import { PASSWORD } from './losses.ts';

async function withRoom(t: Parameters<typeof startApp>[0], now?: () => number) {
  const app = await startApp(t, {}, now === undefined ? {} : { now });
  const host = await app.key('*');
  const [ann, bob] = [await app.hostUser('ann'), await app.hostUser('bob')];
  const participants = [ann, bob].map(({ user }) => ({ userId: user.id }));
  const { id } = must(await host.request('POST', 'conversations', { kind: 'room', participants }));
  return { app, host, ann, bob, room: id as string, admin: await app.admin() };
}

type Room = Awaited<ReturnType<typeof withRoom>>;

/** What a poll of bob's that waits is answered, by what happens to him meanwhile. */
const POLLS: [what: string, end: (room: Room) => Promise<Answered>, answer: (room: Room) => object][] = [
  [
    'taken out of the room',
    ({ host, bob, room }) => host.request('DELETE', `conversations/${room}/participants/${bob.user.id}`),
    ({ room }) => ({ status: 200, body: { reset: false, conversations: [], removed: [room] } }),
  ],
  [
    'blocked',
    ({ admin, bob }) => admin.request('POST', `users/${bob.user.id}/block`),
    () => ({ status: 200, body: { reset: false, conversations: [], removed: [] } }),
  ],
  [
    'disabled',
    ({ admin, bob }) => admin.request('PATCH', `users/${bob.user.id}`, { disabled: true }),
    () => ({ status: 401, body: { code: 'UNAUTHENTICATED' } }),
  ],
  [
    'signed out',
    ({ bob }) => bob.request('POST', 'auth/logout'),
    () => ({ status: 401, body: { code: 'UNAUTHENTICATED' } }),
  ],
];

for (const [what, end, answer] of POLLS) {
  t.test(`a poll that waits, and its user is ${what}`, async (t) => {
    const stage = await withRoom(t);
    const { ann, bob, room } = stage;
    const { cursor } = must(await bob.request('GET', 'changes'));
    const line = await ann.connect();
    await line.call({ type: 'presence.watch', userIds: [bob.user.id] });
    const poll = bob.request('GET', `changes?cursor=${cursor}&wait=25`);
    // Who waits is there: from here on it is waited for.
    await line.event(({ type, users }) => type === 'presence' && users[0].state === 'online');
    must(await end(stage));
    must(await ann.request('POST', `conversations/${room}/messages`, { content: 'said afterwards' }));
    const answered = await poll;
    t.match(answered, answer(stage));
    t.notMatch(JSON.stringify(answered.body), /said afterwards/);
  });
}

t.test('a poll outlives no token', async (t) => {
  const { app, host, bob } = await withRoom(t);
  const { externalId } = bob.user;
  const { token, user } = must(await host.request('POST', 'tokens', { externalId, expiresIn: 1 }));
  const brief = app.actor(token, user);
  const { cursor } = must(await brief.request('GET', 'changes'));
  const begun = performance.now();
  t.match(await brief.request('GET', `changes?cursor=${cursor}&wait=25`), {
    status: 401,
    body: { code: 'TOKEN_EXPIRED' },
  });
  t.ok(performance.now() - begun < 10_000);
});

t.test('of sends that race with being taken out, those before it are heard and no other', async (t) => {
  const { ann, bob, host, room } = await withRoom(t);
  const [a, b] = [await ann.connect(), await bob.connect()];
  const send = () => a.call({ type: 'message.send', conversationId: room, message: { content: 'racing' } });
  for (let round = 0; round < 20; round += 1) {
    const path = `conversations/${room}/participants`;
    const racing = Array.from({ length: 8 }, send);
    const out = host.request('DELETE', `${path}/${bob.user.id}`);
    racing.push(...Array.from({ length: 8 }, send));
    await out;
    await Promise.all(racing);
    const left = await a.event(({ message }) => message?.system?.code === 'left');
    const heard = (await b.rest()).filter(({ type }) => type === 'message.created').map(({ message }) => message.seq);
    const first = left.message.seq - heard.length;
    t.same(
      heard,
      Array.from(heard, (_, index) => first + index),
      'without a gap up to the one before the last',
    );
    t.equal(b.frames.at(-2)?.type, 'conversation.removed', 'and then that it is over');
    must(await host.request('POST', path, { userId: bob.user.id }));
    await b.event('conversation.created');
  }
});

t.test('a key is good for what it is for at this moment', async (t) => {
  const { app, admin, room } = await withRoom(t);
  const made = must(await admin.request('POST', 'api-keys', { name: 'CRM', scopes: ['conversations:all'] }));
  const asks = async () => (await app.request('GET', `conversations/${room}`, undefined, made.key)).status;
  const change = async (body: object) => must(await admin.request('PATCH', `api-keys/${made.id}`, body));
  t.equal(await asks(), 200);
  await change({ scopes: ['conversations'] });
  t.equal(await asks(), 404, 'it may read support alone');
  await change({ scopes: ['messages'] });
  t.equal(await asks(), 403);
  await change({ scopes: ['*'] });
  t.equal(await asks(), 200);
  must(await admin.request('DELETE', `api-keys/${made.id}`));
  t.equal(await asks(), 401);
});

t.test('a refresh token used again late ends the lines of its session', async (t) => {
  let now = Date.now();
  const { app } = await withRoom(t, () => now);
  await app.member('agent', 'ada');
  const login = must(await app.request('POST', 'auth/login', { email: 'ada@example.com', password: PASSWORD }));
  const line = await app.actor(login.token, login.user).connect();
  const refresh = (refreshToken: string) => app.request('POST', 'auth/refresh', { refreshToken });
  const next: Actor = { ...app.actor(must(await refresh(login.refreshToken)).token, login.user) };
  now += 31_000;
  t.equal((await refresh(login.refreshToken)).status, 401);
  t.equal((await line.closed).code, 4201);
  t.equal((await next.request('GET', 'me')).status, 401, 'for the thief and for whom it was stolen from');
});
