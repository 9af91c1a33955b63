import t from 'tap';
import type { By } from '../../../src/chat/caller.ts';
import type { PeopleChange, UserTraits } from '../../../src/chat/people/people-change.ts';
import type { UserRow } from '../../../src/db/rows.ts';
import type { User } from '../../../src/protocol/person.ts';
import { AT, byKey, byUser, peopleSet } from './people-set.ts';

function cast() {
  const people = peopleSet();
  const admin = people.user('Ada', { role: 'admin', password: 'h', email: 'ada@example.com' });
  const agent = people.user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  const peer = people.user('Pete', { role: 'peer' });
  const user = people.user('Ursula');
  const visitor = people.user('Vic', { anonymous: true, email: 'vic@example.com' });
  return { ...people, admin, agent, peer, user, visitor };
}

function patch(by: UserRow, target: UserRow) {
  return (traits: UserTraits, admins: number[] = []): PeopleChange => ({
    type: 'user.patch',
    by: byUser(by),
    user: target.uuid,
    traits,
    known: { id: target.id, email: target.email },
    admins,
  });
}

t.test('who may make users', async (t) => {
  const { refused, admin, agent, peer, user, visitor, key, set } = cast();
  set.usersByEmail.set('new@example.com', null);
  const rows: [string, By, UserTraits, string | null][] = [
    ['an admin', byUser(admin), {}, null],
    ['an admin, another admin', byUser(admin), { role: 'admin' }, null],
    ['an agent', byUser(agent), {}, 'FORBIDDEN'],
    ['a peer', byUser(peer), {}, 'FORBIDDEN'],
    ['a user', byUser(user), {}, 'FORBIDDEN'],
    ['a visitor', byUser(visitor), {}, 'FORBIDDEN'],
    ['a key for users', byKey(key('users')), { role: 'agent' }, null],
    ['a key for users, an admin', byKey(key('users')), { role: 'admin' }, 'FORBIDDEN'],
    ['a key for everything, an admin', byKey(key('*')), { role: 'admin' }, null],
    ['a key for messages', byKey(key('messages')), {}, 'FORBIDDEN'],
    ['a key that is gone', { user: null, session: null, line: null, key: 999 }, {}, 'UNAUTHENTICATED'],
  ];
  for (const [who, by, traits, code] of rows) t.equal(refused({ type: 'user.create', by, traits }), code, who);
});

t.test('an e-mail address belongs to one who logs in with it; visitors may type any', async (t) => {
  const { judge, refused, admin, set, visitor } = cast();
  set.usersByEmail.set('vic@example.com', null);
  const make = (traits: UserTraits): PeopleChange => ({ type: 'user.create', by: byUser(admin), traits });
  t.equal(refused(make({ email: 'amy@example.com', role: 'agent' })), 'IN_USE');
  t.equal(refused(make({ email: 'amy@example.com', password: 'h' })), 'IN_USE');
  t.equal(refused(make({ email: 'amy@example.com' })), null, 'a user without a password owns no address');
  judge(make({ email: 'vic@example.com', role: 'agent' }));
  t.equal(refused(make({ email: 'vic@example.com', role: 'agent' })), 'IN_USE', 'taken by the change before it');
  t.equal(refused(patch(admin, visitor)({ password: 'h' })), 'IN_USE', 'and now it cannot become the visitor’s');
});

t.test('an address that was given up is free in the same batch, and a host id too', async (t) => {
  const { judge, refused, admin, agent, set } = cast();
  set.usersByEmail.set('other@example.com', null);
  judge(patch(admin, agent)({ email: 'other@example.com', externalId: 'x-1' }));
  const make = (traits: UserTraits): PeopleChange => ({ type: 'user.create', by: byUser(admin), traits });
  t.equal(refused(make({ externalId: 'x-1' })), 'IN_USE');
  judge(patch(admin, agent)({ externalId: 'x-2' }));
  const made = judge(make({ email: 'amy@example.com', role: 'agent', externalId: 'x-1' })).value as User;
  t.match(made, { email: 'amy@example.com', externalId: 'x-1', role: 'agent', anonymous: false });
});

t.test('who may change, and what others learn of it', async (t) => {
  const { refused, admin, agent, peer, user, visitor, key } = cast();
  const rows: [string, PeopleChange, string | null][] = [
    ['an admin', patch(admin, user)({ name: 'New' }), null],
    ['an agent, who may see the user', patch(agent, user)({ name: 'New' }), 'FORBIDDEN'],
    ['a peer', patch(peer, user)({ name: 'New' }), 'NOT_FOUND'],
    ['a user, themselves', patch(user, user)({ name: 'New' }), 'NOT_FOUND'],
    ['a visitor', patch(visitor, user)({ name: 'New' }), 'NOT_FOUND'],
  ];
  for (const [who, change, code] of rows) t.equal(refused(change), code, who);
  const narrow = { ...patch(admin, admin)({ name: 'Mine' }), by: byKey(key('users')) } as PeopleChange;
  t.equal(refused(narrow), 'FORBIDDEN', 'a key for users alone reaches no admin');
  const wide = { ...patch(admin, admin)({ name: 'Mine' }), by: byKey(key('*')) } as PeopleChange;
  t.equal(refused(wide), null);
  const unknown = { ...patch(admin, user)({}), user: '00000000-0000-7000-8000-00000000dead' } as PeopleChange;
  t.equal(refused(unknown), 'NOT_FOUND');
});

t.test('disabling ends every session and line; another role ends the lines and no session', async (t) => {
  const { judge, admin, agent, session } = cast();
  const first = session(agent);
  const second = session(agent, { kind: 'token' });
  t.same(judge(patch(admin, agent)({ role: 'peer' })).publications, [
    { type: 'evict', user: agent.id, sessions: null, code: 4001 },
  ]);
  t.equal(first.revokedAt, null);
  t.same(judge(patch(admin, agent)({ disabled: true })).publications, [
    { type: 'evict', user: agent.id, sessions: null, code: 4201 },
  ]);
  t.same([first.revokedAt, second.revokedAt, agent.disabledAt], [AT, AT, AT]);
  t.same(judge(patch(admin, agent)({ disabled: true })).publications, [], 'once is enough');
  judge(patch(admin, agent)({ disabled: false }));
  t.equal(agent.disabledAt, null);
  t.equal(first.revokedAt, AT, 'the sessions stay ended');
});

t.test('a new password set by an admin ends all sessions', async (t) => {
  const { judge, admin, agent, session } = cast();
  const { id } = session(agent);
  t.same(judge(patch(admin, agent)({ password: 'h2' })).publications, [
    { type: 'evict', user: agent.id, sessions: [id], code: 4201 },
  ]);
  t.equal(agent.password, 'h2');
});

t.test('a new name is told to the user; nothing new is told to nobody', async (t) => {
  const { judge, admin, user } = cast();
  const told = judge(patch(admin, user)({ name: 'Ulla' })).publications;
  t.match(told, [{ type: 'user', user: user.id, event: { type: 'me.updated', user: { name: 'Ulla' } } }]);
  t.same(judge(patch(admin, user)({ name: 'Ulla' })).publications, []);
});

t.test('the last admin can be neither disabled, demoted nor blocked', async (t) => {
  const { judge, refused, admin, user, key } = cast();
  const other = user;
  for (const traits of [{ disabled: true }, { role: 'agent' }] as UserTraits[]) {
    t.equal(refused(patch(admin, admin)(traits, [admin.id])), 'FORBIDDEN', JSON.stringify(traits));
  }
  const block: PeopleChange = { type: 'user.block', by: byKey(key('*')), user: admin.uuid, admins: [admin.id] };
  t.equal(refused(block), 'FORBIDDEN');
  judge(patch(admin, other)({ role: 'admin' }));
  t.equal(refused(patch(admin, admin)({ role: 'agent' }, [admin.id, other.id])), null);
  t.equal(refused(patch(other, other)({ disabled: true }, [admin.id, other.id])), 'FORBIDDEN', 'as judged in turn');
});

t.test('who may block whom', async (t) => {
  const { refused, admin, agent, peer, user, visitor, key } = cast();
  const block = (by: By, target: UserRow): PeopleChange => ({
    type: 'user.block',
    by,
    user: target.uuid,
    admins: [admin.id],
  });
  const rows: [string, PeopleChange, string | null][] = [
    ['an agent a visitor', block(byUser(agent), visitor), null],
    ['an agent a peer', block(byUser(agent), peer), null],
    ['an agent an admin', block(byUser(agent), admin), 'FORBIDDEN'],
    ['an agent themselves', block(byUser(agent), agent), 'VALIDATION'],
    ['a user a visitor', block(byUser(user), visitor), 'NOT_FOUND'],
    ['a key for users a user', block(byKey(key('users')), user), null],
    ['a key for users an admin', block(byKey(key('users')), admin), 'FORBIDDEN'],
    ['a key for messages a user', block(byKey(key('messages')), user), 'FORBIDDEN'],
    ['an admin an agent', block(byUser(admin), agent), null],
    ['a blocked agent a user', block(byUser(agent), user), 'BLOCKED'],
  ];
  for (const [who, change, code] of rows) t.equal(refused(change), code, who);
});

t.test('blocking ends the lines once and no session; unblocking is told to nobody', async (t) => {
  const { judge, set, agent, visitor, session } = cast();
  const { id, ...kept } = session(visitor, { kind: 'visitor' });
  const block = (type: 'user.block' | 'user.unblock'): PeopleChange => ({
    type,
    by: byUser(agent),
    user: visitor.uuid,
    admins: [],
  });
  t.same(judge(block('user.block')).publications, [{ type: 'evict', user: visitor.id, sessions: null, code: 4202 }]);
  t.equal(visitor.blockedAt, AT);
  t.same(judge(block('user.block'), AT + 5).publications, []);
  t.equal(visitor.blockedAt, AT, 'still since then');
  t.same(judge(block('user.unblock')).publications, []);
  t.equal(visitor.blockedAt, null);
  t.match(set.rows.sessions.get(id), kept);
});
