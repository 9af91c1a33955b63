/** The host names a visitor: what is theirs passes to the named user, and nothing else does. */
import { createHmac, randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Body } from '../helper.ts';
import { startApp } from '../helper.ts';
import { identityFor, SECRET } from './host.ts';

const SIGNED = { jwtSecret: SECRET };

t.test('a visitor whom the host names is a user of its own, with all that they wrote', async (t) => {
  const app = await startApp(t, SIGNED);
  const visitor = await app.visitor({ name: 'Vera', email: 'vera@example.com', fields: { plan: 'free' } });
  const sent = (await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } })).body;
  const named = await visitor.request('POST', 'visitors', { identity: identityFor('u-1') });
  t.equal(named.status, 201, 'nobody had that id before');
  t.match(named.body.user, {
    name: 'Vera',
    email: 'vera@example.com',
    fields: { plan: 'free' },
    anonymous: false,
    externalId: 'u-1',
  });
  t.not(named.body.user.id, visitor.user.id);
  t.same(named.body.merged, [sent.conversationId]);
  const me = app.actor(named.body.token, named.body.user);
  const { items } = (await me.request('GET', 'conversations')).body;
  t.equal(items.length, 1);
  t.match(items[0], { id: sent.conversationId, rev: 3, participants: [{ user: { id: me.user.id, name: 'Vera' } }] });
  const { items: messages } = (await me.request('GET', `conversations/${sent.conversationId}/messages`)).body;
  t.match(messages, [{ id: sent.id, seq: 1, rev: 2, author: { id: me.user.id, name: 'Vera' } }]);
  t.match(await visitor.request('GET', 'me'), { status: 401, body: { code: 'MERGED' } });
});

t.test('what the host says stands, and what the visitor said fills in; known before: 200', async (t) => {
  const app = await startApp(t, SIGNED);
  await app.hostUser('u-1', { name: 'Una' });
  const visitor = await app.visitor({ name: 'Vera', fields: { plan: 'free' } });
  const named = await visitor.request('POST', 'visitors', { identity: identityFor('u-1') });
  t.equal(named.status, 200);
  t.match(named.body.user, { name: 'Una', fields: { plan: 'free' } });
  t.notOk('merged' in named.body, 'there was nothing to pass on');
});

t.test('a dead token beside a valid identity is ignored: a client whose answer was lost asks again', async (t) => {
  const app = await startApp(t, SIGNED);
  const visitor = await app.visitor();
  const identity = identityFor('u-1');
  const first = await visitor.request('POST', 'visitors', { identity });
  const again = await visitor.request('POST', 'visitors', { identity });
  t.equal(again.status, 200);
  t.equal(again.body.user.id, first.body.user.id);
  t.not(again.body.token, first.body.token);
  for (const token of [`pv_${'A'.repeat(43)}`, 'nonsense', 'a.b.c', undefined]) {
    const answer = await app.request('POST', 'visitors', { identity }, token);
    t.equal(answer.status, 200, String(token));
    t.equal((await app.request('GET', 'me', undefined, answer.body.token)).body.id, first.body.user.id);
  }
  const own = await app.request('POST', 'visitors', { identity }, first.body.token);
  t.equal(own.body.token, first.body.token, 'their own living token is answered as it is');
});

t.test('what is no identity is refused, and changes nothing', async (t) => {
  const app = await startApp(t, SIGNED);
  const visitor = await app.visitor();
  const good = identityFor('u-1');
  const ahead = Math.floor(Date.now() / 1000) + 401 * 24 * 3600;
  const past = Math.floor(Date.now() / 1000) - 1;
  const wrong: [string, Body, string][] = [
    ["another's hmac", { ...good, externalId: 'u-2' }, 'UNAUTHENTICATED'],
    ['another end', { ...good, exp: good.exp + 1 }, 'UNAUTHENTICATED'],
    ['one digit of it', { ...good, hmac: good.hmac.replace(/^./, (c) => (c === '0' ? '1' : '0')) }, 'UNAUTHENTICATED'],
    ['another secret', identityFor('u-1', { secret: 'x'.repeat(32) }), 'UNAUTHENTICATED'],
    ['of an id without its dot', { ...good, hmac: hmacOf(`u-1${good.exp}`) }, 'UNAUTHENTICATED'],
    ['replayed behind its end', identityFor('u-1', { exp: past }), 'TOKEN_EXPIRED'],
    ['without end', identityFor('u-1', { exp: ahead }), 'UNAUTHENTICATED'],
    ['no token of the host', { token: 'a.b.c' }, 'UNAUTHENTICATED'],
  ];
  for (const [what, identity, code] of wrong) {
    t.match(await visitor.request('POST', 'visitors', { identity }), { status: 401, body: { code } }, what);
  }
  for (const hmac of ['', 'ab', good.hmac.slice(2), `${good.hmac}00`, 'g'.repeat(64)]) {
    const answer = await visitor.request('POST', 'visitors', { identity: { ...good, hmac } });
    t.match(answer, { status: 400, body: { code: 'VALIDATION' } }, `hmac ${hmac}`);
  }
  t.equal((await visitor.request('POST', 'visitors', { identity: good, name: 'x' })).status, 400);
  t.equal((await visitor.request('GET', 'me')).body.id, visitor.user.id, 'they are who they were');
  t.equal(
    (await visitor.request('POST', 'visitors', { identity: { ...good, hmac: good.hmac.toUpperCase() } })).status,
    201,
  );
});

t.test('without a secret there is no identity; a key has none', async (t) => {
  const app = await startApp(t);
  const answer = await app.request('POST', 'visitors', { identity: identityFor('u-1') });
  t.match(answer, { status: 401, body: { message: /PARLEY_JWT_SECRET/ } });
  const signed = await startApp(t, SIGNED);
  const key = await signed.key('*');
  t.equal((await key.request('POST', 'visitors', { identity: identityFor('u-1') })).status, 403);
});

t.test('only an anonymous user is merged, and once', async (t) => {
  const app = await startApp(t, SIGNED);
  const una = await app.hostUser('u-1', { name: 'Una' });
  const sent = (await una.request('POST', 'messages', { to: 'support', message: { content: 'mine' } })).body;
  const other = await una.request('POST', 'visitors', { identity: identityFor('u-2') });
  t.equal(other.status, 201);
  t.notOk('merged' in other.body);
  t.equal(
    (await una.request('GET', `conversations/${sent.conversationId}`)).status,
    200,
    'a named one stays themselves',
  );
  const visitor = await app.visitor();
  await visitor.request('POST', 'messages', { to: 'support', message: { content: 'theirs' } });
  const both = await Promise.all(
    ['u-3', 'u-4'].map((id) => visitor.request('POST', 'visitors', { identity: identityFor(id) })),
  );
  t.same(
    both.map(({ status, body }) => [status, (body.merged ?? []).length]),
    [
      [201, 1],
      [201, 0],
    ],
    'of two at once the first gets it all',
  );
});

t.test('a block passes on, but not to the team; a disabled user is let in by no identity', async (t) => {
  const app = await startApp(t, { ...SIGNED, jwtRoles: true });
  const admin = await app.admin();
  const chief = await app.hostUser('chief');
  await admin.request('PATCH', `users/${chief.user.id}`, { role: 'admin' });
  const blocked = async () => {
    const visitor = await app.visitor();
    await admin.request('POST', `users/${visitor.user.id}/block`);
    return visitor;
  };
  const una = await app.hostUser('u-1');
  const line = await una.connect();
  const passed = await (await blocked()).request('POST', 'visitors', { identity: identityFor('u-1') });
  t.equal(passed.status, 200);
  t.equal((await line.closed).code, 4202);
  t.match(await una.request('POST', 'messages', { to: 'support', message: { content: 'x' } }), {
    status: 403,
    body: { code: 'BLOCKED' },
  });
  const spared = await (await blocked()).request('POST', 'visitors', { identity: identityFor('chief') });
  t.equal((await app.actor(spared.body.token, spared.body.user).request('GET', 'users')).status, 200);
  await admin.request('PATCH', `users/${una.user.id}`, { disabled: true });
  t.match(await app.request('POST', 'visitors', { identity: identityFor('u-1') }), {
    status: 403,
    body: { code: 'FORBIDDEN' },
  });
});

t.test('on every open tab: the visitor is told to come back, the named user and the team hear it once', async (t) => {
  const app = await startApp(t, SIGNED);
  const ann = await app.member('agent', 'ann');
  const inbox = await ann.connect({ inbox: true });
  const una = await app.hostUser('u-1', { name: 'Una' });
  const phone = await una.connect();
  const visitor = await app.visitor({ name: 'Vera' });
  const tabs = [await visitor.connect(), await visitor.connect()];
  const [first] = tabs as [Body, Body];
  const { message } = await first.call({ type: 'message.send', to: 'support', message: { content: 'Hello' } });
  const id = message.conversationId;
  await inbox.event('message.created');
  const named = await visitor.request('POST', 'visitors', { identity: identityFor('u-1') });
  for (const tab of tabs) {
    t.match(await tab.event('bye'), { code: 4001, retryMs: 0 });
    t.equal((await tab.closed).code, 4001);
    t.notOk(
      tab.frames.some(({ type }: Body) => type === 'conversation.removed'),
      'it is theirs still',
    );
  }
  t.match(await phone.event('conversation.created'), { conversationId: id, rev: 3, conversation: { my: undefined } });
  t.same(
    (await phone.rest()).map(({ type }: Body) => type).filter((type: string) => type !== 'presence'),
    [],
    'and hears nothing else of it',
  );
  t.match(await inbox.event('conversation.updated'), {
    conversationId: id,
    rev: 3,
    reset: true,
    conversation: { participants: [{ user: { id: una.user.id, name: 'Una' } }] },
  });
  const note = await inbox.event((event: Body) => event.type === 'message.created' && event.parentId === id);
  t.match(note.message, { kind: 'system', system: { code: 'merged' }, author: null, afterSeq: 1 });
  const back = app.actor(named.body.token, named.body.user);
  const tab = await back.connect();
  const again = await tab.call({
    type: 'message.send',
    conversationId: id,
    message: { id: message.id, content: 'Hello' },
  });
  t.match(again, { type: 'ok', message: { id: message.id, seq: 1, author: { id: una.user.id, name: 'Vera' } } });
  const sync = (
    await ann.request(
      'GET',
      `conversations/${id}/sync?since=2&epoch=${(await inbox.call({ type: 'conversation.sync', conversationId: id, since: 0 })).sync.epoch}`,
    )
  ).body;
  t.equal(sync.reset, true, 'who held it before reads it anew');
});

t.test("the host's own token names too, with what it says and the rooms that it names", async (t) => {
  const app = await startApp(t, { ...SIGNED, jwtRooms: true });
  const exp = Math.floor(Date.now() / 1000) + 60;
  const visitor = await app.visitor();
  const token = jwtOf({ sub: 'u-1', exp, name: 'Una', rooms: ['call-7'] });
  const named = await visitor.request('POST', 'visitors', { identity: { token } });
  t.match(named, { status: 201, body: { user: { name: 'Una', externalId: 'u-1' } } });
  const { items } = (await app.actor(named.body.token, named.body.user).request('GET', 'conversations')).body;
  t.match(items, [{ kind: 'room', externalId: 'call-7' }]);
});

t.test(
  "the one that `to: support` means stays the named user's; what was the visitor's stays open beside it",
  async (t) => {
    const app = await startApp(t, SIGNED);
    const una = await app.hostUser('u-1');
    const write = async (who: { request: Body }, content: string, to: unknown = 'support') =>
      (await who.request('POST', 'messages', { to, message: { id: randomUUIDv7(), content } })).body.conversationId;
    const hers = await write(una, 'mine');
    const visitor = await app.visitor();
    const theirs = await write(visitor, 'theirs');
    const peers = await write(visitor, 'peers', { queue: 'peer' });
    const named = await visitor.request('POST', 'visitors', { identity: identityFor('u-1') });
    t.same(named.body.merged.toSorted(), [theirs, peers].toSorted());
    t.equal(await write(una, 'again'), hers);
    t.equal(await write(una, 'again', { queue: 'peer' }), peers, 'a key that was free is taken over');
    t.match((await una.request('GET', `conversations/${theirs}`)).body, { status: 'open' });
  },
);

function hmacOf(text: string): string {
  return createHmac('sha256', SECRET).update(text).digest('hex');
}

function jwtOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
