/** What may be asked to change about the second factor of a login. */
import type { Me } from '../../protocol/person.ts';
import type { By } from '../caller.ts';

/** A code that was found to be right: what the judge has to see to take it once. */
export type SecondFactor =
  /** Of the app: the secret that it goes with, as it is kept, and its step of the clock. */
  | { secret: string; step: number }
  /** The hash of a recovery code. */
  | { recovery: string };

/** Who came by a link: not signed in where a code is asked for beside the password that they chose. */
export interface LinkUsed {
  me: Me;
  signedIn: boolean;
}

/** In place of one that was begun before. */
export interface BeginTotpChange {
  type: 'totp.begin';
  by: By;
  /** Sealed. */
  secret: string;
  /** The hash that the password was found to match. */
  password: string;
}

export interface ConfirmTotpChange {
  type: 'totp.confirm';
  by: By;
  secret: string;
  step: number;
  /** Hashes of the recovery codes. */
  recovery: string[];
}

/** New recovery codes in place of those before. */
export interface RenewRecoveryChange {
  type: 'totp.renew';
  by: By;
  password: string;
  second: SecondFactor;
  recovery: string[];
}

export interface EndTotpChange {
  type: 'totp.end';
  by: By;
  password: string;
  second: SecondFactor;
}

/** Somebody else's, by an admin or an API key; or (null) by the operator on the server's own machine. */
export interface ResetTotpChange {
  type: 'totp.reset';
  by: By | null;
  user: string;
  /** The user's key, as it was found beforehand. */
  known: number;
}

export type TotpChange = BeginTotpChange | ConfirmTotpChange | RenewRecoveryChange | EndTotpChange | ResetTotpChange;
