/** Passkeys without a browser: where there are none, and what is refused before any signature is looked at. */
import t from 'tap';
import { startApp } from '../helper.ts';

const PASSWORD = 'correct horse battery';
const PUBLIC = { publicUrl: 'https://chat.example.com' };

/** An answer of an authenticator to a challenge, as far as it goes without one. */
function answerTo(challenge: string, origin = PUBLIC.publicUrl) {
  const bytes = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const clientDataJSON = bytes({ type: 'webauthn.create', challenge, origin });
  return { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON, attestationObject: 'AAAA' } };
}

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
