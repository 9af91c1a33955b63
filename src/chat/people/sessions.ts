/** Signing in with a password or a link, staying signed in, and signing out. */
import type { LinkRow, UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { ChallengeAnswer, LinkBody, SecondFactorBody } from '../../protocol/http-auth.ts';
import type { SignInWays } from '../../protocol/http-openid.ts';
import type { PasskeySignInBody } from '../../protocol/http-passkeys.ts';
import type { Session } from '../../protocol/http-sessions.ts';
import { normaliseId } from '../../protocol/id.ts';
import type { Me } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { timeOf } from '../views.ts';
import { createChallenges } from './challenges.ts';
import { hashOf, isCredential } from './credential.ts';
import type { JwtSigner } from './jwt.ts';
import type { BeginSession, Origin } from './new-session.ts';
import type { Openid } from './openid.ts';
import { signOwnToken } from './own-token.ts';
import type { Passkeys } from './passkeys.ts';
import type { Passwords } from './password.ts';
import type { Rotated } from './people-change.ts';
import type { PeopleReadings } from './people-readings.ts';
import { meView, sessionView } from './people-view.ts';
import { sessionNamedBy, successorOf } from './refresh-token.ts';
import type { Totp } from './totp.ts';
import type { LinkUsed, SecondFactor } from './totp-change.ts';

/** How long one stays signed in without coming back. */
const LOGIN_LIFE_MS = 30 * 24 * 60 * 60 * 1000;
/** How long a mail's reader stays signed in. */
const MAIL_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** How long one may look for one's code. */
const CHALLENGE_LIFE_MS = 5 * 60 * 1000;

export interface SessionsParts {
  store: Pick<Store, 'passing'>;
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  passwords: Passwords;
  totp: Totp;
  openid: Openid;
  passkeys: Passkeys;
  /** Whether mails can be sent. */
  mails: () => boolean;
  signer: JwtSigner;
  beginSession: BeginSession;
  /** The key that successors of refresh tokens are made with. */
  refreshKey: Buffer;
  /** How long a visitor's token lives without being used, ms. */
  visitorLifeMs: number;
  now: () => number;
}

/** Tokens in the clear, told to their owner and to nobody else. */
export interface SignIn {
  user: Me;
  token: string;
  /** Of a login; a mail's way back has none. */
  refreshToken?: string;
}

type LogIn = SignIn & { refreshToken: string };

/** Of whom a code is asked beside the password that was found to match this hash. */
interface HalfSignedIn {
  user: number;
  password: string;
}

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(parts: SessionsParts) {
  const { readings, writer, passwords, totp, openid, passkeys, signer, beginSession, refreshKey, visitorLifeMs, now } =
    parts;
  const challenges = createChallenges<HalfSignedIn>(parts.store.passing('half signed in'), CHALLENGE_LIFE_MS, now);
  const accessToken = (userUuid: string, sessionUuid: string) => signOwnToken(signer, userUuid, sessionUuid, now());

  /** A mail's way back: a credential of its own, that ends no other. Of the named it lives as long as the link could. */
  async function followMail(link: LinkRow, origin: Origin): Promise<SignIn> {
    const user = link.user === null ? undefined : (await readings.user.get({ id: link.user }))?.user;
    if (user === undefined) throw new Refusal('UNAUTHENTICATED');
    const { token, session } = user.anonymous
      ? beginSession('visitor', visitorLifeMs, origin)
      : beginSession('token', MAIL_LIFE_MS, origin);
    const me = await writer.submit<Me>({ type: 'link.follow', link: link.id, user: user.id, session });
    return { user: me, token };
  }

  async function challenge(half: HalfSignedIn): Promise<ChallengeAnswer> {
    const { secret, expiresAt } = await challenges.put(half);
    return { challenge: secret, expiresAt: timeOf(expiresAt) };
  }

  async function enter(half: HalfSignedIn, second: SecondFactor | null, origin: Origin): Promise<LogIn> {
    const { token: refreshToken, session } = beginSession('login', LOGIN_LIFE_MS, origin);
    const me = await writer.submit<Me>({ type: 'session.put', ...half, second, session });
    return { user: me, token: accessToken(me.id, session.uuid), refreshToken };
  }

  return {
    /**
     * The same answer, after the same time, for a wrong password and for somebody who is not there.
     *
     * @returns the session, or a challenge for who logs in with a code too
     */
    async login(email: string, password: string, origin: Origin): Promise<LogIn | ChallengeAnswer> {
      const user = (await readings.userByEmail.get({ email: email.toLowerCase() }))?.user;
      const hash = user === undefined || !mayLogIn(user) ? null : user.password;
      const right = await passwords.verify(password, hash);
      if (!right || user === undefined || hash === null) {
        throw new Refusal('UNAUTHENTICATED', { message: 'This e-mail address and password do not go together.' });
      }
      const half = { user: user.id, password: hash };
      return (await totp.isOn(user.id)) ? challenge(half) : enter(half, null, origin);
    },

    /** The second half of a login. A challenge stays good for another try until a code was right or its time is over. */
    async secondFactor({ challenge, code }: SecondFactorBody, origin: Origin): Promise<LogIn> {
      const half = await challenges.look(challenge);
      const user = half === undefined ? undefined : (await readings.user.get({ id: half.user }))?.user;
      if (half === undefined || user === undefined) {
        throw new Refusal('UNAUTHENTICATED', {
          message: 'This took too long: sign in again.',
          details: { path: 'challenge', rule: 'is too old, or was used' },
        });
      }
      const signedIn = await enter(half, await totp.prove(user, code, 'UNAUTHENTICATED'), origin);
      await challenges.take(challenge);
      return signedIn;
    },

    /** By what one may sign in, besides the password. */
    ways(): SignInWays {
      const provider = openid.name === null ? null : { name: openid.name };
      return { openid: provider, passkeys: passkeys.usable, mail: parts.mails() };
    },

    /** @param code what the way back brought. @param secret what the page has kept */
    async byOpenid(code: string, secret: string, origin: Origin): Promise<LogIn> {
      const { token: refreshToken, session } = beginSession('login', LOGIN_LIFE_MS, origin);
      const me = await openid.signIn(code, secret, session);
      return { user: me, token: accessToken(me.id, session.uuid), refreshToken };
    },

    async byPasskey(body: PasskeySignInBody, origin: Origin): Promise<LogIn> {
      const { token: refreshToken, session } = beginSession('login', LOGIN_LIFE_MS, origin);
      const me = await passkeys.signIn(body, session);
      return { user: me, token: accessToken(me.id, session.uuid), refreshToken };
    },

    /** A new access token and the refresh token's successor. One used again late ends the session: it was stolen. */
    async refresh(refreshToken: string): Promise<LogIn> {
      const uuid = sessionNamedBy(refreshToken);
      const found = uuid === null ? undefined : await readings.sessionByUuid.get({ uuid });
      if (found === undefined || found.session.kind !== 'login') throw new Refusal('UNAUTHENTICATED');
      const { session, user } = found;
      const next = successorOf(refreshToken, session.uuid, refreshKey);
      const { reused } = await writer.submit<Rotated>({
        type: 'session.rotate',
        session: session.id,
        user: user.id,
        presented: hashOf(refreshToken),
        next: hashOf(next),
        expiresAt: now() + LOGIN_LIFE_MS,
      });
      if (reused)
        throw new Refusal('UNAUTHENTICATED', { message: 'This refresh token was used before: sign in again.' });
      const externalId = (await readings.user.get({ id: user.id }))?.externalId ?? null;
      return { user: meView(user, externalId), token: accessToken(user.uuid, session.uuid), refreshToken: next };
    },

    /**
     * Signs in by a link's secret, with a password chosen for it. Other sessions of its user end.
     *
     * @returns a challenge for who logs in with a code too
     */
    async useLink(
      { link: secret, password, name, email }: LinkBody,
      origin: Origin,
    ): Promise<SignIn | ChallengeAnswer> {
      const link = isCredential('link', secret) ? await readings.linkByHash.get({ hash: hashOf(secret) }) : undefined;
      if (link === undefined || link.usedAt !== null) throw new Refusal('UNAUTHENTICATED');
      if (link.expiresAt <= now()) throw new Refusal('TOKEN_EXPIRED');
      if (link.kind === 'mail') return followMail(link, origin);
      if (password === undefined) throw misshapen('password', 'is required');
      const owner = link.user === null ? undefined : (await readings.user.get({ id: link.user }))?.user;
      if (email !== undefined && (link.kind === 'password' || (owner?.email ?? null) !== null)) {
        throw misshapen('email', 'is for who has none yet');
      }
      if (email === undefined && link.kind === 'invitation' && owner !== undefined && owner.email === null) {
        throw misshapen('email', 'is required: the invitation has none');
      }
      const { token: refreshToken, session } = beginSession('login', LOGIN_LIFE_MS, origin);
      const hash = await passwords.hash(password);
      const { me, signedIn } = await writer.submit<LinkUsed>({
        type: 'link.use',
        link: link.id,
        known: owner === undefined ? null : { id: owner.id, email: owner.email },
        password: hash,
        name: name ?? null,
        email: email?.toLowerCase() ?? null,
        admins: (await readings.admins.all()).filter(canSignIn).map(({ user }) => user.id),
        session,
      });
      if (!signedIn && owner !== undefined) return challenge({ user: owner.id, password: hash });
      return { user: me, token: accessToken(me.id, session.uuid), refreshToken };
    },

    /** Ends the session that asks. A host's own token has none to end. */
    async logout(caller: Caller): Promise<void> {
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      if (caller.session === null) return;
      await writer.submit<null>({ type: 'session.revoke', by: byOf(caller), session: caller.session });
    },

    /** The caller's own sessions that live, newest first; 200 at most. */
    async list(caller: Caller): Promise<Session[]> {
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      const rows = await readings.sessionsOf.all({ user: caller.id, now: now() });
      return rows.map((row) => sessionView(row, row.id === caller.session));
    },

    async revoke(caller: Caller, sessionId: string): Promise<void> {
      if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
      const found = await readings.sessionByUuid.get({ uuid: normaliseId(sessionId) });
      if (found === undefined || found.user.id !== caller.id) throw new Refusal('NOT_FOUND');
      await writer.submit<null>({ type: 'session.revoke', by: byOf(caller), session: found.session.id });
    },
  };
}

function mayLogIn(user: UserRow): boolean {
  return user.disabledAt === null && user.erasedAt === null && user.mergedInto === null;
}

/** An admin who could never come back does not keep the first-admin link from being made. */
export function canSignIn({ user, known }: { user: UserRow; known: boolean }): boolean {
  return known || (user.password !== null && user.email !== null);
}
