/**
 * Who writes here: a visitor whom the server makes with their first message, or somebody whom the page named. Kept in
 * the page's own storage, shared by its tabs; nothing is kept, and nobody made, before there is something to say.
 */
import type { Context } from '../../protocol/context.ts';
import type { Storage } from '../sdk/storage.ts';
import type { GetToken } from '../sdk/token.ts';
import { createVisitor } from '../sdk/visitor.ts';
import type { Traits } from './context.ts';
import type { Identity } from './options.ts';

/** Sets what the widget keeps apart from what others keep in the page's storage. */
export const NAME = 'widget';
const PREFIX = `parley.${NAME}.`;
/** The server takes a context of 2 KiB in all. */
const LONGEST = 300;

export type Session = {
  readonly userId: string | undefined;
  readonly getToken: GetToken;
  /** The page says who it is. */
  identify(identity: Identity): Promise<unknown>;
  /** A mail's link says who it is. */
  enter(link: string): Promise<unknown>;
  /** Forgets who wrote here. */
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
  const visitor = createVisitor({
    url,
    storage,
    name: NAME,
    about: () => ({ context: contextOf(), ...traits() }),
  });
  return {
    get userId() {
      return visitor.userId;
    },
    getToken: visitor.getToken,
    identify: visitor.identify,
    enter: visitor.enter,
    forget() {
      visitor.forget();
      for (const key of storage.keys()) if (key.startsWith(PREFIX)) storage.remove(key);
    },
  };
}
