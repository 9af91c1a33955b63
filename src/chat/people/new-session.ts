/** Begins credentials: the token that its owner gets, and what is kept of it. */
import { hashOf, newCredential } from './credential.ts';
import type { NewSession } from './people-change.ts';
import { newRefreshToken } from './refresh-token.ts';

/** Where a request comes from, for the list of one's sessions. */
export interface Origin {
  address: string | null;
  userAgent: string | null;
}

const MAX_USER_AGENT_LENGTH = 300;

export type BeginSession = ReturnType<typeof sessionMaker>;

/**
 * Gives the function that makes a credential; of a login, `token` is the refresh token.
 *
 * @param keepAddress whether the operator wants addresses and user agents kept
 */
export function sessionMaker(newId: () => string, now: () => number, keepAddress: boolean) {
  return (kind: NewSession['kind'], lifeMs: number, origin: Origin | null): { token: string; session: NewSession } => {
    const uuid = newId();
    const token = kind === 'login' ? newRefreshToken(uuid) : newCredential('session');
    const session: NewSession = {
      uuid,
      kind,
      hash: hashOf(token),
      expiresAt: now() + lifeMs,
      address: keepAddress ? (origin?.address ?? null) : null,
      userAgent: keepAddress ? (origin?.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null) : null,
    };
    return { token, session };
  };
}
