/**
 * Who writes here: a visitor whom the server makes with their first message, or somebody whom the page named. Kept in
 * the page's own storage, shared by its tabs; nothing is kept, and nobody made, before there is something to say.
 */
import type { Context } from '../../protocol/context.ts';
import type { VisitorAnswer, VisitorBody } from '../../protocol/http-visitors.ts';
import type { Storage } from '../sdk/storage.ts';
import type { GetToken } from '../sdk/token.ts';
import type { Identity } from './options.ts';

const KEY = 'parley.widget.session';
const LOCK = 'parley.widget.visitor';
/** After a merge another tab gets the new token: so long is waited for it. */
const OTHER_TAB_MS = 10_000;
const LOOK_MS = 250;
/** The server takes a context of 2 KiB in all. */
const LONGEST = 300;

type Kept = { token: string; userId: string };

/** What a form asked before the first message. */
export type Traits = { name?: string; email?: string; fields?: Record<string, string> };

export type Session = {
  readonly userId: string | undefined;
  readonly getToken: GetToken;
  /** What is known of who will write, told when the server makes them. */
  traits: Traits;
  /** The page says who it is. Gives the token, as a living client has to take it. */
  identify(identity: Identity): Promise<string>;
  /** Forgets who wrote here. */
  forget(): void;
  /** Calls back when another tab signed somebody in or out. Gives what ends it. */
  watch(changed: (userId: string | undefined) => void): () => void;
};

/** Where the visitor is. */
export function contextOf(): Context {
  const all = {
    page: location.href,
    title: document.title,
    referrer: document.referrer,
    language: navigator.language,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value)
      .map(([name, value]) => [name, value.slice(0, LONGEST)]),
  );
}

/** @param failed makes an error of an answer that is a refusal */
export function createSession(url: string, storage: Storage, failed: (answer: Response) => Promise<Error>): Session {
  let traits: Traits = {};
  let identity: Identity | undefined;

  const kept = (): Kept | undefined => JSON.parse(storage.get(KEY) ?? 'null') ?? undefined;

  function keep({ token, user }: VisitorAnswer): string {
    try {
      storage.set(KEY, JSON.stringify({ token, userId: user.id } satisfies Kept));
    } catch {
      // Full: it goes on until the page is left.
    }
    last = token;
    return token;
  }
  let last: string | undefined;

  async function ask(body: VisitorBody, token?: string): Promise<string> {
    const answer = await fetch(`${url}/v1/visitors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw await failed(answer);
    return keep(await answer.json());
  }

  /** Two tabs make one visitor: whoever gets here second finds what the first one kept. */
  function alone(run: () => Promise<string>): Promise<string> {
    return navigator.locks ? navigator.locks.request(LOCK, run) : run();
  }

  return {
    get userId() {
      return kept()?.userId;
    },
    get traits() {
      return traits;
    },
    set traits(given) {
      traits = given;
    },
    async getToken(reason) {
      const held = kept()?.token ?? last;
      if (!reason && held) return held;
      const refused = last;
      if (reason === 'MERGED' || reason === 'AUTH_CHANGED') {
        for (let waited = 0; waited < OTHER_TAB_MS; waited += LOOK_MS) {
          const now = kept()?.token;
          if (now && (now !== refused || reason === 'AUTH_CHANGED')) {
            last = now;
            return now;
          }
          if (identity) break;
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
        // Signed in elsewhere, and nothing here says as whom.
        if (!identity) return null;
      }
      return alone(async () => {
        const found = kept()?.token;
        if (found && found !== refused) {
          last = found;
          return found;
        }
        if (identity) return ask({ identity });
        // One that the server no longer takes: whoever it was, they are a new visitor from here on.
        return ask({ context: contextOf(), ...traits });
      });
    },
    async identify(given) {
      identity = given;
      return alone(() => ask({ identity: given }, kept()?.token));
    },
    forget() {
      identity = undefined;
      last = undefined;
      traits = {};
      for (const key of storage.keys()) if (key.startsWith('parley.widget.')) storage.remove(key);
    },
    watch(changed) {
      const listen = ({ key, newValue }: StorageEvent) => {
        if (key === KEY) changed(newValue ? (JSON.parse(newValue) as Kept).userId : undefined);
      };
      addEventListener('storage', listen);
      return () => removeEventListener('storage', listen);
    },
  };
}
