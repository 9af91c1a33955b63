/** Who calls: a credential becomes a caller, or a refusal that says why not. The same for every door. */
import type { SessionRow, UserRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import { MAX_TOKEN_LENGTH } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Caller, KeyCaller, UserCaller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { hashOf, isCredential } from './credential.ts';
import type { HostIdentity } from './host-token.ts';
import type { Jwt } from './jwt.ts';
import { isOwnToken, readOwnToken } from './own-token.ts';
import type { Sighted } from './people-change.ts';
import type { PeopleReadings } from './people-readings.ts';
import type { Seen } from './seen.ts';
import type { Tickets } from './ticket.ts';

export interface IdentityParts {
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  jwt: Jwt;
  /** The key of the server's own tokens, as the library has it. */
  ownKey: string;
  /** Judges a token of the host's; null: the host signs none. */
  hostToken: ((token: string, now: number) => HostIdentity) | null;
  seen: Seen;
  /** Whether addresses may be kept. */
  keepAddress: boolean;
  /** Keys of the admins there are. */
  adminKeys: () => Promise<number[]>;
  tickets: Tickets;
  now: () => number;
}

const SAID_KEPT = 10_000;

/** A caller, and the rooms (the host's ids) that the host's token says to join at sign-in. */
export interface SignedIn {
  caller: Caller;
  rooms: readonly string[];
}

export type Identity = ReturnType<typeof createIdentity>;

export function createIdentity(parts: IdentityParts) {
  const { readings, writer, jwt, ownKey, hostToken, seen, tickets, keepAddress, adminKeys, now } = parts;
  // What hosts' tokens said last. An address that is another's is not taken over, and must not be tried each time.
  const said = new Map<string, string>();

  function isNews(identity: Partial<HostIdentity> & { externalId: string }): boolean {
    const text = JSON.stringify(identity);
    if (said.get(identity.externalId) === text) return false;
    if (said.size >= SAID_KEPT) said.clear();
    said.set(identity.externalId, text);
    return true;
  }

  async function byToken(token: string, line: number | null): Promise<UserCaller> {
    const found = await readings.sessionByHash.get({ hash: hashOf(token) });
    if (found === undefined || found.session.kind === 'login') throw new Refusal('UNAUTHENTICATED');
    return bySession(found.session, found.user, found.session.expiresAt, line);
  }

  async function byOwnJwt(token: string, line: number | null): Promise<UserCaller> {
    const own = readOwnToken(jwt.own, ownKey, token, now());
    const found = await readings.sessionByUuid.get({ uuid: own.session });
    if (found === undefined || found.user.uuid !== own.user) throw new Refusal('UNAUTHENTICATED');
    return bySession(found.session, found.user, own.expiresAt, line);
  }

  function bySession(session: SessionRow, user: UserRow, expiresAt: number, line: number | null): UserCaller {
    checkUser(user);
    if (session.revokedAt !== null) throw new Refusal('UNAUTHENTICATED');
    if (session.expiresAt <= now()) throw new Refusal('TOKEN_EXPIRED');
    seen.bySession(session);
    return callerOf(user, session.id, expiresAt, line);
  }

  async function byKey(token: string): Promise<KeyCaller> {
    const key = await readings.apiKeyByHash.get({ hash: hashOf(token) });
    if (key === undefined) throw new Refusal('UNAUTHENTICATED');
    if (key.expiresAt !== null && key.expiresAt <= now()) throw new Refusal('TOKEN_EXPIRED');
    seen.byKey(key.id, key.usedAt);
    return { kind: 'key', key: key.id, scopes: key.scopes };
  }

  /** Made on first sight; what the host says of them anew is taken over, and else nothing is written. */
  async function byHost(token: string, line: number | null): Promise<SignedIn> {
    if (hostToken === null) throw new Refusal('UNAUTHENTICATED');
    const { rooms, expiresAt, ...claims } = hostToken(token, now());
    let user = (await readings.userByHost.get({ subject: claims.externalId }))?.user;
    if (user === undefined || (tellsMore(claims, user) && isNews(claims))) {
      const { id } = await writer.submit<Sighted>({
        type: 'user.sight',
        by: null,
        ...claims,
        admins: await adminKeys(),
        session: null,
      });
      user = (await readings.user.get({ id }))?.user;
    }
    if (user === undefined) throw new Refusal('UNAUTHENTICATED');
    checkUser(user);
    seen.byHost(user);
    return { caller: callerOf(user, null, expiresAt, line), rooms };
  }

  async function known(token: string, line: number | null): Promise<SignedIn> {
    if (token.length > MAX_TOKEN_LENGTH) throw new Refusal('UNAUTHENTICATED');
    if (isCredential('session', token)) return { caller: await byToken(token, line), rooms: [] };
    if (isCredential('key', token)) return { caller: await byKey(token), rooms: [] };
    if (isOwnToken(token)) return { caller: await byOwnJwt(token, line), rooms: [] };
    return byHost(token, line);
  }

  return {
    /** Like {@link fromToken}, with the rooms to be joined. */
    async signIn(token: string, address: string | null = null): Promise<SignedIn> {
      const { caller, rooms } = await known(token, null);
      return { caller: address === null || !keepAddress ? caller : { ...caller, address }, rooms };
    },

    /**
     * Who a bearer token speaks for. Blocked users are told so only where they command something.
     *
     * @param line the open line that asks: it is answered in place of its own event
     */
    async fromToken(token: string, line: number | null = null): Promise<Caller> {
      return (await known(token, line)).caller;
    },

    /** Who a ticket opens attachments for. */
    async fromTicket(value: string): Promise<UserCaller> {
      const ticket = tickets.read(value);
      const user = ticket === null ? undefined : (await readings.userByUuid.get({ uuid: ticket.user }))?.user;
      if (ticket === null || user === undefined) throw new Refusal('UNAUTHENTICATED');
      checkUser(user);
      return callerOf(user, null, ticket.expiresAt, null);
    },
  };
}

function tellsMore({ name, email, role }: Partial<HostIdentity>, user: UserRow): boolean {
  return (
    (name !== undefined && name !== user.name) ||
    (email !== undefined && email !== user.email) ||
    (role !== undefined && role !== user.role)
  );
}

function checkUser(user: UserRow): void {
  if (user.mergedInto !== null) throw new Refusal('MERGED');
  if (user.disabledAt !== null || user.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
}

function callerOf(user: UserRow, session: number | null, expiresAt: number, line: number | null): UserCaller {
  const { id, uuid, role, anonymous } = user;
  return { kind: 'user', id, uuid, role, anonymous, session, expiresAt, line };
}
