/** The second factor of a login by password (RFC 6238): an app's codes, and recovery codes for who has lost it. */
import { createHmac, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { RecoveryCodes, TotpBody, TotpProof, TotpSecret, TotpState } from '../../protocol/http-totp.ts';
import { normaliseId } from '../../protocol/id.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import { byOf, type Caller, hasScope } from '../caller.ts';
import type { Change } from '../change.ts';
import { wrongCode } from '../decide/second-factor.ts';
import type { Publication } from '../publication.ts';
import type { Seal } from '../seal.ts';
import { timeOrNull } from '../views.ts';
import { createGuesses } from './guesses.ts';
import type { Passwords } from './password.ts';
import type { PeopleReadings } from './people-readings.ts';
import type { SecondFactor } from './totp-change.ts';

const SECRET_BYTES = 20;
const PERIOD_S = 30;
/** Steps that an app's clock may be off. */
const WINDOW = 1;
/** What the app shows of an account: a QR code holds so much. */
const MAX_LABEL_LENGTH = 40;

const RECOVERY_CODES = 10;
const RECOVERY_LENGTH = 10;
/** Without those that are read as each other. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface TotpParts {
  store: Pick<Store, 'passing'>;
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  passwords: Passwords;
  seal: Seal;
  /** What recovery codes are hashed with, so that a copy of the database alone does not let them be tried. */
  recoveryKey: Buffer;
  /** What the app calls the server. */
  issuer: string;
  now: () => number;
}

export type Totp = ReturnType<typeof createTotp>;

export function createTotp({ store, readings, writer, passwords, seal, recoveryKey, issuer, now }: TotpParts) {
  const guesses = createGuesses(store.passing('guesses'), now);
  const purposeOf = (user: UserRow) => `totp:${user.uuid}`;
  const hashOf = (user: UserRow, code: string) =>
    createHmac('sha256', recoveryKey).update(`${user.uuid} ${code}`).digest('hex');

  function newCodes(user: UserRow): { codes: string[]; hashes: string[] } {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    return { codes: codes.map(shown), hashes: codes.map((code) => hashOf(user, code)) };
  }

  /** The step of the clock that a code belongs to; null: to none near. */
  function stepOf(user: UserRow, sealed: string, code: string): number | null {
    const secret = seal.open(sealed, purposeOf(user));
    if (secret === null || !/^\d{6}$/.test(code)) return null;
    const timestamp = now();
    const delta = totpOf(secret).validate({ token: code, timestamp, window: WINDOW });
    return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_S) + delta;
  }

  /**
   * A code that is right, for the judge to take; refuses with `refusal` one that is wrong.
   * Too many wrong ones: RATE_LIMITED.
   */
  async function prove(
    user: UserRow,
    written: string,
    refusal: 'UNAUTHENTICATED' | 'FORBIDDEN',
  ): Promise<SecondFactor> {
    await guesses.begin(user.id);
    const row = await readings.totpOf.get({ user: user.id });
    const code = written.replaceAll(/[\s-]/g, '').toLowerCase();
    const found = row === undefined ? null : matching(user, row, code);
    if (found === null) throw wrongCode(refusal);
    await guesses.wasRight(user.id);
    return found;
  }

  function matching(
    user: UserRow,
    { secret, step: taken, recovery }: { secret: string; step: number; recovery: string[] },
    code: string,
  ): SecondFactor | null {
    const step = stepOf(user, secret, code);
    if (step !== null && step > taken) return { secret, step };
    const hash = hashOf(user, code);
    return recovery.includes(hash) ? { recovery: hash } : null;
  }

  /** The caller, and the hash that their password was found to match. */
  async function withPassword(caller: Caller, claimed: string): Promise<{ user: UserRow; password: string }> {
    const user = await own(caller);
    // Nothing is hashed for who has none.
    if (user.password === null || !(await passwords.verify(claimed, user.password))) {
      throw new Refusal('FORBIDDEN', { details: { path: 'password', rule: 'is not your password' } });
    }
    return { user, password: user.password };
  }

  async function own(caller: Caller): Promise<UserRow> {
    if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
    const user = (await readings.user.get({ id: caller.id }))?.user;
    if (user === undefined) throw new Refusal('UNAUTHENTICATED');
    return user;
  }

  async function isOn(user: number): Promise<boolean> {
    return (await readings.totpOf.get({ user }))?.confirmedAt != null;
  }

  async function proven(caller: Caller, { password: claimed, code }: TotpProof) {
    const { user, password } = await withPassword(caller, claimed);
    if (!(await isOn(user.id))) throw new Refusal('NOT_FOUND');
    return { user, password, second: await prove(user, code, 'FORBIDDEN') };
  }

  return {
    isOn,
    prove,

    async state(caller: Caller): Promise<TotpState> {
      const row = await readings.totpOf.get({ user: (await own(caller)).id });
      return { since: timeOrNull(row?.confirmedAt ?? null), recoveryCodes: row?.recovery.length ?? 0 };
    },

    /** Makes the secret that an app is to share; nothing asks for its codes before one of them has come back. */
    async begin(caller: Caller, body: TotpBody): Promise<TotpSecret> {
      const { user, password } = await withPassword(caller, body.password);
      const totp = totpOf(new Secret({ size: SECRET_BYTES }).base32);
      totp.issuer = issuer;
      totp.label = [...(user.email ?? user.name ?? user.uuid)].slice(0, MAX_LABEL_LENGTH).join('');
      const secret = totp.secret.base32;
      await writer.submit<null>({
        type: 'totp.begin',
        by: byOf(caller),
        secret: seal.close(secret, purposeOf(user)),
        password,
      });
      return { secret, uri: totp.toString() };
    },

    /** Switches it on with the first code of the app. The other sessions end. */
    async confirm(caller: Caller, code: string): Promise<RecoveryCodes> {
      const user = await own(caller);
      await guesses.begin(user.id);
      const row = await readings.totpOf.get({ user: user.id });
      const step = row === undefined ? null : stepOf(user, row.secret, code.replaceAll(/\s/g, ''));
      if (row === undefined || step === null) throw wrongCode('FORBIDDEN');
      await guesses.wasRight(user.id);
      const { codes, hashes } = newCodes(user);
      await writer.submit<null>({
        type: 'totp.confirm',
        by: byOf(caller),
        secret: row.secret,
        step,
        recovery: hashes,
      });
      return { recoveryCodes: codes };
    },

    /** New recovery codes; those before are worth nothing any more. */
    async renew(caller: Caller, proof: TotpProof): Promise<RecoveryCodes> {
      const { user, password, second } = await proven(caller, proof);
      const { codes, hashes } = newCodes(user);
      await writer.submit<null>({ type: 'totp.renew', by: byOf(caller), password, second, recovery: hashes });
      return { recoveryCodes: codes };
    },

    async end(caller: Caller, proof: TotpProof): Promise<void> {
      const { password, second } = await proven(caller, proof);
      await writer.submit<null>({ type: 'totp.end', by: byOf(caller), password, second });
    },

    /** Switches off somebody's who lost the app and the codes, and their passkeys; signs them out everywhere. */
    async reset(caller: Caller, userId: string): Promise<void> {
      const sees = caller.kind === 'key' ? hasScope(caller, 'users') : isTeam(caller.role);
      if (!sees) throw new Refusal(caller.kind === 'key' ? 'FORBIDDEN' : 'NOT_FOUND');
      const user = (await readings.userByUuid.get({ uuid: normaliseId(userId) }))?.user;
      if (user === undefined) throw new Refusal('NOT_FOUND');
      await writer.submit<null>({ type: 'totp.reset', by: byOf(caller), user: user.uuid, known: user.id });
      await guesses.wasRight(user.id);
    },
  };
}

function totpOf(secret: string): TOTP {
  return new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: PERIOD_S });
}

function newRecoveryCode(): string {
  return Array.from({ length: RECOVERY_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** In two halves, as people copy them. */
function shown(code: string): string {
  return `${code.slice(0, RECOVERY_LENGTH / 2)}-${code.slice(RECOVERY_LENGTH / 2)}`;
}
