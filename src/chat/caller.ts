/** Who calls, as `identity` found out from a credential. Nothing of it comes from the client's own word. */
import type { Role } from '../protocol/person.ts';

/** A user: by a session's token, or by a token that the host signed. */
export interface UserCaller {
  kind: 'user';
  /** The user's key. */
  id: number;
  uuid: string;
  role: Role;
  anonymous: boolean;
  /** The session's key; null for a host's own token. */
  session: number | null;
  /** When the credential ends, in ms. */
  expiresAt: number;
  /** The open line that asks, if one does: it is answered in place of its own event. */
  line: number | null;
  /** Where they call from, if that may be kept. */
  address?: string;
}

/** The host, by an API key: acts within its scopes and belongs to no conversation. */
export interface KeyCaller {
  kind: 'key';
  /** The key's key. */
  key: number;
  scopes: readonly string[];
  address?: string;
}

export type Caller = UserCaller | KeyCaller;

/** Who asks for a change, as the change carries it: judged again at the commit. */
export interface By {
  user: number | null;
  session: number | null;
  line: number | null;
  key: number | null;
  /** Where they call from, for the audit. */
  address?: string;
}

export function byOf(caller: Caller): By {
  const from = caller.address === undefined ? {} : { address: caller.address };
  return caller.kind === 'user'
    ? { user: caller.id, session: caller.session, line: caller.line, key: null, ...from }
    : { user: null, session: null, line: null, key: caller.key, ...from };
}

/** The host's own word: in a token that it signed, it says what only it may say. */
export const HOST: By = { user: null, session: null, line: null, key: null };

/** Whether an API key may do what `scope` names; `*` is everything. */
export function hasScope(caller: KeyCaller, scope: string): boolean {
  return caller.scopes.includes('*') || caller.scopes.includes(scope);
}
