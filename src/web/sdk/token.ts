import type { TokenReason } from './backoff.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import { ParleyError } from './errors.ts';

/** After a merge another tab is just being told the new token: so long it is waited for, and looked for so often. */
export const MERGED_WAIT_MS = 10_000;
export const MERGED_LOOK_MS = 250;

/**
 * Gives a token.
 *
 * @param reason why the former one is no longer good; absent the first time. After `MERGED` and `AUTH_CHANGED` read it
 *   again from where your tabs keep it, and make no new visitor: while it is still the merged one, it is asked for again
 *   for ten seconds. Whoever holds an identity of the host's may then send it again (`createVisitor` does all of this).
 * @returns the token, or null when nobody is signed in any more: the client stops
 */
export type GetToken = (reason?: TokenReason) => Promise<string | null> | string | null;

export type Tokens = {
  /** The last one got. */
  readonly current: string | undefined;
  /** The token, got when there is none yet. */
  get(): Promise<string>;
  /** Another one in place of `refused`. Many who ask at once share one call. */
  renew(refused: string | undefined, reason: TokenReason): Promise<string>;
};

/**
 * @param token the first one
 * @param getToken how to get the first, when there is none, and each later one; without it none can be renewed
 */
export function createTokens(
  token: string | undefined,
  getToken: GetToken | undefined,
  clock: Clock = systemClock,
): Tokens {
  let current: string | undefined;
  let under: Promise<string> | undefined;

  async function next(reason: TokenReason | undefined): Promise<string> {
    const refused = current;
    let got = getToken && (reason || !token) ? await getToken(reason) : token;
    const until = clock.now() + MERGED_WAIT_MS;
    while (reason === 'MERGED' && getToken && got === refused && clock.now() < until) {
      await sleep(clock, MERGED_LOOK_MS);
      got = await getToken(reason);
    }
    // After another role the same token is good again; a refused one stays refused. An expired one that comes again
    // may come of a cache that takes a moment: it is asked for again, unless nobody can be asked.
    const dead =
      got === refused &&
      (reason === 'UNAUTHENTICATED' || reason === 'MERGED' || (!getToken && reason !== 'AUTH_CHANGED'));
    if (!got || (reason && dead)) throw new ParleyError(codeOf(reason));
    current = got;
    return got;
  }

  function ask(reason?: TokenReason): Promise<string> {
    under ??= next(reason).finally(() => {
      under = undefined;
    });
    return under;
  }

  return {
    get current() {
      return current;
    },
    get: async () => current ?? ask(),
    renew: async (refused, reason) => (current !== undefined && current !== refused ? current : ask(reason)),
  };
}

function codeOf(reason: TokenReason | undefined) {
  return reason === undefined || reason === 'AUTH_CHANGED' ? 'UNAUTHENTICATED' : reason;
}
