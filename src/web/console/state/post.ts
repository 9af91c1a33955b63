/** Asks the routes of signing in: nobody is signed in yet, so there is no client. */
import type { Me } from '../../../protocol/person.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { refused } from '../../sdk/http.ts';

export type SignedIn = { user: Me; token: string };

/** How long an answer may take, ms. */
const ANSWER_MS = 15_000;

/** @param path below `/v1/auth/`. Throws a ParleyError */
export async function post<T>(path: string, body: object): Promise<T> {
  try {
    const response = await fetch(`/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.status === 204) return undefined as T;
    return response.ok ? ((await response.json()) as T) : await refused(response);
  } catch (error) {
    throw asParleyError(error);
  }
}
