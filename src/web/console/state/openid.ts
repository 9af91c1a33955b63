/**
 * Signing in by the provider: the page goes there and comes back with a code in its fragment. The page's own secret waits
 * in the tab's storage meanwhile, so that the code is good in this tab alone.
 */
import { signal } from '@preact/signals';
import type { OpenidUrl, SignInWays } from '../../../protocol/http-openid.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { post, type SignedIn } from './post.ts';

const FAILURES = ['denied', 'expired', 'failed', 'unverified', 'domain', 'stranger'] as const;
/** Why somebody who came back does not come in. */
export type OpenidFailure = (typeof FAILURES)[number];

const KEPT = 'parley.openid';

/** By what one may sign in here; undefined: not known yet. */
export const ways = signal<SignInWays | undefined>(undefined);

/** Looks by what one may sign in; where that fails, by the password. */
export async function loadWays(): Promise<void> {
  if (ways.value) return;
  const response = await fetch('/v1/auth').catch(() => null);
  if (response?.ok) ways.value = (await response.json()) as SignInWays;
}

/** Goes to the provider. */
export async function goToProvider(): Promise<void> {
  const secret = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0'));
  const { url } = await post<OpenidUrl>('openid', { secret: secret.join('') });
  sessionStorage.setItem(KEPT, secret.join(''));
  location.assign(url);
}

/** What the way back brought, taken out of the address; undefined: nobody comes back. */
export async function cameBack(fragment: URLSearchParams): Promise<SignedIn | { failure: OpenidFailure } | undefined> {
  const code = fragment.get('openid');
  const failed = fragment.get('openid-failed');
  if (code === null && failed === null) return undefined;
  history.replaceState(null, '', location.pathname);
  const secret = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (code === null) return { failure: FAILURES.find((one) => one === failed) ?? 'failed' };
  if (secret === null) return { failure: 'expired' };
  try {
    return await post<SignedIn>('openid/session', { code, secret, cookie: true });
  } catch (error) {
    const { code, details } = asParleyError(error);
    if (details?.path === 'email') return { failure: 'stranger' };
    return { failure: code === 'UNAUTHENTICATED' ? 'expired' : 'failed' };
  }
}
