/** Signing in by a key, without a browser: who comes in by it, and who does not. */
import t from 'tap';
import { type Actor, startApp, type TestApp } from '../helper.ts';
import { type Key, newKey, ORIGIN, signedBy } from './authenticator.ts';

const PASSWORD = 'correct horse battery';
const PUBLIC = { publicUrl: ORIGIN };
const REFUSED = { status: 401, body: { code: 'UNAUTHENTICATED' } };

/** A new key of somebody who shows their password. */
async function keyOf(who: Actor, name = 'Key'): Promise<Key & { uuid: string }> {
  const begun = await who.request('POST', 'me/passkeys/begin', { password: PASSWORD });
  const key = newKey(begun.body.options.challenge);
  const { status, body } = await who.request('POST', 'me/passkeys', { name, response: key.made });
  if (status !== 201) throw new Error(`no key: ${status}`);
  return { ...key, uuid: body.id };
}

const challengeFor = async (app: TestApp): Promise<string> =>
  (await app.request('POST', 'auth/passkey/begin')).body.options.challenge;

t.test('a key signs its owner in, and whoever shows anything else is nobody', async (t) => {
  const app = await startApp(t, PUBLIC);
  const [ann, bob] = [await app.member('agent', 'ann'), await app.member('agent', 'bob')];
  const [key, other] = [await keyOf(ann), await keyOf(bob)];
  const signIn = (response: object, more: object = {}) => app.request('POST', 'auth/passkey', { response, ...more });

  const challenge = await challengeFor(app);
  const answer = signedBy(key, ann.user.id, challenge);
  const { status, body } = await signIn(answer);
  t.match({ status, body }, { status: 200, body: { token: String, refreshToken: String, user: { id: ann.user.id } } });
  t.equal((await app.request('GET', 'me', undefined, body.token)).body.id, ann.user.id);
  t.match((await ann.request('GET', 'me/passkeys')).body.items, [{ id: key.uuid, usedAt: String }]);
  t.match(await signIn(answer), REFUSED, 'a challenge is good once');

  const wrong: [string, (challenge: string) => object][] = [
    ['of nobody', () => signedBy(key, ann.user.id, 'AAAA')],
    ['a key that nobody has', (challenge) => signedBy({ ...key, id: 'AAAA' }, ann.user.id, challenge)],
    ['in another’s name', (challenge) => signedBy(key, bob.user.id, challenge)],
    ['signed by another key', (challenge) => signedBy({ ...other, id: key.id }, ann.user.id, challenge)],
    ['for another page', (challenge) => signedBy(key, ann.user.id, challenge, { origin: 'https://evil.example' })],
    [
      'by somebody who has not shown who they are',
      (challenge) => signedBy(key, ann.user.id, challenge, { flags: 0x01 }),
    ],
    [
      'what is no JSON',
      (challenge) => {
        const signed = signedBy(key, ann.user.id, challenge);
        return { ...signed, response: { ...signed.response, clientDataJSON: 'AAAA' } };
      },
    ],
  ];
  for (const [what, made] of wrong) t.match(await signIn(made(await challengeFor(app))), REFUSED, what);
  const begun = await ann.request('POST', 'me/passkeys/begin', { password: PASSWORD });
  t.match(await signIn(signedBy(key, ann.user.id, begun.body.options.challenge)), REFUSED, 'of a new key');

  const cookie = await signIn(signedBy(key, ann.user.id, await challengeFor(app)), { cookie: true });
  t.match(cookie, { status: 200, body: { refreshToken: null } });
  t.match(cookie.headers.get('set-cookie'), /HttpOnly/);
});

t.test('a key that counts counts on: its copy is refused', async (t) => {
  const app = await startApp(t, PUBLIC);
  const ann = await app.member('agent', 'ann');
  const key = await keyOf(ann);
  const signIn = async (counter: number) => {
    const response = signedBy(key, ann.user.id, await challengeFor(app), { counter });
    return (await app.request('POST', 'auth/passkey', { response })).status;
  };
  t.equal(await signIn(7), 200);
  for (const counter of [7, 6, 0]) t.equal(await signIn(counter), 401, String(counter));
  t.equal(await signIn(8), 200);
});

t.test('one’s own key is renamed and removed, and nobody else’s', async (t) => {
  const app = await startApp(t, PUBLIC);
  const [ann, bob] = [await app.member('agent', 'ann'), await app.member('agent', 'bob')];
  const [key, more] = [await keyOf(ann), await keyOf(ann, 'Phone')];
  const path = `me/passkeys/${key.uuid}`;
  t.equal((await bob.request('PATCH', path, { name: 'Mine' })).status, 404);
  t.equal((await bob.request('DELETE', path)).status, 404);
  t.match(await ann.request('PATCH', path, { name: 'Laptop' }), {
    status: 200,
    body: { id: key.uuid, name: 'Laptop' },
  });
  t.equal((await ann.request('DELETE', path)).status, 204);
  t.equal((await ann.request('DELETE', path)).status, 404);
  t.match((await ann.request('GET', 'me/passkeys')).body.items, [{ id: more.uuid, name: 'Phone' }]);
  const sign = async (one: Key) => {
    const response = signedBy(one, ann.user.id, await challengeFor(app));
    return (await app.request('POST', 'auth/passkey', { response })).status;
  };
  t.equal(await sign(key), 401, 'what was removed signs nobody in');
  t.equal(await sign(more), 200);
  const audit = (await (await app.admin()).request('GET', 'audit')).body.items;
  t.match(audit, [{ action: 'passkey.delete', target: { id: key.uuid } }]);

  t.equal((await (await app.admin()).request('PATCH', `users/${ann.user.id}`, { disabled: true })).status, 200);
  t.equal(await sign(more), 401, 'nor does the key of who may not come in any more');
});

t.test('a key that is known already is not taken a second time', async (t) => {
  const app = await startApp(t, PUBLIC);
  const [ann, bob] = [await app.member('agent', 'ann'), await app.member('agent', 'bob')];
  const begun = await Promise.all(
    [ann, bob].map((who) => who.request('POST', 'me/passkeys/begin', { password: PASSWORD })),
  );
  const [first, second] = begun.map(({ body }) => newKey(body.options.challenge));
  if (first === undefined || second === undefined) throw new Error('there are two');
  t.equal((await ann.request('POST', 'me/passkeys', { name: 'Key', response: first.made })).status, 201);
  // The same credential, made for another's challenge.
  const { clientDataJSON } = second.made.response;
  const copied = { ...first.made, response: { ...first.made.response, clientDataJSON } };
  t.match(await bob.request('POST', 'me/passkeys', { name: 'Key', response: copied }), {
    status: 409,
    body: { code: 'IN_USE', details: { path: 'response' } },
  });
});
