/**
 * Who writes here: a visitor whom the server makes with their first message, or somebody whom the page named. Kept in
 * the page's own storage, shared by its tabs; nothing is kept, and nobody made, before there is something to say.
 */
import type { Context } from '../../protocol/context.ts';
import type { VisitorAnswer } from '../../protocol/http-visitors.ts';
import type { Storage } from '../sdk/storage.ts';
import type { Visitor } from '../sdk/visitor.ts';
import type { Traits } from './context.ts';
import { load } from './load.ts';

/** Sets what the widget keeps apart from what others keep in the page's storage. */
export const NAME = 'widget';
/** Of all that the widget keeps; the token and the user are where the client library looks for them. */
export const KEPT = `parley.${NAME}.`;
const TOKEN = `${KEPT}token`;
const USER = `${KEPT}user`;
/** An answer that takes longer is asked for again, ms. */
const ANSWER_MS = 15_000;
/** The server takes a context of 2 KiB in all. */
const LONGEST = 300;

export type Session = {
  readonly userId: string | undefined;
  /** The token there is, else that of a new visitor. Rejects where the server makes none now. */
  begin(): Promise<string>;
  /** Whoever is here with all that may happen to them, for who needs more than a token. */
  visitor(): Promise<Visitor>;
  /** Forgets who wrote here, and all that is kept. */
  forget(): void;
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

/** @param traits what is known of who will write, told when the server makes them */
export function createSession(url: string, storage: Storage, traits: () => Traits): Session {
  const about = () => ({ context: contextOf(), ...traits() });
  let visitor: Promise<Visitor> | undefined;

  async function make(): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(about());
    const answer = await fetch(`${url}/v1/visitors`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { user, token }: VisitorAnswer = await answer.json();
    storage.set(USER, user.id);
    storage.set(TOKEN, token);
    return token;
  }
  const keptOrMade = async () => storage.get(TOKEN) ?? make();

  return {
    get userId() {
      return storage.get(USER) ?? undefined;
    },
    async begin() {
      // Two tabs make one visitor: the second looks again when the first is done.
      return storage.get(TOKEN) ?? navigator.locks?.request(TOKEN, keptOrMade) ?? make();
    },
    visitor() {
      visitor ??= load('visitor').then(({ createVisitor }) => createVisitor({ url, storage, name: NAME, about }));
      visitor.catch(() => {
        visitor = undefined;
      });
      return visitor;
    },
    forget() {
      void visitor?.then((one) => one.forget());
      for (const key of storage.keys()) if (key.startsWith(KEPT)) storage.remove(key);
    },
  };
}
