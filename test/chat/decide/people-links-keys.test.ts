import t from 'tap';
import type { By } from '../../../src/chat/caller.ts';
import type { PeopleChange, UseLinkChange } from '../../../src/chat/people/people-change.ts';
import type { LinkUsed } from '../../../src/chat/people/totp-change.ts';
import type { LinkRow } from '../../../src/db/rows.ts';
import type { ApiKey } from '../../../src/protocol/api-key.ts';

import { AT, byKey, byUser, newSession, peopleSet } from './people-set.ts';

const use = (link: LinkRow, more: Partial<UseLinkChange> = {}): PeopleChange => ({
  type: 'link.use',
  link: link.id,
  known: null,
  password: 'n',
  name: null,
  email: null,
  admins: [],
  session: newSession(),
  ...more,
});

t.test('the first admin’s link makes an admin, once', async (t) => {
  const { judge, refused, link, set } = peopleSet();
  const first = link({ kind: 'first_admin', role: 'admin' });
  const made = judge(use(first, { name: 'Ada' })).value as LinkUsed;
  t.match(made, { signedIn: true, me: { role: 'admin', name: 'Ada', anonymous: false } });
  t.equal(first.usedAt, AT);
  t.equal(set.marked.sessions.size, 1);
  t.equal(refused(use(first)), 'UNAUTHENTICATED');
});

t.test('the first admin’s link may bring the address to log in with, if it is nobody’s', async (t) => {
  const { judge, refused, link, user, set } = peopleSet();
  const taken = user('ann', { role: 'agent', email: 'ann@example.com' });
  set.usersByEmail.set('ann@example.com', taken);
  set.usersByEmail.set('ada@example.com', null);
  const first = link({ kind: 'first_admin', role: 'admin' });
  t.equal(refused(use(first, { email: 'ann@example.com' })), 'IN_USE');
  t.match(judge(use(first, { email: 'ada@example.com' })).value, { me: { role: 'admin', email: 'ada@example.com' } });
});

t.test('a first admin’s link is dead once there is an admin', async (t) => {
  const { refused, link, user } = peopleSet();
  const ada = user('Ada', { role: 'admin' });
  const first = link({ kind: 'first_admin', role: 'admin' });
  t.equal(refused(use(first, { admins: [ada.id] })), 'UNAUTHENTICATED');
  ada.disabledAt = 1;
  t.equal(refused(use(first, { admins: [ada.id] })), null);
});

t.test('a new link ends those before it', async (t) => {
  const { judge, refused, link, set } = peopleSet();
  const former = link({ kind: 'first_admin', role: 'admin' });
  judge({
    type: 'link.put',
    kind: 'first_admin',
    user: null,
    role: 'admin',
    hash: 'l',
    expiresAt: AT + 5,
    replaces: [former.id],
  });
  t.match([...set.marked.links.values()], ['delete', 'insert']);
  t.equal(refused(use(former)), 'UNAUTHENTICATED');
});

t.test('a forgotten password’s link sets a new one and ends every other session', async (t) => {
  const { judge, refused, link, user, session } = peopleSet();
  const amy = user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  const stolen = session(amy);
  const row = link({ user: amy.id });
  const known = { id: amy.id, email: amy.email };
  t.match(judge(use(row, { known })).publications[0], {
    type: 'evict',
    user: amy.id,
    sessions: [stolen.id],
    code: 4201,
  });
  t.same([amy.password, amy.role, stolen.revokedAt], ['n', 'agent', AT]);
  t.equal(refused(use(row, { known })), 'UNAUTHENTICATED', 'used');
  t.equal(refused(use(link({ user: amy.id, expiresAt: AT }), { known })), 'TOKEN_EXPIRED');
  amy.disabledAt = AT;
  t.equal(refused(use(link({ user: amy.id }), { known })), 'UNAUTHENTICATED', 'disabled meanwhile');
});

t.test('an invitation brings its role', async (t) => {
  const { judge, link, user, set } = peopleSet();
  const amy = user('Amy', { email: 'amy@example.com' });
  set.usersByEmail.set('amy@example.com', null);
  const invitation = link({ kind: 'invitation', user: amy.id, role: 'agent' });
  const { publications } = judge(use(invitation, { known: { id: amy.id, email: amy.email } }));
  t.same([amy.role, amy.password], ['agent', 'n']);
  t.same(publications, [{ type: 'evict', user: amy.id, sessions: null, code: 4001 }]);
});

t.test('an invitation whose address another logs in with by now is refused and stays unused', async (t) => {
  const { refused, link, user } = peopleSet();
  user('Ada', { role: 'admin', email: 'amy@example.com' });
  const amy = user('Amy', { email: 'amy@example.com' });
  const invitation = link({ kind: 'invitation', user: amy.id, role: 'agent' });
  t.equal(refused(use(invitation, { known: { id: amy.id, email: amy.email } })), 'IN_USE');
  t.equal(invitation.usedAt, null);
});

t.test('keys are managed by admins alone, and known to them alone', async (t) => {
  const people = peopleSet();
  const ada = people.user('Ada', { role: 'admin' });
  const amy = people.user('Amy', { role: 'agent' });
  const key = people.key('*');
  const create = (by: By): PeopleChange => ({
    type: 'apiKey.create',
    by,
    hash: 'k',
    name: 'CRM',
    scopes: ['users'],
    expiresAt: null,
  });
  t.equal(people.refused(create(byUser(amy))), 'FORBIDDEN');
  t.equal(people.refused(create(byKey(key))), 'FORBIDDEN');
  const made = people.judge(create(byUser(ada))).value as ApiKey;
  t.match(made, { name: 'CRM', scopes: ['users'], lastUsedAt: null, expiresAt: null });
  t.notOk('key' in made || 'hash' in made);
  const patch = (by: By): PeopleChange => ({ type: 'apiKey.patch', by, key: key.id, name: 'N' });
  t.equal(people.refused(patch(byUser(amy))), 'NOT_FOUND');
  t.match(people.judge(patch(byUser(ada))).value, { name: 'N', scopes: ['*'] });
});

t.test('a key that is taken away is good for nothing from the next change on', async (t) => {
  const people = peopleSet();
  const ada = people.user('Ada', { role: 'admin' });
  const key = people.key('*');
  const make: PeopleChange = { type: 'user.create', by: byKey(key), traits: {} };
  t.equal(people.refused(make), null);
  people.judge({ type: 'apiKey.use', key: key.id });
  t.equal(key.usedAt, AT);
  people.judge({ type: 'apiKey.delete', by: byUser(ada), key: key.id });
  t.equal(people.set.marked.apiKeys.get(key), 'delete');
  t.equal(people.refused(make), 'UNAUTHENTICATED');
  t.equal(people.refused({ type: 'apiKey.delete', by: byUser(ada), key: key.id }), 'NOT_FOUND');
  people.judge({ type: 'apiKey.use', key: key.id });
  t.equal(people.set.marked.apiKeys.get(key), 'delete', 'its last use does not bring it back');
});
