/** Signing in without a password (WebAuthn): keys that an authenticator keeps, and unlocks for its owner alone. */
import { isIP } from 'node:net';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { PasskeyRow, UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type {
  Passkey,
  PasskeyBeginBody,
  PasskeyBody,
  PasskeyOptions,
  PasskeySignInBody,
} from '../../protocol/http-passkeys.ts';
import { normaliseId } from '../../protocol/id.ts';
import type { Me } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import { MOST_PASSKEYS, tooManyPasskeys } from '../decide/passkeys.ts';
import { wrongCode } from '../decide/second-factor.ts';
import type { Publication } from '../publication.ts';
import { createChallenges } from './challenges.ts';
import type { Passwords } from './password.ts';
import type { NewSession } from './people-change.ts';
import type { PeopleReadings } from './people-readings.ts';
import { passkeyView } from './people-view.ts';
import type { Totp } from './totp.ts';
import type { SecondFactor } from './totp-change.ts';

/** Loaded when the first key is spoken of: it takes a third of a second, and many never need it. */
const webauthn = () => import('@simplewebauthn/server');

const CHALLENGE_LIFE_MS = 5 * 60 * 1000;

/** What a challenge was given for: to register somebody's key, with what they showed for it, or to sign anybody in. */
type Purpose = { user: number; password: string | null; second: SecondFactor | null } | 'signIn';

export interface PasskeysParts {
  store: Pick<Store, 'passing'>;
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  passwords: Passwords;
  totp: Totp;
  /** Where people reach the server; keys belong to its host name. */
  publicUrl: string | undefined;
  now: () => number;
}

export type Passkeys = ReturnType<typeof createPasskeys>;

export function createPasskeys({ store, readings, writer, passwords, totp, publicUrl, now }: PasskeysParts) {
  const challenges = createChallenges<Purpose>(store.passing('passkey'), CHALLENGE_LIFE_MS, now);
  const host = publicUrl === undefined ? '' : new URL(publicUrl).hostname;
  // Browsers make keys for names alone.
  const here = host === '' || isIP(host.replace(/^\[|\]$/g, '')) > 0 ? null : { id: host, origin: publicUrl as string };

  /** Keys need to know where they are used: without the server's own address there are none. */
  function place(): { id: string; origin: string } {
    if (here === null) throw new Refusal('NOT_FOUND');
    return here;
  }

  async function own(caller: Caller): Promise<UserRow> {
    if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
    const user = (await readings.user.get({ id: caller.id }))?.user;
    if (user === undefined) throw new Refusal('UNAUTHENTICATED');
    return user;
  }

  async function ownKey(caller: Caller, passkeyId: string): Promise<PasskeyRow> {
    const keys = await readings.passkeysOf.all({ user: (await own(caller)).id });
    const row = keys.find(({ uuid }) => uuid === normaliseId(passkeyId));
    if (row === undefined) throw new Refusal('NOT_FOUND');
    return row;
  }

  /** The password in its present form, shown by who has one; who has none has signed in to this session themselves. */
  async function shown(caller: Caller, user: UserRow, claimed: string): Promise<string | null> {
    if (user.password === null) {
      const living = await readings.sessionsOf.all({ user: user.id, now: now() });
      const signedIn = living.some(
        ({ id, kind }) => kind === 'login' && caller.kind === 'user' && id === caller.session,
      );
      if (!signedIn) throw new Refusal('FORBIDDEN');
      return null;
    }
    if (await passwords.verify(claimed, user.password)) return user.password;
    throw new Refusal('FORBIDDEN', { details: { path: 'password', rule: 'is not your password' } });
  }

  /** The code that a login would ask for: a key must not come by less than what it stands in for. Taken with the key. */
  async function secondFactor(user: UserRow, code: string | undefined): Promise<SecondFactor | null> {
    if (!(await totp.isOn(user.id))) return null;
    if (code === undefined) throw wrongCode('FORBIDDEN');
    return totp.prove(user, code, 'FORBIDDEN');
  }

  /** What the challenge in an answer was given for, this once; undefined: it was not given, or was used, or is too old. */
  async function taken(clientDataJSON: string): Promise<{ purpose: Purpose; challenge: string } | undefined> {
    const said = challengeIn(clientDataJSON);
    if (said === null) return undefined;
    const purpose = await challenges.take(said.secret);
    return purpose === undefined ? undefined : { purpose, challenge: said.challenge };
  }

  return {
    /** Whether there can be any. */
    usable: here !== null,

    async beginRegistration(caller: Caller, body: PasskeyBeginBody): Promise<PasskeyOptions> {
      const user = await own(caller);
      const { id: rpID } = place();
      const mayHave = user.role === 'user' ? user.password !== null : user.role !== 'bot';
      if (!mayHave) throw new Refusal('FORBIDDEN');
      const password = await shown(caller, user, body.password ?? '');
      const second = await secondFactor(user, body.code);
      const there = await readings.passkeysOf.all({ user: user.id });
      if (there.length >= MOST_PASSKEYS) throw tooManyPasskeys();
      const options = await (await webauthn()).generateRegistrationOptions({
        rpName: 'Parley',
        rpID,
        userID: handleOf(user),
        userName: user.email ?? user.name ?? user.uuid,
        userDisplayName: user.name ?? '',
        challenge: (await challenges.put({ user: user.id, password, second })).secret,
        timeout: CHALLENGE_LIFE_MS,
        excludeCredentials: there.map(({ credential }) => ({ id: credential })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { options: { ...options } };
    },

    async register(caller: Caller, { name, response }: PasskeyBody): Promise<Passkey> {
      const user = await own(caller);
      const { id: expectedRPID, origin } = place();
      const found = await taken(response.response.clientDataJSON);
      const { purpose } = found ?? {};
      if (found === undefined || typeof purpose !== 'object' || purpose.user !== user.id) throw unfit('FORBIDDEN');
      const { registrationInfo } = await (await webauthn())
        .verifyRegistrationResponse({
          response: { ...response, clientExtensionResults: {} } as unknown as RegistrationResponseJSON,
          expectedChallenge: found.challenge,
          expectedOrigin: origin,
          expectedRPID,
          requireUserVerification: true,
        })
        .catch(() => ({ registrationInfo: undefined }));
      if (registrationInfo === undefined) throw unfit('FORBIDDEN');
      const { id: credential, publicKey, counter } = registrationInfo.credential;
      return writer.submit<Passkey>({
        type: 'passkey.create',
        by: byOf(caller),
        credential,
        publicKey: Buffer.from(publicKey).toString('base64url'),
        counter,
        transports: response.response.transports ?? [],
        name,
        password: purpose.password,
        second: purpose.second,
      });
    },

    async list(caller: Caller): Promise<Passkey[]> {
      const { id } = await own(caller);
      return (await readings.passkeysOf.all({ user: id })).map(passkeyView);
    },

    async rename(caller: Caller, passkeyId: string, name: string): Promise<Passkey> {
      const { id: passkey } = await ownKey(caller, passkeyId);
      return writer.submit<Passkey>({ type: 'passkey.patch', by: byOf(caller), passkey, name });
    },

    async remove(caller: Caller, passkeyId: string): Promise<void> {
      const { id: passkey } = await ownKey(caller, passkeyId);
      await writer.submit<null>({ type: 'passkey.delete', by: byOf(caller), passkey });
    },

    /** For anybody: which key it will be, and so who, the authenticator says. */
    async beginSignIn(): Promise<PasskeyOptions> {
      const options = await (await webauthn()).generateAuthenticationOptions({
        rpID: place().id,
        challenge: (await challenges.put('signIn')).secret,
        timeout: CHALLENGE_LIFE_MS,
        userVerification: 'required',
      });
      return { options: { ...options } };
    },

    /** The same answer to a key that nobody has and to one that signs wrongly. */
    async signIn({ response }: PasskeySignInBody, session: NewSession): Promise<Me> {
      const { id: expectedRPID, origin } = place();
      const found = await taken(response.response.clientDataJSON);
      const row = await readings.passkeyByCredential.get({ credential: response.id });
      const user = row === undefined ? undefined : (await readings.user.get({ id: row.user }))?.user;
      if (found?.purpose !== 'signIn' || row === undefined || user === undefined) throw unfit('UNAUTHENTICATED');
      if (response.response.userHandle !== Buffer.from(handleOf(user)).toString('base64url')) {
        throw unfit('UNAUTHENTICATED');
      }
      const { verified, authenticationInfo } = await (await webauthn())
        .verifyAuthenticationResponse({
          response: { ...response, clientExtensionResults: {} } as unknown as AuthenticationResponseJSON,
          expectedChallenge: found.challenge,
          expectedOrigin: origin,
          expectedRPID,
          credential: {
            id: row.credential,
            publicKey: new Uint8Array(Buffer.from(row.publicKey, 'base64url')),
            counter: row.counter,
          },
          requireUserVerification: true,
        })
        .catch(() => ({ verified: false, authenticationInfo: undefined }));
      if (!verified || authenticationInfo === undefined) throw unfit('UNAUTHENTICATED');
      const { newCounter: counter } = authenticationInfo;
      return writer.submit<Me>({ type: 'passkey.signIn', passkey: row.id, user: user.id, counter, session });
    },
  };
}

/** What an authenticator says that it answers, and the secret in it; null: nothing of ours. */
function challengeIn(clientDataJSON: string): { challenge: string; secret: string } | null {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge: string };
    return { challenge, secret: Buffer.from(challenge, 'base64url').toString() };
  } catch {
    return null;
  }
}

/** What authenticators know a user by: nothing that tells who it is. */
function handleOf({ uuid }: UserRow): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

/** @param code 401 where the key signs in, 403 where somebody is signed in already */
function unfit(code: 'UNAUTHENTICATED' | 'FORBIDDEN'): Refusal {
  return new Refusal(code, {
    message: 'This passkey is not known here, or its answer came too late.',
    details: { path: 'response', rule: 'is not known, or came too late' },
  });
}
