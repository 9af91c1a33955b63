/**
 * Everybody who may come to the door, on one server: people of every role, in and out of things, and those who are
 * nobody any more. Bots, the erased and the merged have no way in yet: they are written into the database between two starts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { doBeside } from '../database.ts';
import { type Actor, type Answered, startApp, type TestApp } from '../helper.ts';
import { keptBeside } from './kept.ts';
import { type Route, withRoutes } from './routes.ts';

const SETTINGS = { direct: 'everybody', heartbeatMs: 3_600_000 } as const;
const MINUTE_MS = 60_000;

/** Named people by their role; the host names them all, and an admin raises them. */
const ROLES = {
  admin: ['chief'],
  agent: ['agent', 'agentIn'],
  peer: ['peer', 'otherPeer', 'formerPeer'],
  user: [
    'ann',
    'bob',
    'barred',
    'former',
    'moderator',
    'user',
    'guest',
    'bot',
    'otherBot',
    'disabled',
    'erased',
    'merged',
  ],
} as const;
type Name = (typeof ROLES)[keyof typeof ROLES][number];

export const SCOPES = ['tokens', 'users', 'messages', 'conversations', 'conversations:all', '*'] as const;

export interface Cast {
  app: TestApp;
  routes: Route[];
  people: Record<Name | 'admin' | 'customer' | 'visitor', Actor>;
  /** By scope; `none` stands for a key that may do something else. */
  keys: Record<(typeof SCOPES)[number], string>;
  /** Credentials that are none, and what whoever brings one is told. */
  nobodies: [what: string, token: string | undefined, code: string][];
  /** See `kept.ts`. */
  kept(): Promise<string>;
}

/** Throws where a step that sets the scene fails. */
export function must({ status, body }: Answered): Answered['body'] {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

export async function castFor(t: Test): Promise<Cast> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let now = Date.now();
  const options = { folder, now: () => now };
  const first = await startApp(t, SETTINGS, options);
  const admin = await first.admin();

  const named = {} as Record<Name, Actor>;
  for (const [role, names] of Object.entries(ROLES)) {
    for (const name of names as readonly Name[]) {
      named[name] = await first.hostUser(name, { name });
      if (role !== 'user') must(await admin.request('PATCH', `users/${named[name].user.id}`, { role }));
    }
  }
  const [customer, visitor, signedOut] = [await first.visitor(), await first.visitor(), await first.visitor()];
  must(await signedOut.request('POST', 'auth/logout'));
  must(await admin.request('PATCH', `users/${named.disabled.user.id}`, { disabled: true }));

  const keyFor = async (scope: string, expiresAt?: string) =>
    must(
      await admin.request('POST', 'api-keys', { name: 'test', scopes: [scope], ...(expiresAt ? { expiresAt } : {}) }),
    );
  const keys = {} as Cast['keys'];
  for (const scope of SCOPES) keys[scope] = (await keyFor(scope)).key;
  const gone = await keyFor('*');
  must(await admin.request('DELETE', `api-keys/${gone.id}`));
  const overKey = await keyFor('*', new Date(now + MINUTE_MS).toISOString());
  const over = must(await first.request('POST', 'tokens', { externalId: 'ann', expiresIn: 60 }, keys.tokens));
  const login = must(
    await first.request('POST', 'auth/login', { email: 'admin@example.com', password: 'correct horse battery' }),
  );
  await first.stop();

  const set = (name: Name, column: string, value: string) => {
    const sql = `update users set ${column} = ${value} where uuid = '${named[name].user.id}'`;
    return doBeside(folder, { sqlite: sql, postgres: sql });
  };
  await set('bot', 'role', "'bot'");
  await set('otherBot', 'role', "'bot'");
  await set('erased', 'erased_at', String(now));
  await set('merged', 'merged_into', `(select id from users where uuid = '${named.ann.user.id}')`);

  now += MINUTE_MS + 1;
  const { made: app, routes } = await withRoutes(() => startApp(t, SETTINGS, options));
  // Their tokens are good for the second start too; how they call goes to its address.
  const again = (actor: Actor) => app.actor(actor.token, actor.user);
  const people = { ...named, customer, visitor, admin };
  for (const name of Object.keys(people) as (keyof typeof people)[]) people[name] = again(people[name]);

  const jwt = [
    { alg: 'none', kid: 'parley-own' },
    { sub: customer.user.id, sid: customer.user.id, iss: 'parley', exp: 9e9 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const nobodies: Cast['nobodies'] = [
    ['no credential', undefined, 'UNAUTHENTICATED'],
    ['a token that nobody made', `pv_${'A'.repeat(43)}`, 'UNAUTHENTICATED'],
    ["a user's id", customer.user.id, 'UNAUTHENTICATED'],
    ['an unsigned token', `${jwt}.`, 'UNAUTHENTICATED'],
    ['a refresh token', login.refreshToken, 'UNAUTHENTICATED'],
    ['a token whose time is over', over.token, 'TOKEN_EXPIRED'],
    ['who signed out', signedOut.token, 'UNAUTHENTICATED'],
    ['who was disabled', named.disabled.token, 'UNAUTHENTICATED'],
    ['who was erased', named.erased.token, 'UNAUTHENTICATED'],
    ['who was merged', named.merged.token, 'MERGED'],
    ['an API key that was taken away', gone.key, 'UNAUTHENTICATED'],
    ['an API key whose time is over', overKey.key, 'TOKEN_EXPIRED'],
  ];
  return { app, routes, people, keys, nobodies, kept: () => keptBeside(folder) };
}
