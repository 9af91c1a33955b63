import type { Limits } from '../../protocol/answers.ts';
import type { Changes } from '../../protocol/catching-up.ts';
import type { Me } from '../../protocol/person.ts';
import { backoffMs } from './backoff.ts';
import { takeChanges } from './catch-up.ts';
import type { ClientEvents } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { ParleyError } from './errors.ts';
import type { Emitter } from './events.ts';
import type { Following } from './following.ts';
import type { Http } from './http.ts';
import type { Asked, Greeting, Line, Wishes } from './line.ts';
import type { Outbox } from './outbox.ts';
import type { Pace } from './pace.ts';
import type { Store } from './store.ts';

/** Threads of which `hello` may say what is held. */
const HELD_REVS = 50;

/** How a line begins: what it is told is held, what its welcome brings, and what it is asked for again. */
export type Greetings = {
  readonly limits: Limits | undefined;
  /** Pages of changes are still to come: a cursor of the line would leave them out. */
  readonly paging: boolean;
  held(): { cursor?: string; revs?: Record<string, number> };
  welcome(greeting: Greeting): void;
  /** Settles with the next welcome. */
  next(): Promise<Me>;
  /** There will be none. */
  failed(reason: string): void;
};

export function createGreetings(parts: {
  store: Store;
  clock: Clock;
  http: Http;
  emitter: Emitter<ClientEvents>;
  wishes: Wishes;
  following: Following;
  outbox: Outbox;
  marks: readonly Pace[];
  line(): Line | undefined;
  credentials(): Credentials;
  flush(): void;
  /** Asks for what the next line is asked for again. */
  quietly(asked: Asked): void;
}): Greetings {
  const { store, clock, http, emitter, wishes, following, outbox, marks, line, flush, quietly } = parts;
  const waiting: { resolve(user: Me): void; reject(error: ParleyError): void }[] = [];
  let limits: Limits | undefined;
  let paging = false;

  /** Reads the pages of changes that did not fit into the welcome. */
  async function pageOn(): Promise<void> {
    const own = line();
    for (let tries = 0; paging && own === line(); tries++) {
      try {
        const query = { cursor: store.cursor, wait: 0 };
        const page = await http.json<Changes>('GET', '/v1/changes', undefined, { query });
        if (own !== line()) return;
        takeChanges(store, page);
        paging = page.more;
        tries = 0;
        flush();
      } catch {
        await sleep(clock, backoffMs(tries, clock.random));
      }
    }
  }

  /** A socket forgets with its line what it was asked to tell; a stream has it in its address. */
  function wishAnew(): void {
    if (line()?.kind === 'ws') {
      for (const conversationId of wishes.views) quietly({ type: 'conversation.view', conversationId, viewing: true });
      if (wishes.inbox) quietly({ type: 'inbox.watch', on: true });
    }
    if (wishes.watched.length) quietly({ type: 'presence.watch', userIds: wishes.watched });
    if (wishes.presence) quietly(wishes.presence);
  }

  return {
    get limits() {
      return limits;
    },
    get paging() {
      return paging;
    },
    held() {
      if (store.cursor === undefined) return {};
      const threads = [...store.threads.values()].filter((thread) => thread.held > 0).slice(-HELD_REVS);
      return { cursor: store.cursor, revs: Object.fromEntries(threads.map(({ id, held }) => [id, held])) };
    },
    welcome(greeting) {
      const { user } = greeting;
      const former = store.me?.id;
      // Only a merge makes one living client another user: what it wrote is now theirs.
      const merged = former !== undefined && former !== user.id ? [former] : [];
      if (merged.length) store.counted.clear();
      store.me = user;
      limits = greeting.limits ?? limits;
      takeChanges(store, greeting, greeting.synced);
      paging = greeting.more && line()?.kind !== 'poll';
      following.welcomed();
      flush();
      if (greeting.ticket) parts.credentials().took(greeting.ticket);
      emitter.emit('user', user);
      for (const { resolve } of waiting.splice(0)) resolve(user);
      if (paging) void pageOn();
      wishAnew();
      outbox.resume(user.id, merged);
      for (const mark of marks) mark.resume();
      parts.credentials().keepToken();
    },
    next() {
      const promise = new Promise<Me>((resolve, reject) => waiting.push({ resolve, reject }));
      promise.catch(() => {});
      return promise;
    },
    failed(reason) {
      for (const { reject } of waiting.splice(0)) reject(new ParleyError('STOPPED', reason));
    },
  };
}
