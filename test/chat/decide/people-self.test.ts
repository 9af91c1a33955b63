import t from 'tap';
import type { PatchMeChange, PeopleChange, Sighted, SightUserChange } from '../../../src/chat/people/people-change.ts';
import { identityKey } from '../../../src/db/working-set.ts';
import type { Me } from '../../../src/protocol/person.ts';
import { AT, byKey, byUser, newSession, peopleSet } from './people-set.ts';

const sight = (externalId: string, more: Partial<SightUserChange> = {}): PeopleChange => ({
  type: 'user.sight',
  by: null,
  externalId,
  admins: [],
  session: null,
  ...more,
});

t.test('a visitor is made with their one credential', async (t) => {
  const { judge, set } = peopleSet();
  const change: PeopleChange = {
    type: 'visitor.create',
    name: null,
    email: 'v@example.com',
    fields: { plan: 'free' },
    session: newSession({ kind: 'visitor', hash: 'v' }),
  };
  const { id, me } = judge(change).value as Sighted;
  t.match(me, { anonymous: true, role: 'user', name: null, email: 'v@example.com', fields: { plan: 'free' } });
  t.match([...set.marked.sessions], [[{ user: id, kind: 'visitor', hash: 'v' }, 'insert']]);
  const second = judge(change).value as Sighted;
  t.not(second.me.id, me.id);
});

t.test('the host’s user is made once, and known again in the same batch', async (t) => {
  const { judge, set } = peopleSet();
  const first = judge(sight('u-1', { name: 'Ann', email: 'ann@example.com' }));
  const { id, me } = first.value as Sighted;
  t.match(me, { anonymous: false, externalId: 'u-1', name: 'Ann', role: 'user' });
  t.same(first.publications, []);
  t.same((judge(sight('u-1')).value as Sighted).id, id);
  t.match(set.identities.get(identityKey('host', 'u-1')), { user: id });
  t.equal(set.marked.users.size, 1);
});

t.test('what the host says anew is taken over and told; a role ends open lines', async (t) => {
  const { judge, user } = peopleSet();
  const ann = user('Ann', {}, 'u-1');
  t.match(judge(sight('u-1', { name: 'Anna', title: 'doctor' })).publications, [
    { type: 'user', user: ann.id, event: { user: { name: 'Anna', title: 'doctor' } } },
  ]);
  t.same(judge(sight('u-1', { name: 'Anna' })).publications, []);
  t.same(judge(sight('u-1', { role: 'agent' })).publications, [
    { type: 'evict', user: ann.id, sessions: null, code: 4001 },
  ]);
});

t.test('an address that somebody logs in with is not taken over from the host', async (t) => {
  const { judge, user, set } = peopleSet();
  user('Ada', { role: 'admin', password: 'h', email: 'ada@example.com' });
  const made = judge(sight('u-1', { role: 'agent', email: 'ada@example.com' })).value as Sighted;
  t.notOk('email' in made.me);
  set.usersByEmail.set('free@example.com', null);
  const told = judge(sight('u-1', { email: 'free@example.com' })).value as Sighted;
  t.equal(told.me.email, 'free@example.com');
});

t.test('who cannot be sighted', async (t) => {
  const people = peopleSet();
  people.user('Dan', { disabledAt: 1 }, 'disabled');
  people.user('Max', { mergedInto: 1 }, 'merged');
  people.user('Ada', { role: 'admin' }, 'admin');
  const tokens = byKey(people.key('tokens'));
  const rows: [string, PeopleChange, string | null][] = [
    ['disabled, by a token', sight('disabled'), 'UNAUTHENTICATED'],
    ['disabled, by a key', sight('disabled', { by: tokens }), 'FORBIDDEN'],
    ['merged', sight('merged'), 'MERGED'],
    ['an admin, by a key for tokens', sight('admin', { by: tokens }), 'FORBIDDEN'],
    ['an admin, by a key for everything', sight('admin', { by: byKey(people.key('*')) }), null],
    ['an admin, by the host’s own token', sight('admin'), null],
    ['anybody, by a key for users', sight('new', { by: byKey(people.key('users')) }), 'FORBIDDEN'],
  ];
  for (const [who, change, code] of rows) t.equal(people.refused(change), code, who);
});

t.test('a token minted by a key is kept with its user', async (t) => {
  const { judge, set, key } = peopleSet();
  const session = newSession({ kind: 'token', hash: 't' });
  const { id } = judge(sight('u-1', { by: byKey(key('tokens')), session })).value as Sighted;
  t.match([...set.marked.sessions.keys()], [{ user: id, kind: 'token', hash: 't' }]);
});

t.test('one changes oneself, and the other lines of one’s own hear it', async (t) => {
  const { judge, user, set } = peopleSet();
  const amy = user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  const by = byUser(amy);
  const told = judge({ type: 'me.patch', by, name: 'Amelie', fields: { plan: 'pro' } });
  t.match(told.value, { name: 'Amelie', fields: { plan: 'pro' }, email: 'amy@example.com' });
  t.same(told.publications, [{ type: 'user', user: amy.id, event: { type: 'me.updated', user: told.value as Me } }]);
  t.equal(set.usersByEmail.get('amy@example.com'), amy, 'the address stays theirs');
});

t.test('what one may not change about oneself', async (t) => {
  const people = peopleSet();
  const amy = people.user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  people.user('Ada', { role: 'admin', password: 'h', email: 'ada@example.com' });
  const vic = people.user('Vic', { anonymous: true });
  const bob = people.user('Bob', { blockedAt: 1 });
  const pia = people.user('Pia', { role: 'peer', email: 'pia@example.com' });
  const patch = (by: PatchMeChange['by'], more: Partial<PatchMeChange>): PeopleChange => ({
    type: 'me.patch',
    by,
    ...more,
  });
  const rows: [string, PeopleChange, string | null][] = [
    ['another’s login address', patch(byUser(amy), { email: 'ada@example.com', shown: 'h' }), 'IN_USE'],
    ['a new address without the password', patch(byUser(amy), { email: 'amelie@example.com' }), 'FORBIDDEN'],
    ['one with a password of before', patch(byUser(amy), { email: 'amelie@example.com', shown: 'x' }), 'FORBIDDEN'],
    ['the address that they have', patch(byUser(amy), { email: 'amy@example.com' }), null],
    ['of the team, without a password', patch(byUser(pia), { email: 'p@example.com' }), 'FORBIDDEN'],
    ['a password where there was none', patch(byUser(pia), { password: 'n' }), 'FORBIDDEN'],
    ['a visitor may type it', patch(byUser(vic), { email: 'ada@example.com' }), null],
    ['a blocked user', patch(byUser(bob), { name: 'B' }), 'BLOCKED'],
    ['an API key', patch(byKey(people.key('*')), { name: 'B' }), 'FORBIDDEN'],
    ['a password that changed meanwhile', patch(byUser(amy), { password: 'n', shown: 'x' }), 'FORBIDDEN'],
  ];
  for (const [who, change, code] of rows) t.equal(people.refused(change), code, who);
});

t.test('a new password of one’s own ends the other sessions and keeps this one', async (t) => {
  const { judge, user, session } = peopleSet();
  const amy = user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  const here = session(amy);
  const there = session(amy);
  const by = byUser(amy, here.id);
  const { publications } = judge({ type: 'me.patch', by, password: 'n', shown: 'h' });
  t.match(publications[0], { type: 'evict', sessions: [there.id], code: 4201 });
  t.same([here.revokedAt, there.revokedAt, amy.password], [null, AT, 'n']);
});
