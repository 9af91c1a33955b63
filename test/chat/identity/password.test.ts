import t from 'tap';
import { createPasswords } from '../../../src/chat/people/password.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';
import { admin, HERE, openHouse, PASSWORD, WITH_ADMIN } from './house.ts';

t.test('a hash is argon2id in PHC form, salted, and matches its password alone', async (t) => {
  const passwords = createPasswords();
  const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
  t.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  t.not(one, two);
  t.equal(await passwords.verify('correct horse', one ?? ''), true);
  t.equal(await passwords.verify('Correct horse', one ?? ''), false);
  t.equal(await passwords.verify('', one ?? ''), false);
  t.equal(await passwords.verify('correct horse', null), false);
});

t.test('the same letters match however a keyboard composes them', async (t) => {
  const passwords = createPasswords();
  t.equal(await passwords.verify('mu\u0308de Katze', await passwords.hash('m\u00fcde Katze')), true);
});

t.test('a hash of another cost is verified at its own', async (t) => {
  const passwords = createPasswords();
  // Of "password", by the reference implementation: -id -t 2 -m 16 -p 1, salt "somesalt".
  const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  t.equal(await passwords.verify('password', reference), true);
  t.equal(await passwords.verify('Password', reference), false);
});

t.test('more than a kibibyte is never hashed', async (t) => {
  const passwords = createPasswords();
  const refusal = { code: 'VALIDATION', details: { path: 'password', rule: 'must be at most 1024 bytes' } };
  await t.rejects(passwords.hash('\u00fc'.repeat(513)), refusal);
  await t.rejects(passwords.verify('x'.repeat(1025), null), refusal);
  t.match(await passwords.hash('x'.repeat(1024)), /^\$argon2id/);
});

t.test('a flood is refused at its bound, and what was taken in is answered', async (t) => {
  const passwords = createPasswords();
  const asked = Array.from({ length: 40 }, () => passwords.verify('guess', null));
  const came = await Promise.allSettled(asked);
  const refused = came.filter((one) => one.status === 'rejected');
  t.equal(refused.length, 6, 'two at work, 32 in the queue');
  for (const one of refused) {
    const reason = one.reason as Refusal;
    t.ok(reason instanceof Refusal && reason.code === 'RATE_LIMITED' && (reason.retryMs ?? 0) > 0);
  }
  t.equal(await passwords.verify('guess', null), false, 'and afterwards there is room again');
});

t.test('nobody learns from the answer whether somebody is there', async (t) => {
  const house = await openHouse(t, WITH_ADMIN);
  await house.firstAdmin();
  const failure = async (email: string, password: string) => {
    try {
      await house.sessions.login(email, password, HERE);
      return null;
    } catch (error) {
      return (error as Refusal).toFailure();
    }
  };
  const wrong = await failure('ada@example.com', 'wrong');
  t.match(wrong, { code: 'UNAUTHENTICATED' });
  t.same(await failure('nobody@example.com', PASSWORD), wrong);
  t.same(await failure('', ''), wrong);
  t.same(await failure("' or 1=1 --", PASSWORD), wrong);
  const { caller } = await admin(house);
  const amy = await house.users.create(caller, { email: 'amy@example.com', password: PASSWORD, role: 'agent' });
  await house.users.patch(caller, amy.id, { disabled: true });
  t.same(await failure('amy@example.com', PASSWORD), wrong, 'disabled');
  const bea = await house.users.create(caller, { email: 'bea@example.com', role: 'agent' });
  t.same(await failure('bea@example.com', PASSWORD), wrong, 'without a password');
  t.ok(bea);
});

t.test('a wrong password takes as long for somebody who is not there', async (t) => {
  const house = await openHouse(t, WITH_ADMIN);
  await house.firstAdmin();
  const time = async (email: string) => {
    const started = performance.now();
    await t.rejects(house.sessions.login(email, 'wrong', HERE));
    return performance.now() - started;
  };
  await time('ada@example.com');
  const there: number[] = [];
  const absent: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    there.push(await time('ada@example.com'));
    absent.push(await time('nobody@example.com'));
  }
  const middle = (times: number[]) => times.toSorted((a, b) => a - b)[4] as number;
  const ratio = middle(there) / middle(absent);
  t.ok(ratio > 0.25 && ratio < 4, `${middle(there).toFixed(1)} ms and ${middle(absent).toFixed(1)} ms`);
});

t.test('a new password needs the one before it, and ends the other sessions', async (t) => {
  const house = await openHouse(t, WITH_ADMIN);
  await house.firstAdmin();
  const here = await admin(house);
  const there = await admin(house);
  const guess = house.users.patchMe(here.caller, { password: 'another password', currentPassword: 'guess' });
  await t.rejects(guess, { code: 'FORBIDDEN', details: { path: 'currentPassword' } });
  await house.users.patchMe(here.caller, { password: 'another password', currentPassword: PASSWORD });
  t.match(await house.identity.fromToken(here.token), { role: 'admin' });
  await t.rejects(house.identity.fromToken(there.token), { code: 'UNAUTHENTICATED' });
  await t.rejects(house.sessions.login('ada@example.com', PASSWORD, HERE), { code: 'UNAUTHENTICATED' });
  t.ok(await house.sessions.login('ada@example.com', 'another password', HERE));
});
