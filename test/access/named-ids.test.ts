/**
 * Ids in bodies, queries and lists. One that is not for who names it is answered, to the byte, like one of nothing: an
 * answer that differed would tell who is there.
 */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { openLine } from '../line.ts';
import { type Asked, askHttp, askLine } from './ask.ts';
import { type Cast, castFor, must } from './cast.ts';
import { sceneMaker } from './scenes.ts';

/** What is asked with an id, by whom, and an id of something that is there and not for them. */
type Row = [what: string, by: keyof Cast['people'] | 'key', ask: Asker, there: string];
type Asker = (id: string) => { method: string; path: string; body?: unknown } | { type: string } | { hello: object };

const get =
  (path: (id: string) => string): Asker =>
  (id) => ({ method: 'GET', path: path(id) });
const post =
  (path: string, body: (id: string) => object): Asker =>
  (id) => ({ method: 'POST', path, body: body(id) });
const remove =
  (path: (id: string) => string): Asker =>
  (id) => ({ method: 'DELETE', path: path(id) });
const patch =
  (path: (id: string) => string, body: object): Asker =>
  (id) => ({ method: 'PATCH', path: path(id), body });
const begin = (body: (id: string) => object) => post('conversations', body);
const writeTo = (to: (id: string) => object) => post('messages', (id) => ({ to: to(id), message: { content: 'Hi' } }));

async function rowsFor(cast: Cast): Promise<Row[]> {
  const { people } = cast;
  const makeScene = sceneMaker(cast);
  const [support, direct, room] = await Promise.all([
    makeScene('support', { who: 'customer' }),
    makeScene('direct', { who: 'ann' }),
    makeScene('room', { who: 'ann' }),
  ]);
  const { items: sessions } = must(await people.guest.request('GET', 'me/sessions'));
  const { items: keys } = must(await people.admin.request('GET', 'api-keys'));
  const { cursor } = must(await people.visitor.request('GET', 'changes'));
  const [customer, agent, disabled, erased, ann] = (['customer', 'agent', 'disabled', 'erased', 'ann'] as const).map(
    (name) => people[name].user.id,
  ) as [string, string, string, string, string];
  return [
    ['support by an agent of their choice', 'visitor', begin((assigneeId) => ({ kind: 'support', assigneeId })), agent],
    ['support by a customer', 'visitor', begin((assigneeId) => ({ kind: 'support', assigneeId })), customer],
    ['support for another customer', 'visitor', begin((customerId) => ({ kind: 'support', customerId })), customer],
    ['support for a customer, by a peer', 'peer', begin((customerId) => ({ kind: 'support', customerId })), customer],
    ['support for an agent', 'agent', begin((customerId) => ({ kind: 'support', customerId })), agent],
    ['a direct one, by a visitor', 'visitor', begin((userId) => ({ kind: 'direct', userId })), agent],
    ['a direct one with a visitor', 'user', begin((userId) => ({ kind: 'direct', userId })), customer],
    ['a direct one with who is disabled', 'user', begin((userId) => ({ kind: 'direct', userId })), disabled],
    ['a direct one with who is erased', 'user', begin((userId) => ({ kind: 'direct', userId })), erased],
    ['a room', 'agent', begin((userId) => ({ kind: 'room', participants: [{ userId }] })), customer],
    ['a message to a visitor', 'user', writeTo((userId) => ({ userId })), customer],
    ['a message to a customer', 'user', writeTo((customerId) => ({ customerId })), customer],
    ['a message to a customer, by a peer', 'peer', writeTo((customerId) => ({ customerId })), customer],
    ['an attachment', 'ann', post(`conversations/${direct.id}/messages`, (id) => ({ attachments: [id] })), customer],
    ['bringing into a room', 'ann', post(`conversations/${room.id}/participants`, (userId) => ({ userId })), agent],
    [
      'bringing into support',
      'customer',
      post(`conversations/${support.id}/participants`, (userId) => ({ userId })),
      agent,
    ],
    ['taking out of a room', 'ann', remove((id) => `conversations/${room.id}/participants/${id}`), agent],
    ["ending another's session", 'visitor', remove((id) => `me/sessions/${id}`), sessions[0].id],
    ['a user', 'visitor', get((id) => `users/${id}`), agent],
    ['a user, by a peer', 'peer', get((id) => `users/${id}`), customer],
    ['an erased user', 'admin', get((id) => `users/${id}`), erased],
    ['blocking', 'visitor', (id) => ({ method: 'POST', path: `users/${id}/block` }), agent],
    ['changing a user', 'peer', patch((id) => `users/${id}`, { name: 'x' }), customer],
    ['an API key', 'agent', get((id) => `api-keys/${id}`), keys[0].id],
    ['taking an API key away', 'agent', remove((id) => `api-keys/${id}`), keys[0].id],
    ['a list of a customer', 'visitor', get((id) => `conversations?customer=${id}`), customer],
    ['a list of a customer, by a peer', 'otherPeer', get((id) => `conversations?customer=${id}`), customer],
    ['a list of an assignee', 'visitor', get((id) => `conversations?assignee=${id}`), agent],
    ['presence', 'visitor', get((id) => `presence?users=${id}`), customer],
    ['presence of an agent', 'visitor', get((id) => `presence?users=${id}`), agent],
    ['presence watched', 'visitor', (id) => ({ type: 'presence.watch', userIds: [id] }), agent],
    ['presence watched, of a room they are not in', 'user', (id) => ({ type: 'presence.watch', userIds: [id] }), ann],
    ['what they say they hold', 'visitor', (id) => ({ hello: { cursor, revs: { [id]: 1 } } }), support.id],
    ['a direct one changed', 'key', patch((id) => `conversations/${id}`, { subject: 'x' }), direct.id],
    [
      'a direct one that is brought people',
      'key',
      (id) => post(`conversations/${id}/participants`, () => ({ userId: agent }))(id),
      direct.id,
    ],
  ];
}

t.test('ids', async (t) => {
  const cast = await castFor(t);
  const { app, people, keys, kept } = cast;

  async function ask(by: Row[1], asker: Asker, id: string): Promise<Asked> {
    const asked = asker(id);
    const actor = by === 'key' ? { ...people.admin, token: keys.conversations } : people[by];
    if ('method' in asked) return askHttp(app.url, actor.token, asked.method, `/v1/${asked.path}`, asked.body);
    const line = await openLine(t, app.url);
    const { cursor: _, ticket: __, ...welcome } = await line.hello(actor.token, 'hello' in asked ? asked.hello : {});
    const answer = 'hello' in asked ? { outcome: 'ok', text: JSON.stringify(welcome) } : await askLine(line, asked);
    line.socket.close();
    await line.closed;
    return answer;
  }

  for (const [what, by, asker, there] of await rowsFor(cast)) {
    const before = await kept();
    const nowhere = randomUUIDv7();
    const [forbidden, nothing] = [await ask(by, asker, there), await ask(by, asker, nowhere)];
    t.equal(
      forbidden.text.replaceAll(there, 'ID'),
      nothing.text.replaceAll(nowhere, 'ID'),
      `${what}: ${nothing.outcome}`,
    );
    t.equal(await kept(), before, `${what}: nothing comes of it`);
  }
});
