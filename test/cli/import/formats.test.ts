/** What one row of a foreign chat says, for each of its forms. */
import t from 'tap';
import {
  conversationOf,
  type Format,
  formats,
  messageOf,
  personOf,
  type Refused,
} from '../../../src/cli/import/formats.ts';
import type { StagedConversation, StagedMessage } from '../../../src/cli/import/staged.ts';

function format(name: string): Format {
  const found = formats.get(name);
  if (found === undefined) throw new Error(`there is no format ${name}`);
  return found;
}

const [BOTS, ROOMS, DIRECT, VISITORS, ADMINS] = ['000', '001', '002', '003', '004'].map(format) as [
  Format,
  Format,
  Format,
  Format,
  Format,
];

function kept<T extends object>(found: T | Refused): T {
  if ('problem' in found) throw new Error(String(found.problem));
  return found;
}

t.test('who somebody is, and that nobody becomes an admin by a file', async (t) => {
  const role = (form: Format, given: object) => kept(personOf(form, { id: 'una', ...given })).role;
  t.equal(role(ADMINS, { admin: '1' }), 'agent');
  t.equal(role(BOTS, { admin: true }), 'peer');
  t.equal(role(ADMINS, { admin: 'no', role: 'SUPERADMIN' }), 'agent');
  t.equal(role(ADMINS, { role: 'peer_advocate' }), 'peer');
  t.equal(role(BOTS, { role: 'agent' }), 'bot', 'agent means the automaton there');
  t.equal(role(ADMINS, { role: 'agent' }), 'agent');
  t.equal(role(ADMINS, { role: 'assistant' }), 'bot');
  t.equal(role(ROOMS, { role: 'moderator' }), 'user', 'a room has no team');
  t.equal(role(ADMINS, { role: 'plumber' }), 'user');
  t.same(personOf(ADMINS, { id: ' ' }), { problem: 'the user has no id' });
  t.match(personOf(VISITORS, { id: 'v1', email: 'no address', lastSeenAt: '2025-06-01' }), {
    key: 'visitor:v1',
    email: null,
    lastSeenAt: Date.parse('2025-06-01'),
  });
  t.match(personOf(VISITORS, { id: 'a1', role: 'admin' }), { key: 'user:a1' });
  const made = personOf(ROOMS, { id: '683c3f800000000000000000' });
  t.match(made, { createdAt: Date.parse('2025-06-01T11:54:40Z') }, 'an ObjectId tells when it was made');
});

t.test('whose a conversation is, and whether it is over', async (t) => {
  const one = (form: Format, given: object): StagedConversation => kept(conversationOf(form, { id: 's', ...given }));
  t.same(conversationOf(ADMINS, { customer: 'una' }), { problem: 'the conversation has no id' });
  t.same(conversationOf(ADMINS, { id: 's' }), { problem: 'the conversation has no customer' });
  t.match(one(VISITORS, { name: 'Una', email: 'Una@example.com' }), {
    customer: 'visitor:s',
    customerName: 'Una',
    customerEmail: 'una@example.com',
  });
  t.match(one(ADMINS, { customer: 'una', name: 'Una' }), { customer: 'user:una', customerName: null });
  t.same(one(ROOMS, { row: '7' }).names, ['s', '7'], 'its messages may go by its row');
  t.same(one(ROOMS, { row: 's' }).names, ['s']);
  t.equal(one(BOTS, { customer: 'una', type: 'Volunteer' }).queue, 'peer');
  t.equal(one(BOTS, { customer: 'una', type: 'agent' }).queue, 'agent');
  const closed = (given: object) => one(ROOMS, given).closed;
  t.equal(closed({ closedAt: '2025-06-01' }), true);
  t.equal(closed({ closedAt: 'never' }), null);
  t.equal(closed({ status: 'Resolved', active: true }), true, 'the status says more');
  t.equal(closed({ status: 'ACTIVE' }), false);
  t.equal(closed({ active: 'false' }), true);
  t.equal(closed({ active: 1 }), false);
});

t.test('two people in whatever form they are told', async (t) => {
  const people = (given: object) => {
    const found = conversationOf(DIRECT, { id: 'd', ...given });
    return 'problem' in found ? found.problem : found.people;
  };
  const both = ['user:una', 'user:ulf'];
  t.same(people({ first: 'una', second: 'ulf' }), both);
  t.same(people({ people: ['una', 'ulf'] }), both);
  t.same(people({ people: '["una", {"userId": "ulf"}]' }), both);
  t.same(people({ people: [{ user_id: 'una' }, { _id: { $oid: 'ulf' } }] }), both);
  t.same(people({ first: 'una', people: [{ id: 'una' }, null, {}, { id: 'ulf' }] }), both, 'half a pair is none');
  for (const given of [['una'], ['una', 'una'], ['una', 'ulf', 'ute'], '[broken', 'una,ulf', { a: 1 }, undefined]) {
    t.equal(people({ people: given }), 'the conversation is not one of two people', JSON.stringify(given));
  }
});

t.test('what a message says, by whom, to whom', async (t) => {
  const at = { createdAt: '2025-06-01T12:00:00Z', conversation: 's', content: 'Hello' };
  const one = (form: Format, given: object): StagedMessage => {
    const [first, ...more] = kept(messageOf(form, { ...at, ...given }));
    if (first === undefined || more.length > 0) throw new Error('it is not one message');
    return first;
  };
  const refused = (form: Format, given: object) => messageOf(form, { ...at, ...given });
  t.match(refused(ADMINS, { createdAt: 'soon' }), { problem: 'the message has no time that can be read' });
  t.equal(one(ADMINS, { createdAt: 'soon', id: '683c3f800000000000000000' }).at, Date.parse('2025-06-01T11:54:40Z'));
  t.match(refused(ADMINS, { conversation: null }), { problem: 'the message belongs to no conversation' });
  t.match(refused(DIRECT, { conversation: null, author: 'una' }), { problem: /belongs to no/ });
  t.equal(one(DIRECT, { conversation: null, author: 'una', receiver: 'ulf' }).conversation, 'ulf una');
  t.match(refused(ADMINS, { content: ' ' }), { problem: 'the message says nothing' });

  const word = (form: Format, given: object) => one(form, given).word;
  t.equal(word(ADMINS, { ai: 't', from: 'admin' }), 'bot');
  t.equal(word(ADMINS, { kind: 'System', from: 'admin' }), 'system');
  t.equal(word(ADMINS, { from: 'system' }), 'system');
  t.equal(word(ADMINS, { from: 'staff' }), 'team');
  t.equal(word(ADMINS, { from: 'visitor' }), 'customer');
  t.equal(word(ADMINS, { from: 'plumber', admin: true }), 'team');
  t.equal(word(ADMINS, { admin: 'false' }), 'customer');
  t.equal(word(ADMINS, {}), null);
  t.equal(word(ROOMS, { author: 'una', admin: true }), null, 'in a room that is a moderator');
  t.match(one(ROOMS, { author: 'una', admin: true, from: 'doctor' }), { moderator: true, title: 'doctor' });
  t.match(one(ROOMS, { from: 'una' }), { author: 'una', title: null, moderator: false });
  t.equal(one(ADMINS, { from: 'una' }).author, null, 'in support that says what they are');

  t.match(one(ADMINS, { deleted: true }), { content: '', deletedAt: Date.parse(at.createdAt) });
  t.match(one(ADMINS, { deletedAt: '2025-06-02' }), { content: '', deletedAt: Date.parse('2025-06-02') });
  t.match(one(ADMINS, { url: 'https://files.example/a.png' }), {
    content: 'Hello',
    url: 'https://files.example/a.png',
  });
  t.match(one(ADMINS, { url: 'ftp://files.example/a' }), { content: 'Hello\nftp://files.example/a', url: null });
  t.match(one(ADMINS, { url: 'ftp://files.example/a', content: '' }), { content: 'ftp://files.example/a', url: null });
  t.match(one(ADMINS, { url: 'https://files.example/a', content: '', deleted: 1 }), { url: null });

  t.equal(one(ADMINS, {}).read, false, 'where messages tell it, what does not was not read');
  t.equal(one(ROOMS, {}).read, true);
  t.equal(one(ROOMS, { read: 'no' }).read, false);
  t.match(one(ADMINS, { read: false, readAt: '2025-06-02' }), { read: true, readAt: Date.parse('2025-06-02') });

  t.equal(one(ADMINS, { author: 'una' }).id, `${Date.parse(at.createdAt)} una Hello`, 'its own id, where it has none');
  t.equal(one(ADMINS, { from: 'bot' }).id, `${Date.parse(at.createdAt)} bot Hello`);
  const long = kept(messageOf(ADMINS, { ...at, content: 'x'.repeat(25_000), url: 'https://files.example/a' }));
  t.same(
    long.map(({ piece, content, url }) => [piece, content.length, url !== null]),
    [
      [0, 10_000, true],
      [1, 10_000, false],
      [2, 5_000, false],
    ],
  );
});
