/** Signing in by a real OpenID provider, and everything by which somebody might come in who must not. */
import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.ts';
import { type Answered, startApp } from '../helper.ts';
import { freePort, startProvider } from '../people/openid-provider.ts';

const newSecret = () => randomBytes(32).toString('base64url');

/** A server with a provider beside it, and a browser without scripts that goes there and back. */
async function withProvider(t: Test, settings: Partial<Config> = {}) {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const provider = await startProvider(t, `${publicUrl}/v1/auth/openid/callback`);
  const app = await startApp(t, {
    port,
    publicUrl,
    oidcIssuer: `${provider.issuer}/`,
    oidcClientId: provider.clientId,
    oidcClientSecret: provider.clientSecret,
    oidcName: 'Example',
    ...settings,
  });
  const begin = async (secret: string): Promise<string> =>
    (await app.request('POST', 'auth/openid', { secret })).body.url;

  /** Follows where it is sent, from the provider's page to this server's callback. @returns that address */
  async function away(url: string): Promise<string> {
    const jar = new Map<string, string>();
    for (let at = url; ; ) {
      if (at.startsWith(publicUrl)) return at;
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(at, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const next = response.headers.get('location');
      if (next === null) throw new Error(`${at}: ${response.status} ${await response.text()}`);
      at = new URL(next, at).href;
    }
  }

  /** What the page finds in its fragment. */
  async function back(callback: string): Promise<URLSearchParams> {
    const response = await fetch(callback, { redirect: 'manual' });
    const to = response.headers.get('location') ?? '';
    t.equal(response.status, 303);
    t.equal(to.split('#')[0], `${publicUrl}/console`, 'always on to the console');
    t.equal(response.headers.get('set-cookie'), null);
    return new URLSearchParams(to.split('#')[1]);
  }

  const exchange = (code: string | null, secret: string, more: object = {}) =>
    app.request('POST', 'auth/openid/session', { code, secret, ...more });

  async function signIn(subject: string): Promise<Answered> {
    provider.signsIn = subject;
    const secret = newSecret();
    const fragment = await back(await away(await begin(secret)));
    const failure = fragment.get('openid-failed');
    if (failure !== null) return { status: 0, body: { failure }, headers: new Headers() };
    return exchange(fragment.get('openid'), secret);
  }

  return { app, provider, publicUrl, begin, away, back, exchange, signIn };
}

const verified = (email: string, name = 'Ann Example') => ({ email, email_verified: true, name });

t.test('without a provider there is none', async (t) => {
  const app = await startApp(t);
  t.same((await app.request('GET', 'auth')).body, { openid: null, passkeys: false, mail: false });
  t.equal((await app.request('POST', 'auth/openid', { secret: newSecret() })).status, 404);
  t.equal((await app.request('POST', 'auth/openid/session', { code: 'pc_x', secret: newSecret() })).status, 404);
  t.equal((await fetch(`${app.url}/v1/auth/openid/callback`)).status, 404);
});

t.test('somebody of the team is known by the address, and from then on by the provider', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  t.same((await app.request('GET', 'auth')).body, { openid: { name: 'Example' }, passkeys: false, mail: false });
  const ann = await app.member('agent', 'ann');
  provider.accounts.set('subject-1', verified('Ann@Example.com'));
  const first = await signIn('subject-1');
  t.match(first, {
    status: 200,
    body: { user: { id: ann.user.id, role: 'agent', name: 'ann' }, refreshToken: String },
  });
  t.equal((await app.request('GET', 'me', undefined, first.body.token)).status, 200);
  const next = await app.request('POST', 'auth/refresh', { refreshToken: first.body.refreshToken });
  t.equal(next.status, 200);
  provider.accounts.set('subject-1', verified('ann@elsewhere.example'));
  t.equal((await signIn('subject-1')).body.user.id, ann.user.id, 'under a new address too');
  const { body } = await (await app.admin()).request('GET', 'audit');
  const linked = body.items.filter(({ action }: { action: string }) => action === 'openid.link');
  t.match(linked, [{ by: null, target: { id: ann.user.id } }]);
});

t.test('who is not of the team is refused until they are invited', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  provider.accounts.set('subject-1', verified('new@example.com', 'New One'));
  t.match(await signIn('subject-1'), { status: 403, body: { code: 'FORBIDDEN', details: { path: 'email' } } });
  const admin = await app.admin();
  t.equal((await admin.request('GET', 'users?email=new@example.com')).body.items.length, 0, 'and leaves nothing');
  await admin.request('POST', 'invitations', { role: 'peer', email: 'new@example.com' });
  t.match(await signIn('subject-1'), { status: 200, body: { user: { role: 'peer', name: 'New One' } } });
});

t.test('another account of the provider with the same address is not the one who came in before', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  await app.member('agent', 'ann');
  provider.accounts.set('subject-1', verified('ann@example.com'));
  t.equal((await signIn('subject-1')).status, 200);
  // Ann has left, and the provider has given her address to somebody new.
  provider.accounts.set('subject-2', verified('ann@example.com', 'Another Ann'));
  t.match(await signIn('subject-2'), { status: 403, body: { code: 'FORBIDDEN', details: { path: 'email' } } });
  t.equal((await signIn('subject-2')).status, 403, 'and is not linked by asking');
  t.equal((await signIn('subject-1')).status, 200);
});

t.test('an invitation is used up by coming in without it', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  const invited = { role: 'agent', email: 'new@example.com' };
  const { body } = await (await app.admin()).request('POST', 'invitations', invited);
  provider.accounts.set('subject-1', verified('new@example.com'));
  const signedIn = await signIn('subject-1');
  t.equal(signedIn.status, 200);
  const [, link] = body.link.split('#link=');
  t.equal((await app.request('POST', 'auth/link', { link, password: 'a long enough password' })).status, 401);
  t.equal((await app.request('GET', 'me', undefined, signedIn.body.token)).status, 200, 'and nothing has ended');
});

t.test('a customer with a password is not of the team', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  await app.member('user', 'carl');
  provider.accounts.set('subject-1', verified('carl@example.com'));
  t.equal((await signIn('subject-1')).status, 403);
});

t.test('where the settings say so, people of the domain become agents', async (t) => {
  const { provider, signIn } = await withProvider(t, { oidcUnknown: 'agent', oidcDomains: ['example.com'] });
  provider.accounts.set('1', verified('new@example.com'));
  t.match(await signIn('1'), { status: 200, body: { user: { role: 'agent', email: 'new@example.com' } } });
  for (const email of ['new@example.org', 'new@sub.example.com', 'new@evil-example.com', 'new@example.com@evil.com']) {
    provider.accounts.set(email, verified(email));
    t.equal((await signIn(email)).body.failure, 'domain', email);
  }
});

t.test('an address that the provider has not verified is none', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  await app.member('agent', 'ann');
  provider.accounts.set('1', { email: 'ann@example.com', email_verified: false });
  provider.accounts.set('2', { email: 'ann@example.com' });
  provider.accounts.set('3', {});
  for (const subject of ['1', '2', '3']) t.equal((await signIn(subject)).body.failure, 'unverified');
});

t.test('who is disabled stays out', async (t) => {
  const { app, provider, signIn } = await withProvider(t);
  const ann = await app.member('agent', 'ann');
  provider.accounts.set('1', verified('ann@example.com'));
  t.equal((await signIn('1')).status, 200);
  await (await app.admin()).request('PATCH', `users/${ann.user.id}`, { disabled: true });
  t.equal((await signIn('1')).status, 403);
});

t.test('a way back is good once, for the page that began, and only as it came', async (t) => {
  const { app, provider, begin, away, back, exchange } = await withProvider(t);
  await app.member('agent', 'ann');
  provider.accounts.set('1', verified('ann@example.com'));
  provider.signsIn = '1';
  const failure = async (callback: string) => (await back(callback)).get('openid-failed');

  const secret = newSecret();
  const callback = await away(await begin(secret));
  const code = (await back(callback)).get('openid');
  t.equal(await failure(callback), 'expired', 'twice');
  t.equal((await exchange(code, newSecret())).status, 401, 'by a page that did not begin it');
  t.equal((await exchange(code, secret)).status, 401, 'after which it is worth nothing');

  const other = new URL(await away(await begin(secret)));
  const mixed = new URL(await away(await begin(secret)));
  mixed.searchParams.set('code', other.searchParams.get('code') ?? '');
  t.equal(await failure(mixed.href), 'failed', 'the code of another way: PKCE and nonce are not its');
  const foreign = new URL(await away(await begin(secret)));
  foreign.searchParams.set('iss', 'https://evil.example');
  t.equal(await failure(foreign.href), 'failed', 'another issuer');
  const forged = new URL(await away(await begin(secret)));
  forged.searchParams.set('state', 'pc_forged');
  t.equal(await failure(forged.href), 'expired', 'a state that nobody gave');
  t.equal(await failure(forged.href.split('?')[0] ?? ''), 'expired', 'nothing at all');

  const again = (await back(await away(await begin(secret)))).get('openid');
  const signedIn = await exchange(again, secret, { cookie: true });
  t.match(signedIn.headers.get('set-cookie'), /^parley=pr_.*HttpOnly; SameSite=Strict/);
  t.equal((await exchange(again, secret)).status, 401, 'a code is good once');
});

t.test('who says no at the provider, and a provider that does not answer', async (t) => {
  const { app, provider, begin, away, back } = await withProvider(t);
  const url = await begin(newSecret());
  t.equal((await back(await away(url))).get('openid-failed'), 'denied');
  const on = await withProvider(t);
  await on.provider.stop();
  t.match(await on.app.request('POST', 'auth/openid', { secret: newSecret() }), { status: 503 });
  t.equal((await app.request('POST', 'auth/openid', { secret: newSecret() })).status, 200);
  await provider.stop();
});

t.test('shapes that are refused', async (t) => {
  const { app } = await withProvider(t);
  const rows: [string, object, string][] = [
    ['auth/openid', {}, 'secret'],
    ['auth/openid', { secret: 'short' }, 'secret'],
    ['auth/openid', { secret: newSecret(), redirect: 'https://evil.example' }, 'redirect'],
    ['auth/openid/session', { secret: newSecret() }, 'code'],
    ['auth/openid/session', { code: 'pc_x' }, 'secret'],
  ];
  for (const [path, body, field] of rows) {
    t.match(await app.request('POST', path, body), { status: 400, body: { details: { path: field } } }, path);
  }
});
