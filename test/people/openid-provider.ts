/** A real OpenID provider in the test's own process, at which people sign in by one press, or at once. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { Test } from 'tap';

export interface Account {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** By their subject. */
  accounts: Map<string, Account>;
  /** Who signs in there next; null: they press the button that says no. */
  signsIn: string | null;
  /** Stops answering. */
  stop(): Promise<void>;
}

/** @param redirect where it may send people back to */
export async function startProvider(t: Test, redirect: string): Promise<TestProvider> {
  let handle: ReturnType<Provider['callback']> | null = null;
  const server = createServer((request, response) => {
    const interaction = request.url?.startsWith('/interaction/') ? finish(request, response) : null;
    if (interaction === null) handle?.(request, response);
    else interaction.catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const given: TestProvider = {
    issuer,
    clientId: 'parley',
    clientSecret: 'a secret of the test alone',
    accounts: new Map(),
    signsIn: null,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const provider = new Provider(issuer, {
    clients: [{ client_id: given.clientId, client_secret: given.clientSecret, redirect_uris: [redirect] }],
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256' }] },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...given.accounts.get(accountId) }),
    }),
    // Nobody is asked whether they agree.
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId as string,
        accountId: oidc.session?.accountId as string,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  handle = provider.callback();

  async function finish(...[request, response]: Parameters<ReturnType<Provider['callback']>>): Promise<void> {
    const accountId = given.signsIn;
    const result = accountId === null ? { error: 'access_denied', error_description: 'no' } : { login: { accountId } };
    await provider.interactionFinished(request, response, result);
  }

  t.teardown(given.stop);
  return given;
}

/** A port that is free: what the provider is told of must be known before the server listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
