/** The line to the server, of whoever writes here: the light client's, and once that is over the full one's. */
import type { Core } from '../sdk/core.ts';
import type { Storage } from '../sdk/storage.ts';
import { createLight, type Light } from './light/light.ts';
import type { Hears, Talk } from './light/talk.ts';
import { load } from './load.ts';
import type { Session } from './session.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever a client's function takes and gives
type Call = (...given: any[]) => any;

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 20_000;

/** The full client's files; asked for until they come, for without a network there are none. */
async function loadFull(session: Session, goesOn: () => boolean) {
  for (let ms = FIRST_RETRY_MS; ; ms = Math.min(ms * 2, LAST_RETRY_MS)) {
    try {
      const [{ takeOver }, visitor] = await Promise.all([load('full'), session.visitor()]);
      // Whoever was here has left meanwhile: it would begin anew, with what they had not sent.
      if (!goesOn()) throw new Error();
      return { takeOver, visitor };
    } catch (error) {
      if (!goesOn()) throw error;
      await new Promise<void>((resolve) => {
        setTimeout(resolve, ms);
        addEventListener('online', () => resolve(), { once: true });
      });
    }
  }
}

export function connect(url: string, storage: Storage, session: Session, hears: Hears): Talk {
  let ended = false;
  /** The full client as soon as there is one: what is written goes there. */
  let full: Core | undefined;
  /** The same once it holds what the light one held: what is read comes from there. */
  let ready: Core | undefined;
  let coming: Promise<Core> | undefined;
  const light = createLight(url, storage, session, hears, () => void whole());

  function whole(): Promise<Core> {
    coming ??= (async () => {
      light.end();
      const { takeOver, visitor } = await loadFull(session, () => !ended);
      ready = await takeOver({ url, storage, visitor, light, hears, load }, (made) => {
        full = made;
        if (ended) made.close();
      });
      hears.changed();
      return ready;
    })();
    coming.catch(() => {});
    return coming;
  }
  type Functions<Of, Name extends keyof Of> = { [Own in Name]: Of[Own] extends Call ? Of[Own] : never };
  /** What the full client does, once there is one. */
  function later<Of, Name extends keyof Of>(of: (core: Core) => Of, ...names: Name[]): Functions<Of, Name> {
    const calls = names.map((name) => [
      name,
      (...given: unknown[]) => whole().then((core) => (of(core)[name] as Call)(...given)),
    ]);
    return Object.fromEntries(calls);
  }
  /** What either does. */
  function now<Name extends keyof Light & keyof Core>(...names: Name[]): Functions<Core, Name> {
    const calls = names.map((name) => [name, (...given: unknown[]) => ((ready ?? light)[name] as Call)(...given)]);
    return Object.fromEntries(calls);
  }
  const conversations = {
    ...light.conversations,
    ...later<Core['conversations'], 'load' | 'fetch' | 'older'>((core) => core.conversations, 'load', 'fetch', 'older'),
  };

  return {
    ...now('read', 'typing', 'typists', 'view', 'attachmentUrl'),
    ...later((core) => core, 'edit', 'delete', 'stop', 'createConversation', 'handover', 'rate'),
    http: later(({ http }) => http, 'json', 'open'),
    get state() {
      if (!full || ready) return (ready ?? light).state;
      // Why it has to wait is the full client's to say; that it begins anew is not of interest.
      return full.state.name === 'stopped' ? full.state : { ...full.state, ...light.state };
    },
    get user() {
      return (ready ?? light).user;
    },
    get limits() {
      return (ready ?? light).limits;
    },
    get conversations() {
      return ready?.conversations ?? conversations;
    },
    outbox: {
      list: () => full?.outbox.list() ?? light.items,
      ...later(({ outbox }) => outbox, 'retry', 'discard'),
    },
    send: (target, message) => (full ?? light).send(target, message),
    signOut() {
      const told = full ? full.http.json('POST', '/v1/auth/logout') : light.signOut();
      told.catch(() => {});
      full?.outbox.clear();
    },
    close() {
      ended = true;
      light.end();
      full?.close();
    },
  };
}
