import type { Failure } from '../../protocol/answers.ts';
import type { Clock } from './clock.ts';
import { asParleyError, failed, isAboutToken, ParleyError } from './errors.ts';
import type { Tokens } from './token.ts';

export type HttpOptions = {
  /** Query parameters; undefined ones are left out, a list stands several times. */
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  headers?: Record<string, string>;
  /** After which it fails with `TIMEOUT`, in milliseconds: until it is read, of a stream until its head. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** What sends it, in place of the platform's fetch. */
  fetch?: typeof fetch;
};

/** The server's HTTP with the client's token: renewed once when it is refused, errors as ParleyError. */
export type Http = {
  /** A JSON request and its JSON answer (undefined for 204). `body` may be a FormData. */
  json<T>(method: string, path: string, body?: unknown, options?: HttpOptions): Promise<T>;
  /** An answer that is read as it comes. Nothing but `signal` ends the reading. */
  open(path: string, options?: HttpOptions): Promise<Response>;
};

/** The path of a conversation and what is below it. */
export function pathOf(conversationId: string, below = ''): string {
  return `/v1/conversations/${encodeURIComponent(conversationId)}${below}`;
}

export function createHttp(url: string, tokens: Tokens, clock: Clock, timeoutMs: number): Http {
  async function request<T>(
    method: string,
    path: string,
    body: unknown,
    options: HttpOptions,
    read: (response: Response) => Promise<T> | T,
  ): Promise<T> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {})) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, `${one}`);
    }
    const asked = query.size ? `${path}?${query}` : path;
    const form = typeof FormData === 'function' && body instanceof FormData;
    const send = async (token: string) => {
      const abort = new AbortController();
      const end = () => abort.abort();
      options.signal?.addEventListener('abort', end);
      if (options.signal?.aborted) end();
      let late = false;
      const ms = options.timeoutMs ?? timeoutMs;
      const cancel = clock.after(ms, () => {
        late = true;
        end();
      });
      try {
        const response = await (options.fetch ?? fetch)(url + asked, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
            ...options.headers,
          },
          ...(body === undefined ? {} : { body: form ? (body as FormData) : JSON.stringify(body) }),
          cache: 'no-store',
          signal: abort.signal,
        });
        // The body belongs to the time that the answer may take: a line that dies within it tells nothing.
        return await (response.ok ? read(response) : refused(response));
      } catch (error) {
        if (late) throw new ParleyError('TIMEOUT', path);
        throw asParleyError(error);
      } finally {
        cancel();
      }
    };
    const token = await tokens.get();
    try {
      return await send(token);
    } catch (error) {
      const { code } = error as ParleyError;
      if (!isAboutToken(code)) throw error;
      return send(await tokens.renew(token, code));
    }
  }

  return {
    json: <T>(method: string, path: string, body?: unknown, options: HttpOptions = {}) =>
      request(method, path, body, options, (response) =>
        response.status === 204 ? (undefined as T) : (response.json() as Promise<T>),
      ),
    open: (path, options = {}) => request('GET', path, undefined, options, (response) => response),
  };
}

/** What a proxy's page says by its status. */
const BY_STATUS: Partial<Record<number, Failure['code']>> = {
  401: 'UNAUTHENTICATED',
  413: 'TOO_LARGE',
  429: 'RATE_LIMITED',
};

/** Throws the server's refusal; of a proxy's page, what its status says. */
export async function refused(response: Response): Promise<never> {
  const { status, headers } = response;
  const after = Number(headers.get('retry-after')) * 1000 || undefined;
  const body = (await response.json().catch(() => undefined)) as Failure | undefined;
  if (body?.code) throw failed({ retryMs: after as number, ...body });
  // Of any other it is not known whether the server did anything.
  throw new ParleyError(BY_STATUS[status] ?? 'NETWORK', `${status}`, after);
}
