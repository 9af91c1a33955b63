/** Passkeys without a browser: where there are none, and what is refused before any signature is looked at. */
import { Secret, TOTP } from 'otpauth';
import t from 'tap';
import { countBeside } from '../database.ts';
import { type Actor, startApp } from '../helper.ts';
import { answerTo, newKey, ORIGIN } from './authenticator.ts';

const PASSWORD = 'correct horse battery';
const PUBLIC = { publicUrl: ORIGIN };

const begin = (who: Actor, more: object = {}) =>
  who.request('POST', 'me/passkeys/begin', { password: PASSWORD, ...more });
const keep = (who: Actor, { body }: { body: { options: { challenge: string } } }) =>
  who.request('POST', 'me/passkeys', { name: 'Key', response: newKey(body.options.challenge).made });

t.test('without an address of its own, or with a number for one, a server has none', async (t) => {
  for (const settings of [{}, { publicUrl: 'http://127.0.0.1:4000' }, { publicUrl: 'http://[::1]:4000' }]) {
    const app = await startApp(t, settings);
    t.equal((await app.request('GET', 'auth')).body.passkeys, false);
    t.equal((await app.request('POST', 'auth/passkey/begin')).status, 404);
  }
  const app = await startApp(t, PUBLIC);
  t.equal((await app.request('GET', 'auth')).body.passkeys, true);
});

t.test('what the browser is asked for is bound to this server, and to one that knows its owner', async (t) => {
  const app = await startApp(t, PUBLIC);
  const { body } = await app.request('POST', 'auth/passkey/begin');
  t.match(body.options, { rpId: 'chat.example.com', userVerification: 'required', challenge: String });
  const again = await app.request('POST', 'auth/passkey/begin');
  t.not(again.body.options.challenge, body.options.challenge);
  const ann = await app.member('agent', 'ann');
  const making = await ann.request('POST', 'me/passkeys/begin', { password: PASSWORD });
  t.match(making.body.options, {
    rp: { id: 'chat.example.com' },
    user: { name: 'ann@example.com' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
});

t.test('one is made by who shows the password, and not by visitors', async (t) => {
  const app = await startApp(t, PUBLIC);
  const ann = await app.member('agent', 'ann');
  for (const body of [{}, { password: 'a guess' }]) {
    t.match(await ann.request('POST', 'me/passkeys/begin', body), {
      status: 403,
      body: { details: { path: 'password' } },
    });
  }
  t.equal((await (await app.visitor()).request('POST', 'me/passkeys/begin')).status, 403);
  t.equal((await (await app.hostUser('u-1')).request('POST', 'me/passkeys/begin')).status, 403);
});

t.test('a challenge is for one person, one purpose, and once', async (t) => {
  const app = await startApp(t, PUBLIC);
  const ann = await app.member('agent', 'ann');
  const bob = await app.member('agent', 'bob');
  const begin = async () =>
    (await ann.request('POST', 'me/passkeys/begin', { password: PASSWORD })).body.options.challenge as string;
  const keep = (who: typeof ann, challenge: string) =>
    who.request('POST', 'me/passkeys', { name: 'Key', response: answerTo(challenge) });
  const refused = { status: 403, body: { code: 'FORBIDDEN', details: { path: 'response' } } };
  t.match(await keep(bob, await begin()), refused, 'by another');
  t.match(await keep(ann, await begin()), refused, 'nothing that an authenticator made');
  const signIn = (await app.request('POST', 'auth/passkey/begin')).body.options.challenge;
  t.match(await keep(ann, signIn), refused, 'of a sign-in');
  t.match(await keep(ann, 'AAAA'), refused, 'of nobody');
  t.same((await ann.request('GET', 'me/passkeys')).body.items, []);
});

t.test('shapes that are refused', async (t) => {
  const app = await startApp(t, PUBLIC);
  const ann = await app.member('agent', 'ann');
  const response = answerTo('AAAA');
  const rows: [string, object, string][] = [
    ['me/passkeys', { response }, 'name'],
    ['me/passkeys', { name: 'Key' }, 'response'],
    ['me/passkeys', { name: 'Key', response: { ...response, id: 'no base64url!' } }, 'response.id'],
    ['auth/passkey', {}, 'response'],
    ['auth/passkey', { response }, 'response.response.authenticatorData'],
  ];
  for (const [path, body, field] of rows) {
    const answer = await app.request('POST', path, body, ann.token);
    t.match(answer, { status: 400, body: { details: { path: field } } }, field);
  }
});

t.test('signing in is limited by address', async (t) => {
  const app = await startApp(t, { ...PUBLIC, loginsPerMinute: 1, trustProxy: ['127.0.0.1'] });
  const begin = async () =>
    (await app.request('POST', 'auth/passkey/begin', undefined, undefined, { 'x-forwarded-for': '198.51.100.1' }))
      .status;
  t.same([await begin(), await begin()], [200, 429]);
});

t.test('where a login asks for a code, so does a new key, and takes it once', async (t) => {
  const clock = { now: Date.UTC(2026, 10, 29, 12) };
  const app = await startApp(t, PUBLIC, { now: () => clock.now });
  const ann = await app.member('agent', 'ann');
  const before = await begin(ann);
  const { body } = await ann.request('POST', 'me/totp', { password: PASSWORD });
  const phone = new TOTP({ secret: Secret.fromBase32(body.secret) });
  const code = () => phone.generate({ timestamp: clock.now });
  const { recoveryCodes } = (await ann.request('POST', 'me/totp/confirm', { code: code() })).body;
  const refused = { status: 403, body: { details: { path: 'code' } } };
  t.match(await keep(ann, before), refused, 'begun before it was on');
  t.match(await begin(ann), refused);
  t.match(await begin(ann, { code: '000000' }), refused);
  t.match(await begin(ann, { code: code() }), refused, 'the one that it was confirmed with');
  clock.now += 30_000;
  const [one, other] = [await begin(ann, { code: code() }), await begin(ann, { code: code() })];
  t.equal((await keep(ann, one)).status, 201);
  t.match(await keep(ann, other), refused, 'the same code for a second key');
  t.match(await begin(ann, { code: code() }), refused);
  t.equal((await keep(ann, await begin(ann, { code: recoveryCodes[0] }))).status, 201, 'a recovery code');
  t.equal((await ann.request('GET', 'me/totp')).body.recoveryCodes, 9);
});

t.test('without a password, a token that the host made gives no key', async (t) => {
  const app = await startApp(t, PUBLIC);
  const traits = { email: 'pia@example.com', role: 'agent', externalId: 'pia' };
  await (await app.admin()).request('POST', 'users', traits);
  const pia = await app.hostUser('pia');
  t.match(await pia.request('GET', 'me'), { body: { role: 'agent' } });
  t.equal((await pia.request('POST', 'me/passkeys/begin', {})).status, 403);
});

t.test('there are twenty at most, however many were begun', async (t) => {
  const app = await startApp(t, PUBLIC);
  const ann = await app.member('agent', 'ann');
  const begun = [];
  for (let made = 0; made < 21; made++) begun.push(await begin(ann));
  const kept = await Promise.all(begun.map((one) => keep(ann, one)));
  t.same(kept.map(({ status }) => status).toSorted(), [...Array(20).fill(201), 403]);
  t.equal((await ann.request('GET', 'me/passkeys')).body.items.length, 20);
});

t.test('an admin’s reset of the second factor takes the keys along, also where none was on', async (t) => {
  const app = await startApp(t, PUBLIC);
  const admin = await app.admin();
  const ann = await app.member('agent', 'ann');
  const bob = await app.member('agent', 'bob');
  for (const who of [ann, ann, bob]) t.equal((await keep(who, await begin(who))).status, 201);
  t.equal((await admin.request('DELETE', `users/${ann.user.id}/totp`)).status, 204);
  t.equal((await ann.request('GET', 'me')).status, 401, 'and ends their sessions');
  t.same((await bob.request('GET', 'me/passkeys')).body.items.length, 1, 'nobody else’s');
  t.equal(await countBeside(app.folder, 'passkeys'), 1);
  t.equal(await countBeside(app.folder, 'identities', "provider = 'passkey'"), 1);
  const { body } = await admin.request('GET', 'audit');
  t.match(body.items[0], { action: 'totp.reset', target: { id: ann.user.id } });
});
