import t from 'tap';
import type { PeopleChange } from '../../../src/chat/people/people-change.ts';
import type { SessionRow, UserRow } from '../../../src/db/rows.ts';
import { AT, byKey, byUser, newSession, peopleSet } from './people-set.ts';

function signedIn() {
  const people = peopleSet();
  const user = people.user('Amy', { role: 'agent', password: 'h', email: 'amy@example.com' });
  const session = people.session(user, { hash: 'one' });
  return { ...people, user, row: session };
}

const rotate = (session: SessionRow, presented: string, next: string): PeopleChange => ({
  type: 'session.rotate',
  session: session.id,
  user: session.user,
  presented,
  next,
  expiresAt: AT + 5_000_000,
});

t.test('a login is kept while the password is the one that matched', async (t) => {
  const { judge, refused, user, set } = signedIn();
  const put = (password: string): PeopleChange => ({
    type: 'session.put',
    user: user.id,
    password,
    second: null,
    session: newSession(),
  });
  t.equal(refused(put('other')), 'UNAUTHENTICATED');
  t.match(judge(put('h')).value, { id: user.uuid, email: 'amy@example.com' });
  t.match(
    [...set.marked.sessions.keys()],
    [{ user: user.id, kind: 'login', hash: 'new', createdAt: AT, previousHash: null }],
  );
  t.equal(user.lastSeenAt, AT);
  user.disabledAt = AT;
  t.equal(refused(put('h')), 'UNAUTHENTICATED');
});

t.test('a refresh token is good once, and for two tabs', async (t) => {
  const { judge, row } = signedIn();
  t.same(judge(rotate(row, 'one', 'two')), { value: { reused: false }, publications: [] });
  t.match(row, { hash: 'two', previousHash: 'one', rotatedAt: AT, expiresAt: AT + 5_000_000 });
  t.same(judge(rotate(row, 'one', 'two'), AT + 30_000), { value: { reused: false }, publications: [] });
  t.match(row, { hash: 'two', rotatedAt: AT, revokedAt: null }, 'the second tab is told the same successor');
});

t.test('a refresh token used again late ends the session and its lines', async (t) => {
  const { judge, refused, row, user } = signedIn();
  judge(rotate(row, 'one', 'two'));
  t.same(judge(rotate(row, 'one', 'two'), AT + 30_001), {
    value: { reused: true },
    publications: [{ type: 'evict', user: user.id, sessions: [row.id], code: 4201 }],
  });
  t.equal(row.revokedAt, AT + 30_001);
  t.equal(refused(rotate(row, 'two', 'three')), 'UNAUTHENTICATED', 'the thief’s token is dead too');
});

t.test('one of three generations ago ends the session just as well', async (t) => {
  const { judge, row } = signedIn();
  judge(rotate(row, 'one', 'two'));
  judge(rotate(row, 'two', 'three'));
  t.match(judge(rotate(row, 'one', 'two')).value, { reused: true });
});

t.test('what cannot be refreshed', async (t) => {
  const rows: [string, (row: SessionRow, user: UserRow) => void, string][] = [
    ['a revoked session', (row) => Object.assign(row, { revokedAt: 1 }), 'UNAUTHENTICATED'],
    ['one whose time is over', (row) => Object.assign(row, { expiresAt: AT }), 'TOKEN_EXPIRED'],
    ['one of a disabled user', (_, user) => Object.assign(user, { disabledAt: 1 }), 'UNAUTHENTICATED'],
  ];
  for (const [what, spoil, code] of rows) {
    const { refused, row, user } = signedIn();
    spoil(row, user);
    t.equal(refused(rotate(row, 'one', 'two')), code, what);
  }
});

t.test('one ends one’s own sessions only, even when blocked', async (t) => {
  const people = peopleSet();
  const { judge, refused } = people;
  const owner = people.user('Amy');
  const row = people.session(owner);
  const stranger = people.user('Sam', { role: 'admin' });
  t.equal(refused({ type: 'session.revoke', by: byUser(stranger), session: row.id }), 'NOT_FOUND');
  t.equal(refused({ type: 'session.revoke', by: byUser(owner), session: 999 }), 'NOT_FOUND');
  t.equal(refused({ type: 'session.revoke', by: byKey(people.key('*')), session: row.id }), 'NOT_FOUND');
  owner.blockedAt = 1;
  t.same(judge({ type: 'session.revoke', by: byUser(owner), session: row.id }).publications, [
    { type: 'evict', user: owner.id, sessions: [row.id], code: 4201 },
  ]);
  t.same(judge({ type: 'session.revoke', by: byUser(owner), session: row.id }).publications, [], 'once');
});

t.test('being seen moves a visitor’s end forward, never back, and wakes no ended session', async (t) => {
  const { judge, row, user } = signedIn();
  const seen = (expiresAt: number | null): PeopleChange => ({
    type: 'user.seen',
    user: user.id,
    session: row.id,
    expiresAt,
  });
  judge(seen(AT + 9_000_000));
  t.match(row, { expiresAt: AT + 9_000_000, usedDay: Math.floor(AT / 86_400_000) });
  judge(seen(AT + 1));
  judge(seen(null));
  t.equal(row.expiresAt, AT + 9_000_000);
  t.equal(user.lastSeenAt, AT);
  row.revokedAt = AT;
  judge(seen(AT + 99_000_000));
  t.equal(row.expiresAt, AT + 9_000_000);
});

t.test('of what was found to be over only what still is goes', async (t) => {
  const { judge, set, session, user, row } = signedIn();
  const push = (id: number, of: number) => {
    const keys = { p256dh: 'p', auth: 'a', createdAt: 0 };
    set.rows.pushes.set(id, { id, user: user.id, session: of, endpoint: `https://push.example.com/${id}`, ...keys });
    return id;
  };
  const over = session(user, { hash: 'two', expiresAt: AT - 1 });
  const [ofLiving, ofOver] = [push(901, row.id), push(902, over.id)];
  const [missing, sessions] = [903, [row.id, over.id]];
  const pushes = [ofLiving, ofOver, missing];
  judge({ type: 'credentials.expire', before: AT, sessions, pushes, links: [missing], removals: [missing] });
  t.same(
    [...set.marked.sessions].map(([{ id }, mark]) => [id, mark]),
    [[over.id, 'delete']],
    'a session that was renewed meanwhile stays',
  );
  t.same(
    [...set.marked.pushes].map(([{ id }, mark]) => [id, mark]),
    [[ofOver, 'delete']],
    'with its browser',
  );
});
