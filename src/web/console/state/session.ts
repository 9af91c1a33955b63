/**
 * Who is signed in. The access token lives in memory alone; the refresh token in a cookie that no script reads. Signing
 * out loads the page anew, so nothing of one person is left for the next.
 */
import { signal } from '@preact/signals';
import type { Me } from '../../../protocol/person.ts';
import { ParleyError } from '../../sdk/errors.ts';
import { openDesk } from './desk.ts';
import { cameBack, type OpenidFailure } from './openid.ts';
import { post, type SignedIn } from './post.ts';

/** A code is asked for beside what was right. */
type Half = { challenge: string };

/** `out.reason`: why it ended, where it did not begin by one's own wish. */
export type Session =
  | { name: 'starting' | 'unreachable' }
  | { name: 'out'; reason?: 'BLOCKED' | 'ENDED' | 'NOT_TEAM' | OpenidFailure }
  | { name: 'in'; user: Me };

export const session = signal<Session>({ name: 'starting' });

const RETRY_MS = 2000;
const TEAM = new Set(['peer', 'agent', 'admin']);

/** A new access token, or null when nobody is signed in any more. */
async function refresh(): Promise<SignedIn | null> {
  try {
    return await post<SignedIn>('refresh', {});
  } catch (error) {
    const { code } = error as ParleyError;
    if (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED' || code === 'BLOCKED') return null;
    throw new ParleyError('NETWORK', code);
  }
}

/** The challenge of somebody of whom a code is asked. */
export const half = signal<string | undefined>(undefined);

/** Opens the desk for who has signed in. */
export function enter(answer: SignedIn | Half): void {
  half.value = 'challenge' in answer ? answer.challenge : undefined;
  if ('challenge' in answer) return;
  const { user, token } = answer;
  if (!TEAM.has(user.role)) {
    session.value = { name: 'out', reason: 'NOT_TEAM' };
    return;
  }
  openDesk({
    token,
    user,
    getToken: async () => (await refresh())?.token ?? null,
    ended: (reason) => {
      session.value = { name: 'out', reason: reason === 'BLOCKED' ? 'BLOCKED' : 'ENDED' };
    },
  });
  session.value = { name: 'in', user };
}

/** The secret of a link in the address (`#link=…`), taken out of it so that it stays in no history. */
export const link = signal<string | undefined>(undefined);

/** Comes back as whoever was signed in here; tries until the server answers. */
export async function start(): Promise<void> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const secret = fragment.get('link');
  if (secret) {
    history.replaceState(null, '', location.pathname);
    link.value = secret;
    session.value = { name: 'out' };
    return;
  }
  const came = await cameBack(fragment);
  if (came !== undefined) {
    if ('failure' in came) session.value = { name: 'out', reason: came.failure };
    else enter(came);
    return;
  }
  for (;;) {
    try {
      const signedIn = await refresh();
      if (signedIn) enter(signedIn);
      else session.value = { name: 'out' };
      return;
    } catch {
      session.value = { name: 'unreachable' };
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

export async function login(email: string, password: string): Promise<void> {
  enter(await post<SignedIn | Half>('login', { email, password, cookie: true }));
}

/** The second half of a login. */
export async function secondFactor(code: string): Promise<void> {
  enter(await post<SignedIn>('totp', { challenge: half.value, code, cookie: true }));
}

/** Has a link for a new password mailed; says nothing of whether somebody has that address. */
export async function forgot(email: string): Promise<void> {
  await post('forgot', { email });
}

/** Signs in by a link: with a password that one chooses now. name, email: of the first admin. */
export async function useLink(body: { password: string; name?: string; email?: string }): Promise<void> {
  const signedIn = await post<SignedIn | Half>('link', { link: link.value, cookie: true, ...body });
  link.value = undefined;
  enter(signedIn);
}
