/** Everything about people over a real file and a real JWT library, without a door. */
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { Test } from 'tap';
import type { Change } from '../../../src/chat/change.ts';
import { alone, decider, want } from '../../../src/chat/decide/judge.ts';
import { Rates } from '../../../src/chat/decide/rates.ts';
import { readHostKeys } from '../../../src/chat/people/host-keys.ts';
import { createPeople, ownTokenKey } from '../../../src/chat/people/people.ts';
import { keyFor } from '../../../src/chat/people/secret.ts';
import type { Publication } from '../../../src/chat/publication.ts';
import { createSeal } from '../../../src/chat/seal.ts';
import { type Config, configFor } from '../../../src/config.ts';
import { Store } from '../../../src/db/open.ts';
import { jwt, jwtOf } from '../../../src/http/jwt.ts';
import type { ChallengeAnswer } from '../../../src/protocol/http-auth.ts';
import { LIMITS } from '../../world.ts';

export const HERE = { address: '192.0.2.7', userAgent: 'test' };

export async function openHouse(t: Test, overrides: Partial<Config> = {}, clock: () => number = Date.now) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-people-'));
  const store = new Store({
    folder,
    pid: 1,
    newEpoch: randomUUIDv7,
    now: clock,
    maxWaiting: 1_000,
    batchSize: 256,
    onError: (error) => t.comment(String(error)),
  });
  const published: Publication[] = [];
  const writer = store.openWriter<Change, Publication>({
    want,
    alone,
    decide: decider(LIMITS, new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { publications, settle } of decided) {
        published.push(...publications);
        settle();
      }
    },
  });
  const config = configFor(overrides);
  const secret = randomBytes(32);
  const hostKeys = readHostKeys(config);
  const app = Fastify();
  await app.register(jwt, { ownKey: ownTokenKey(secret), hostKeys });
  await app.ready();
  t.teardown(async () => {
    await app.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const nothing = async () => {};
  const keys = { secret, hostKeys, jwt: jwtOf(app) };
  const parts = {
    store,
    writer,
    config,
    ...keys,
    openidProvider: null,
    mails: () => false,
    onError: (error: unknown) => t.comment(String(error)),
    seal: createSeal(keyFor(secret, 'sealed')),
    now: clock,
    claimRooms: nothing,
    whenDone: nothing,
    newId: randomUUIDv7,
  };
  const people = createPeople(parts);
  const { login, useLink } = people.sessions;
  const sessions = {
    ...people.sessions,
    login: async (...given: Parameters<typeof login>) => whole(await login(...given)),
    useLink: async (...given: Parameters<typeof useLink>) => whole(await useLink(...given)),
  };
  return { ...people, sessions, published, store, writer, secret, ownKey: ownTokenKey(secret) };
}

/** Nobody here has a second factor. */
function whole<T extends object>(signedIn: T | ChallengeAnswer): T {
  if ('challenge' in signedIn) throw new Error('a code was asked for');
  return signedIn;
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** Signs in the admin that the settings make. */
export async function admin(house: House) {
  const signedIn = await house.sessions.login('ada@example.com', PASSWORD, HERE);
  return { ...signedIn, caller: await house.identity.fromToken(signedIn.token) };
}

export const PASSWORD = 'correct horse battery';
export const WITH_ADMIN = { adminEmail: 'Ada@example.com', adminPassword: PASSWORD };
