/** What the command line asks for the operator, of a server that works or of the data folder itself. */
import { type Static, Type } from 'typebox';
import type { ApiKey } from './api-key.ts';
import type { User } from './person.ts';
import { received } from './schema.ts';

/** In the data folder: where a server that works there is asked. */
export const OPERATOR_SOCKET = 'parley.sock';

const nothing = received({});
const somebody = received({ email: Type.String() });

/** What may be asked, and with what. */
export const operatorCalls = {
  team: nothing,
  add: received({ email: Type.String(), name: Type.String(), role: Type.Enum(['admin', 'agent', 'peer']) }),
  disable: somebody,
  passwordLink: somebody,
  resetTotp: somebody,
  keys: nothing,
  createKey: received({ name: Type.String(), scopes: Type.Array(Type.String()) }),
  revokeKey: received({ id: Type.String() }),
};

interface Answers {
  /** By role. */
  team: User[];
  add: User;
  disable: null;
  /** The secret of a link by which they choose a password. */
  passwordLink: string;
  resetTotp: null;
  /** Newest first. */
  keys: ApiKey[];
  /** With the key itself, this once. */
  createKey: ApiKey & { key: string };
  revokeKey: null;
}

export type OperatorCall = keyof typeof operatorCalls;

/** Each rejects with a `Refusal`. */
export type Operator = {
  [N in OperatorCall]: (given: Static<(typeof operatorCalls)[N]>) => Promise<Answers[N]>;
};

/** A line of text each, there and back. */
export interface OperatorQuestion {
  call: string;
  given: unknown;
}
export type OperatorAnswer = { value: unknown } | { refused: { code: string; message: string } };
