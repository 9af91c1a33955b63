/** One attempt to tell a webhook something. Never throws: what went wrong is an outcome too. */
import type { Outcome } from '../../chat/outbox/outside.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { OutboundError } from '../outbound-error.ts';
import { signedHeaders } from '../webhook-signature.ts';

/** Of an answer: what is kept of a refusal, and what is read of it so that its connection serves the next. */
const KEPT_BYTES = 1024;
const READ_BYTES = 64 * 1024;
/** Whoever answers this wants nothing any more. */
const GONE = 410;

export interface Post {
  url: string;
  secrets: readonly string[];
  /** The same for every attempt. */
  id: string;
  body: string;
}

export type Poster = (post: Post, signal?: AbortSignal) => Promise<Outcome>;

/** @param now ms */
export function createPoster(fetch: GuardedFetch, timeoutMs: number, now: () => number): Poster {
  return async ({ url, secrets, id, body }, signal) => {
    const began = performance.now();
    const outcome = (status: number | null, response: string): Outcome => {
      const ok = status !== null && status >= 200 && status < 300;
      return {
        ok,
        gone: status === GONE,
        status,
        latencyMs: Math.round(performance.now() - began),
        // A receiver may echo what it was told, which would then outlive its deletion here.
        response: ok ? '' : response,
      };
    };
    try {
      const answer = await fetch.post(url, {
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Parley',
          ...signedHeaders(secrets, id, now(), body),
        },
        body,
        timeoutMs,
        keptBytes: KEPT_BYTES,
        readBytes: READ_BYTES,
        ...(signal === undefined ? {} : { signal }),
      });
      return outcome(answer.status, answer.excerpt);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return outcome(null, error.message);
    }
  };
}
