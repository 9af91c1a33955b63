/** What may be asked to change about passkeys. Keys (numbers) are of their rows. */
import type { By } from '../caller.ts';
import type { NewSession } from './people-change.ts';
import type { SecondFactor } from './totp-change.ts';

export interface CreatePasskeyChange {
  type: 'passkey.create';
  by: By;
  credential: string;
  publicKey: string;
  counter: number;
  transports: string[];
  name: string;
  /** The hash that the password was found to match; null: they have none. */
  password: string | null;
  /** The code that was found to be right; null: none is asked for beside the password. */
  second: SecondFactor | null;
}

export interface PatchPasskeyChange {
  type: 'passkey.patch';
  by: By;
  passkey: number;
  name: string;
}

export interface DeletePasskeyChange {
  type: 'passkey.delete';
  by: By;
  passkey: number;
}

/** Its signature was found to be right. */
export interface PasskeySignInChange {
  type: 'passkey.signIn';
  passkey: number;
  user: number;
  /** As the authenticator counts now. */
  counter: number;
  session: NewSession;
}

export type PasskeyChange = CreatePasskeyChange | PatchPasskeyChange | DeletePasskeyChange | PasskeySignInChange;
