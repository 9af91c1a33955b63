/** Everything about people, put together: who calls, who is there, how they sign in. */

import type { Config } from '../../config.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { Seal } from '../seal.ts';
import { Contexts } from './contexts.ts';
import { firstAdmin } from './first-admin.ts';
import { hostIdentities } from './host-identity.ts';
import type { HostKey } from './host-keys.ts';
import { hostTokens } from './host-token.ts';
import { createIdentity } from './identity.ts';
import type { Jwt } from './jwt.ts';
import { createKeys } from './keys.ts';
import { sessionMaker } from './new-session.ts';
import { createOpenid, type OpenidProvider } from './openid.ts';
import { createPasskeys } from './passkeys.ts';
import { createPasswords } from './password.ts';
import { peopleReadings } from './people-readings.ts';
import { keyFor } from './secret.ts';
import { createSeen } from './seen.ts';
import { createSessions } from './sessions.ts';
import { createTickets } from './ticket.ts';
import { createTotp } from './totp.ts';
import { createUsers } from './users.ts';
import { createVisitors, type VisitorsParts } from './visitors.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface PeopleParts {
  store: Pick<Store, 'questions' | 'bus' | 'passing'>;
  writer: Writer<Change, Publication>;
  config: Config;
  /** The server's own. */
  secret: Buffer;
  seal: Seal;
  /** Null: none is set up. */
  openidProvider: OpenidProvider | null;
  /** Whether mails can be sent. */
  mails: () => boolean;
  onError: (error: unknown) => void;
  jwt: Jwt;
  hostKeys: readonly HostKey[];
  /** ms */
  now: () => number;
  claimRooms: VisitorsParts['claimRooms'];
  whenDone: VisitorsParts['whenDone'];
  newId: () => string;
}

export type People = ReturnType<typeof createPeople>;

export function createPeople(parts: PeopleParts) {
  const { store, writer, config, secret, jwt, hostKeys, now, newId } = parts;
  const readings = peopleReadings(store.questions);
  const passwords = createPasswords();
  const contexts = new Contexts(store.bus);
  const beginSession = sessionMaker(newId, now, config.keepAddress);
  const tokenLifeMs = config.visitorTokenDays * DAY_MS;
  const hostToken = jwt.host === null ? null : hostTokens(jwt.host, hostKeys, config);
  const adminKeys = async () => (await readings.admins.all()).map(({ user }) => user.id);
  const users = createUsers({ readings, writer, passwords, beginSession, adminKeys });
  const totp = createTotp({
    store,
    readings,
    writer,
    passwords,
    seal: parts.seal,
    recoveryKey: keyFor(secret, 'recovery'),
    issuer: config.publicUrl === undefined ? 'Parley' : `Parley ${new URL(config.publicUrl).hostname}`,
    now,
  });
  const openid = createOpenid({
    store,
    writer,
    provider: parts.openidProvider,
    domains: config.oidcDomains,
    unknown: config.oidcUnknown,
    onError: parts.onError,
    now,
  });
  const passkeys = createPasskeys({ store, readings, writer, passwords, totp, publicUrl: config.publicUrl, now });
  const tickets = createTickets(keyFor(secret, 'ticket'), now);
  return {
    readings,
    users,
    totp,
    openid,
    passkeys,
    contexts,
    identity: createIdentity({
      readings,
      writer,
      jwt,
      ownKey: ownTokenKey(secret),
      hostToken,
      adminKeys,
      seen: createSeen(writer, tokenLifeMs, now),
      tickets,
      keepAddress: config.keepAddress,
      now,
    }),
    visitors: createVisitors({
      writer,
      beginSession,
      contexts,
      users,
      hostIdentities: hostIdentities(config.jwtSecret, hostToken),
      adminKeys,
      claimRooms: parts.claimRooms,
      whenDone: parts.whenDone,
      tokenLifeMs,
      now,
    }),
    sessions: createSessions({
      store,
      readings,
      writer,
      passwords,
      totp,
      openid,
      passkeys,
      mails: parts.mails,
      signer: jwt.own,
      beginSession,
      refreshKey: keyFor(secret, 'refresh'),
      visitorLifeMs: tokenLifeMs,
      now,
    }),
    keys: createKeys(readings, writer, now),
    tickets,
    /** At the start: the secret of a link that makes the first admin, or null. */
    firstAdmin: () => firstAdmin({ readings, writer, passwords, now }, config),
  };
}

/** The key that the server's own JWTs are signed with, as the library takes it. */
export function ownTokenKey(secret: Buffer): string {
  return keyFor(secret, 'own-token').toString('hex');
}
