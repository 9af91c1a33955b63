/** Asks the routes of signing in: nobody is signed in yet, so there is no client. */
import type { Me } from '../../../protocol/person.ts';
import { ParleyError } from '../../sdk/errors.ts';

export type SignedIn = { user: Me; token: string };

/** @param path below `/v1/auth/`. Throws a ParleyError */
export async function post<T>(path: string, body: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ParleyError('NETWORK');
  }
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { code = response.status < 500 ? 'UNAUTHENTICATED' : 'NETWORK', message, retryMs, details } = answer;
  throw new ParleyError(code, message, retryMs, details);
}
