import type { Context } from '../../protocol/context.ts';
import type { Identity, VisitorAnswer } from '../../protocol/http-visitors.ts';
import type { Me } from '../../protocol/person.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import { asParleyError } from './errors.ts';
import { refused } from './http.ts';
import { defaultStorage, type Storage } from './storage.ts';
import { type GetToken, MERGED_LOOK_MS, MERGED_WAIT_MS } from './token.ts';

type About = { context?: Context; name?: string; email?: string; fields?: Record<string, string> };

export type VisitorOptions = {
  /** Where the server is. */
  url: string;
  /** Who the host says is on its page, if it knows. */
  identity?: Identity;
  /** What a new visitor begins with, asked for when one is made. */
  about?: About | (() => About);
  /** Where the tabs keep the token. Default: localStorage, else memory. */
  storage?: Storage;
  /** Sets this visitor apart from another on the same origin. Default: `visitor`. */
  name?: string;
  clock?: Clock;
};

/** Who is on the page: one visitor for all tabs of a browser, or the user whom the host names. */
export type Visitor = {
  /** Who was here last, before anybody was asked. For `createClient`. */
  readonly userId: string | undefined;
  /** For `createClient`. */
  getToken: GetToken;
  /**
   * The host names who is here: what they wrote as a visitor becomes theirs, on every tab.
   *
   * @example await visitor.identify({ externalId, exp, hmac });
   */
  identify(identity: Identity): Promise<Me>;
  /**
   * Signs in by the one-use link of a mail (`#link=…` in the page's address). Rejects when it was used or is over.
   *
   * @example await visitor.enter(new URLSearchParams(location.hash.slice(1)).get('link'));
   */
  enter(link: string): Promise<Me>;
  /**
   * The visitors who became whoever is here. What they wrote in a tab that is gone lies unsent as theirs:
   *
   * @example client.on('user', () => client.adopt(visitor.merged));
   */
  readonly merged: readonly string[];
  /** Nobody is here any more: the next `getToken` makes a new visitor. */
  forget(): void;
};

type Locks = { request<T>(name: string, run: () => Promise<T>): Promise<T> };

/** An answer that takes longer is asked for again: others wait for it behind the lock, ms. */
const ANSWER_MS = 15_000;

/**
 * Keeps the token of who is on the page. Two tabs make one visitor: it is made under a Web Lock, inside which the
 * storage is looked into again. After a merge a tab waits for the token that another one is just being told, and makes
 * no new visitor; one that holds an identity sends it again when none came.
 *
 * @example
 * const visitor = createVisitor({ url });
 * const client = createClient({ url, getToken: visitor.getToken });
 */
export function createVisitor(options: VisitorOptions): Visitor {
  const { storage = defaultStorage(), clock = systemClock, about = {} } = options;
  const url = options.url.replace(/\/+$/, '');
  const own = `parley.${options.name ?? 'visitor'}.`;
  const key = `${own}token`;
  let { identity } = options;
  /** The token last given to the client. */
  let given: string | null = null;
  /** The one that the identity was answered with. */
  let named: string | null = null;
  /** One that the storage had no room for: it goes with the page. */
  let unkept: string | null = null;

  async function alone<T>(run: () => Promise<T>): Promise<T> {
    const locks = (globalThis as unknown as { navigator?: { locks?: Locks } }).navigator?.locks;
    let isUnder = false;
    try {
      if (!locks) return await run();
      return await locks.request(key, () => {
        isUnder = true;
        return run();
      });
    } catch (error) {
      // Where a browser keeps nothing it gives no locks either, and no tab could find what another has made.
      if (isUnder || !locks) throw error;
      return run();
    }
  }

  async function ask(body: object, by: string | null, path = 'visitors'): Promise<VisitorAnswer> {
    let answer: VisitorAnswer;
    const abort = new AbortController();
    const cancel = clock.after(ANSWER_MS, () => abort.abort());
    try {
      const response = await fetch(`${url}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(by ? { authorization: `Bearer ${by}` } : {}) },
        body: JSON.stringify(body),
        signal: abort.signal,
      });
      answer = response.ok ? ((await response.json()) as VisitorAnswer) : await refused(response);
    } catch (error) {
      throw asParleyError(error);
    } finally {
      cancel();
    }
    const { user } = answer;
    const former = storage.get(`${own}user`);
    try {
      // Whose token went along is now whom the answer names, also where it is answered a second time.
      if (by && former && former !== user.id && former !== storage.get(`${own}named`))
        storage.set(`${own}merged`, JSON.stringify({ into: user.id, ids: [former] }));
      if (!user.anonymous) storage.set(`${own}named`, user.id);
      storage.set(`${own}user`, user.id);
      storage.set(key, answer.token);
      unkept = null;
    } catch {
      unkept = answer.token;
    }
    return answer;
  }

  const token = () => unkept ?? storage.get(key);

  /** Whatever token lies there goes along: if it is a visitor's, they are who is named. */
  async function name(by: Identity): Promise<VisitorAnswer> {
    const answer = await alone(() => ask({ identity: by }, token()));
    named = answer.token;
    return answer;
  }

  /** The token in the storage, unless it is one that was refused. */
  function kept(refused: string | null): string | null {
    const held = token();
    return held === refused ? null : held;
  }

  async function waited(refused: string | null): Promise<string | null> {
    const until = clock.now() + MERGED_WAIT_MS;
    while (!kept(refused) && clock.now() < until) {
      await sleep(clock, MERGED_LOOK_MS);
    }
    return kept(refused) ?? (identity ? (await name(identity)).token : null);
  }

  async function begin(refused: string | null): Promise<string> {
    const held = kept(refused);
    if (identity) return held && held === named ? held : (await name(identity)).token;
    const make = () => ask(typeof about === 'function' ? about() : about, null);
    return held ?? alone(async () => kept(refused) ?? (await make()).token);
  }

  return {
    get userId() {
      return storage.get(`${own}user`) ?? undefined;
    },
    async getToken(reason) {
      if (reason === 'AUTH_CHANGED') given = token();
      else given = reason === 'MERGED' ? await waited(given) : await begin(reason ? given : null);
      return given;
    },
    async identify(next) {
      identity = next;
      return (await name(next)).user;
    },
    async enter(link) {
      const { user } = await alone(() => ask({ link }, null, 'auth/link'));
      identity = undefined;
      return user;
    },
    get merged() {
      const { into, ids } = JSON.parse(storage.get(`${own}merged`) ?? '{}') as { into?: string; ids?: string[] };
      return ids && into === storage.get(`${own}user`) ? ids : [];
    },
    forget() {
      identity = undefined;
      unkept = null;
      storage.remove(`${own}user`);
      storage.remove(`${own}named`);
      storage.remove(`${own}merged`);
      storage.remove(key);
    },
  };
}
