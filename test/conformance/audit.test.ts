/** Every act of the team, and of the host, leaves a line: who, what, to whom; and none tells what anybody wrote. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Body } from '../helper.ts';
import { type Person, startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const server = await startServer(t);
const [admin, ann, bob] = [
  await server.admin(),
  await server.member('agent', 'ann'),
  await server.member('agent', 'bob'),
];

/** Shown by the tests of what they are about. */
const ELSEWHERE = ['openid.link', 'passkey.create', 'passkey.delete', 'user.merge'].concat(
  ['confirm', 'end', 'renew', 'reset'].map((verb) => `totp.${verb}`),
);
const seen = new Set<string>();

/** Does something, and gives the lines that came of it, oldest first. */
async function linesOf(act: () => Promise<Body>): Promise<Body[]> {
  const newest = (await admin.get('audit?limit=1')).body.items[0]?.id;
  const { status, body } = await act();
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  const { items } = (await admin.get('audit?limit=50')).body;
  const lines = items.slice(
    0,
    items.findIndex(({ id }: Body) => id === newest),
  );
  for (const { action } of lines) seen.add(action);
  return lines.toReversed();
}

/** One line of that action, by that person (null: the host), about that id. */
async function noted(t: Body, by: Person | null, action: string, id: string | null, act: () => Promise<Body>) {
  const lines = await linesOf(act);
  const [noun = ''] = action.split('.');
  // Who was taken out of a room is a user.
  const target = id === null ? null : { type: noun === 'participant' ? 'user' : noun, id };
  t.match(lines, [{ action, by: by === null ? null : { id: by.id }, target, address: '127.0.0.1' }], action);
  t.equal(lines.length, 1, `${action}, and nothing else`);
  return lines[0];
}

t.test('people', async (t) => {
  const { body: carl } = await admin.post('users', { name: 'Carl' });
  const path = `users/${carl.id}`;
  const patched = await noted(t, admin, 'user.patch', carl.id, () =>
    admin.patch(path, { name: 'Secret', role: 'peer' }),
  );
  t.notMatch(JSON.stringify(patched), /Secret/);
  await noted(t, admin, 'user.patch', carl.id, () => admin.patch(path, { disabled: true }));
  const customer = await server.visitor({ name: 'Vera' });
  await noted(t, bob, 'user.block', customer.id, () => bob.post(`users/${customer.id}/block`));
  await noted(t, ann, 'user.unblock', customer.id, () => ann.post(`users/${customer.id}/unblock`));
  await noted(t, admin, 'user.export', customer.id, () => admin.get(`users/${customer.id}/export`));
  const [invited] = await linesOf(() => admin.post('invitations', { role: 'agent' }));
  t.match(invited, { action: 'invitation.create', by: { id: admin.id }, details: { role: 'agent' } });
  await noted(t, admin, 'user.erase', carl.id, () => admin.delete(path));
  t.same(await linesOf(() => ann.patch('me', { name: 'Anna' })), [], 'one’s own name is one’s own business');
});

/** Makes, changes and takes away one of what admins set up. */
const SET_UP: [path: string, noun: string, body: object, patch: object][] = [
  ['api-keys', 'apiKey', { name: 'k', scopes: ['users'] }, { scopes: ['tokens'] }],
  ['canned-replies', 'cannedReply', { shortcut: 'hi', text: 'What was said' }, { text: 'Another' }],
  ['bots', 'bot', { name: 'Lea', engine: 'webhook', url: 'https://example.com/' }, { enabled: false }],
  ['webhooks', 'webhook', { url: 'https://example.com/' }, { enabled: false }],
];

t.test('what admins set up', async (t) => {
  for (const [path, noun, body, patch] of SET_UP) {
    let made: Body;
    const [line] = await linesOf(async () => {
      const answered = await admin.post(path, body);
      made = answered.body;
      return answered;
    });
    t.match(line, { action: `${noun}.create`, by: { id: admin.id }, target: { type: noun, id: made.id } });
    const one = `${path}/${made.id}`;
    await noted(t, admin, `${noun}.patch`, made.id, () => admin.patch(one, patch));
    if (noun === 'webhook') await noted(t, admin, 'webhook.rotate', made.id, () => admin.post(`${one}/rotate`));
    await noted(t, admin, `${noun}.delete`, made.id, () => admin.delete(one));
  }
  await noted(t, admin, 'settings.patch', null, () => admin.patch('settings', { away: 'Back soon' }));
});

t.test('conversations', async (t) => {
  const customer = await server.visitor();
  const id = await ask(customer, 'rude words');
  const path = `conversations/${id}`;
  await noted(t, ann, 'conversation.assign', id, () => ann.patch(path, { assigneeId: bob.id }));
  await noted(t, ann, 'conversation.assign', id, () => ann.patch(path, { assigneeId: null }));
  const rude = await say(customer, id, 'more of them');
  await noted(t, bob, 'message.delete', rude.id, () => bob.delete(`${path}/messages/${rude.id}`));
  await noted(t, admin, 'conversation.delete', id, () => admin.delete(path));
});

t.test('rooms, in which no side conversation tells who did it', async (t) => {
  const guest = await server.hostUser('guest');
  const host = await server.key('conversations', 'conversations:all');
  const { body: room } = await admin.post('conversations', {
    kind: 'room',
    participants: [{ userId: guest.id, moderator: true }, { userId: ann.id }, { userId: bob.id }],
  });
  const path = `conversations/${room.id}`;
  const patched = await noted(t, admin, 'conversation.patch', room.id, () =>
    admin.patch(path, { subject: 'A secret subject', maxLength: 20 }),
  );
  t.same(patched.details, { changed: ['subject', 'maxLength'] });
  t.same(await linesOf(() => admin.patch(path, { maxLength: 20 })), [], 'what changes nothing is not noted');
  const out = await noted(t, admin, 'participant.delete', ann.id, () => admin.delete(`${path}/participants/${ann.id}`));
  t.same(out.details, { conversation: room.id });
  t.same(await linesOf(() => bob.delete(`${path}/participants/${bob.id}`)), [], 'who goes by themselves');
  await noted(t, null, 'conversation.patch', room.id, () => host.patch(path, { status: 'closed' }));
  t.same(await linesOf(() => guest.patch(path, { status: 'open' })), [], 'a moderator who is not of the team');
});

t.test('what support is about stands in the side conversation, with who did it', async (t) => {
  const id = await ask(await server.visitor());
  const lines = await linesOf(async () => {
    await ann.post(`conversations/${id}/claim`);
    await ann.patch(`conversations/${id}`, { tags: ['lamps'] });
    await ann.patch(`conversations/${id}`, { snoozedUntil: '2036-01-31T12:00:00.000Z' });
    return ann.patch(`conversations/${id}`, { status: 'closed' });
  });
  t.same(lines, []);
  const { team } = await look(ann, id);
  const { items } = (await ann.get(`conversations/${team.id}/messages`)).body;
  t.same(
    items.map(({ system }: Body) => [system.code, system.by.id]),
    ['assigned', 'tags', 'snoozed', 'snoozed', 'closed'].map((code) => [code, ann.id]),
  );
});

t.test('the page of the documentation names every action, and no other', async (t) => {
  const page = readFileSync(new URL('../../docs/privacy.md', import.meta.url), 'utf8');
  const [section = ''] = page.split('**Noted.**')[1]?.split('\n\n**') ?? [];
  const named = [...section.matchAll(/`([a-zA-Z]+\.[a-z]+)`/g)].map(([, action = '']) => action);
  const { items } = (await admin.get('audit?limit=200')).body;
  for (const { action } of items) seen.add(action);
  t.same(named.toSorted(), [...seen, ...ELSEWHERE].toSorted());
});
