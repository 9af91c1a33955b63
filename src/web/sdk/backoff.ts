import { type ClientCode, isAboutToken } from './errors.ts';

const FIRST_MS = 500;
const MOST_MS = 20_000;

/**
 * How long to wait before the next try, with full jitter, so that thousands of clients do not come back in step.
 *
 * @param tries failed tries so far, from 0
 * @returns milliseconds, from 0 up to 500 doubled with each try, 20,000 at most
 */
export function backoffMs(tries: number, random: () => number): number {
  return random() * Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
}

/** What the end of a line says about coming back. */
export type Verdict = {
  again: 'now' | 'later' | 'never';
  /** With `later`: not before so many milliseconds. */
  retryMs?: number;
  /** Get another token first, for this reason. */
  token?: TokenReason;
  /** Why, for whom it ends. */
  code: string;
};

/** Why a token is asked for again. */
export type TokenReason = 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'MERGED' | 'AUTH_CHANGED';

const NEVER: Record<number, string> = { 4200: 'BAD_FRAMES', 4201: 'SIGNED_OUT', 4202: 'BLOCKED' };

/**
 * Reads a close code (40xx come back now, 41xx after the reason's milliseconds, 42xx do not come back). All
 * else, 1006 above all, is a line that broke: come back by backoff.
 */
export function verdictOfClose(code: number, reason: string): Verdict {
  if (code === 4001) return { again: 'now', token: 'AUTH_CHANGED', code: 'AUTH_CHANGED' };
  if (code === 4002) return { again: 'now', token: 'TOKEN_EXPIRED', code: 'TOKEN_EXPIRED' };
  if (code >= 4000 && code < 4100) return { again: 'now', code: `${code}` };
  if (code >= 4100 && code < 4200) return { again: 'later', retryMs: Number(reason) || 0, code: `${code}` };
  if (code >= 4200 && code < 4300) return { again: 'never', code: NEVER[code] ?? `${code}` };
  return { again: 'later', code: `${code}` };
}

/** Reads the refusal of a `hello` or of a stream. */
export function verdictOfError(code: ClientCode, retryMs: number | undefined): Verdict {
  if (isAboutToken(code)) return { again: 'now', token: code, code };
  // Whose token this is may not listen here, now or later.
  if (code === 'BLOCKED' || code === 'FORBIDDEN') return { again: 'never', code };
  return { again: 'later', retryMs: retryMs ?? 0, code };
}
