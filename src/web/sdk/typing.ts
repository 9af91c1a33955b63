import type { EventOf } from '../../protocol/events.ts';
import type { Person } from '../../protocol/person.ts';
import type { Clock } from './clock.ts';

/** A typing is said again this often while it lasts, and ends by itself when it is not, in milliseconds. */
const EVERY_MS = 2000;
const LIFE_MS = 6000;

/** One's own typing. */
export type OwnTyping = {
  /** On each key; what may not be said yet is said when it may. */
  set(conversationId: string, on: boolean, text?: string | undefined): void;
  /** A message was sent: that ended it. */
  sent(conversationId: string): void;
  stop(): void;
};

/** @param send tells the server; it may fail in silence, the next one follows */
export function createOwnTyping(
  clock: Clock,
  send: (conversationId: string, on: boolean, text: string | undefined) => void,
): OwnTyping {
  /** `due`: said so long ago that it may be said again; until the lease is over a stop has something to end. */
  type Lease = { due: boolean; again: (() => void) | undefined; cancel(): void };
  const leases = new Map<string, Lease>();

  function start(id: string, text: string | undefined): void {
    leases.get(id)?.cancel();
    send(id, true, text);
    const cancel = clock.after(EVERY_MS, () => {
      if (lease.again) return lease.again();
      lease.due = true;
      lease.cancel = clock.after(LIFE_MS - EVERY_MS, () => leases.delete(id));
    });
    const lease: Lease = { due: false, again: undefined, cancel };
    leases.set(id, lease);
  }

  return {
    set(id, on, text) {
      const lease = leases.get(id);
      if (on) {
        if (!lease || lease.due) start(id, text);
        else lease.again = () => start(id, text);
      } else if (lease) {
        lease.cancel();
        leases.delete(id);
        send(id, false, undefined);
      }
    },
    sent(id) {
      leases.get(id)?.cancel();
      leases.delete(id);
    },
    stop() {
      for (const lease of leases.values()) lease.cancel();
      leases.clear();
    },
  };
}

export type Typist = { user: Person; text: string | undefined };

/** Who else is typing where. */
export type Typists = {
  list(conversationId: string): Typist[];
  take(event: EventOf<'typing'>): void;
  /** A message of that user ends it. */
  ended(conversationId: string, userId: string | undefined): void;
  stop(): void;
};

/** @param changed called with a conversation whose list is another now */
export function createTypists(clock: Clock, changed: (conversationId: string) => void): Typists {
  const all = new Map<string, Map<string, Typist & { cancel(): void }>>();

  function end(id: string, userId: string): void {
    const typist = all.get(id)?.get(userId);
    if (!typist) return;
    typist.cancel();
    all.get(id)?.delete(userId);
    changed(id);
  }

  return {
    list: (id) => [...(all.get(id)?.values() ?? [])].map(({ user, text }) => ({ user, text })),
    take({ conversationId: id, user, on, text }) {
      if (!on) return end(id, user.id);
      const here = all.get(id) ?? new Map();
      all.set(id, here);
      here.get(user.id)?.cancel();
      const cancel = clock.after(LIFE_MS, () => end(id, user.id));
      here.set(user.id, { user, text, cancel });
      changed(id);
    },
    ended(id, userId) {
      if (userId !== undefined) end(id, userId);
    },
    stop() {
      for (const here of all.values()) for (const typist of here.values()) typist.cancel();
      all.clear();
    },
  };
}
