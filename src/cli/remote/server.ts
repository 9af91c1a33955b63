/** A server that runs somewhere, as a script asks it: by an API key, or by a user's token. */
import { setTimeout } from 'node:timers/promises';
import { type Flags, readConfig } from '../../config.ts';
import { localUrl } from '../local-url.ts';
import { UsageError } from '../usage-error.ts';

/** What a server said instead of what was asked; its code is the API's own. */
export class RemoteRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RemoteRefusal';
    this.code = code;
  }
}

/** Nobody answers. */
export class Unreachable extends Error {
  constructor(url: string, cause: unknown) {
    const inner = (cause as { cause?: { message?: string } }).cause?.message ?? (cause as Error).message;
    super(`no server answers at ${url} (${inner})`, { cause });
    this.name = 'Unreachable';
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at by who asked
export type Answered = any;

export interface Server {
  /** Without a slash at its end. */
  url: string;
  /** `path` below `/v1`. Throws a `RemoteRefusal` or `Unreachable`. */
  ask(method: string, path: string, body?: object): Promise<Answered>;
  /** What is asked goes with it. */
  headers: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 40_000;
const GET_TRIES = 4;
const GET_PAUSE_MS = 250;

/** Where the server is: `--url`, PARLEY_URL, or that of this machine's settings. Throws a `UsageError`. */
export function serverUrl(given: string | undefined, flags: Flags): string {
  const named = given ?? process.env.PARLEY_URL;
  if (named !== undefined && named !== '') {
    if (!/^https?:$/.test(URL.parse(named)?.protocol ?? '')) throw new UsageError(`${named} is no address of a server`);
    return named.replace(/\/+$/, '');
  }
  return localUrl(readConfig(process.env, flags));
}

export function serverAt(url: string, credential: string): Server {
  const headers = { authorization: `Bearer ${credential}` };
  return {
    url,
    headers,
    async ask(method, path, body) {
      // A line that was kept open may be that of a server that has ended since: what only reads is asked again.
      const ask = method === 'GET' ? again(reach) : reach;
      const response = await ask(`${url}/v1/${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer = await response.json().catch(() => null);
      if (!response.ok) throw refusalOf(response, answer);
      return answer;
    },
  };
}

/** Throws `Unreachable` where nobody answers. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new Unreachable(new URL(url).origin, error);
  }
}

function again(ask: typeof reach): typeof reach {
  return async (url, init) => {
    for (let left = GET_TRIES - 1; left > 0; left -= 1) {
      try {
        return await ask(url, init);
      } catch {
        await setTimeout(GET_PAUSE_MS);
      }
    }
    return ask(url, init);
  };
}

export function refusalOf({ status }: Response, answer: Answered): RemoteRefusal {
  const { code, message } = answer ?? {};
  if (typeof code === 'string' && typeof message === 'string')
    return new RemoteRefusal(code, message.replace(/\.$/, ''));
  return new RemoteRefusal('UNKNOWN', `the server answered ${status}, not as Parley does`);
}

/** The key of the host. Never an option: every user of a machine can read a command line. */
export function apiKey(): string {
  const { PARLEY_KEY: key = '' } = process.env;
  if (key === '') throw new UsageError('set PARLEY_KEY to an API key (parley key create)');
  return key;
}

/** Speaks as the host's user of that id, by the key; without an id as whom PARLEY_TOKEN says. */
export async function asUser(url: string, externalId: string | undefined): Promise<Server> {
  if (externalId !== undefined) {
    const { token } = await serverAt(url, apiKey()).ask('POST', 'tokens', { externalId, expiresIn: 86_400 });
    return serverAt(url, token);
  }
  const { PARLEY_TOKEN: token = '' } = process.env;
  if (token === '') throw new UsageError('say who: --as <external id> with PARLEY_KEY, or PARLEY_TOKEN');
  return serverAt(url, token);
}
