import type { Kept } from './outbox-item.ts';
import type { Storage } from './storage.ts';

/** Keeps the unsent messages of one tab, and takes over those of tabs that are gone. */
export type Keeper = {
  keep(item: Kept): void;
  remove(item: Kept): void;
  /** Looks for messages that no living tab sends; takes those of the users that are `mine`. */
  adopt(mine: (user: string | undefined) => boolean): void;
  clear(): void;
  close(): void;
};

type Locks = {
  request(name: string, options: { ifAvailable?: boolean }, run: (lock: unknown) => unknown): Promise<unknown>;
};

/**
 * Each message has a key of its own, under its tab's name: two tabs never write the same key. A tab holds a Web Lock by
 * its name, which the browser takes away when it closes or crashes; whoever then gets the lock takes its messages over.
 * Without locks all are taken over at once: both tabs may then send the same message, which is one message by its id.
 *
 * @param prefix of all keys: what several tabs share
 * @param tab this tab's name, another at each start
 * @param adopted told of messages taken over
 */
export function createKeeper(storage: Storage, prefix: string, tab: string, adopted: (kept: Kept[]) => void): Keeper {
  const locks = (globalThis as unknown as { navigator?: { locks?: Locks } }).navigator?.locks;
  let release: (() => void) | undefined;

  function hold(): void {
    if (release || !locks) return;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    locks.request(prefix + tab, {}, () => held).catch(() => {});
  }

  function keep(item: Kept): boolean {
    const { id, user, target, draft, ifSeq, createdAt, error, missing } = item;
    try {
      const text = JSON.stringify({ id, user, target, draft, ifSeq, createdAt, error, missing });
      storage.set(`${prefix}${tab}.${id}`, text);
      return true;
    } catch {
      // Full or forbidden: it still goes out, and is lost with the page only.
      return false;
    }
  }

  function take(keys: string[], mine: (user: string | undefined) => boolean): void {
    const kept: Kept[] = [];
    for (const key of keys) {
      try {
        const item = JSON.parse(storage.get(key) ?? 'null') as Kept | null;
        if (!item || !mine(item.user)) continue;
        kept.push(item);
        if (keep(item)) storage.remove(key);
      } catch {
        // Of another version: left to it.
      }
    }
    if (kept.length) adopted(kept);
  }

  function ofOthers(): Map<string, string[]> {
    const tabs = new Map<string, string[]>();
    for (const key of storage.keys()) {
      const other = key.startsWith(prefix) ? (key.slice(prefix.length).split('.')[0] as string) : tab;
      if (other !== tab) tabs.set(other, [...(tabs.get(other) ?? []), key]);
    }
    return tabs;
  }

  hold();
  return {
    keep,
    remove: (item) => storage.remove(`${prefix}${tab}.${item.id}`),
    adopt(mine) {
      hold();
      for (const [other, keys] of ofOthers()) {
        if (!locks) take(keys, mine);
        else {
          locks
            .request(prefix + other, { ifAvailable: true }, (lock) => {
              if (lock && release) take(keys, mine);
            })
            .catch(() => {});
        }
      }
    },
    clear() {
      for (const key of storage.keys()) if (key.startsWith(prefix)) storage.remove(key);
    },
    close() {
      release?.();
      release = undefined;
    },
  };
}
