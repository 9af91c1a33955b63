/**
 * Several tabs with one line: the tab that holds a lock leads and has the line; it tells the others what it hears. When it
 * closes or crashes the browser gives the lock to another, which opens a line of its own.
 */
import type { Event } from '../../protocol/events.ts';

/** What tabs tell one another. */
export type TabNote =
  | { event: Event }
  /** The leader's line is new, or told only that something changed: ask what. */
  | { again: true; userId?: string }
  /** The leader's line is gone: whoever hears by it finds out whether the server is. */
  | { lost: true }
  /** The server wants nobody here any more. */
  | { stopped: string }
  /** What a tab that does not lead has open. */
  | { views: string[] }
  /** Whether there is still a tab that hears; that there is. */
  | { ask: true }
  | { here: true };

export type Tabs = {
  /** Whether this tab has the line. */
  readonly leads: boolean;
  tell(note: TabNote): void;
  /** Hears the other tabs; one at a time. */
  hear: ((note: TabNote) => void) | undefined;
  /** Settles when it is known who leads. */
  readonly ready: Promise<void>;
  stop(): void;
};

type Locks = {
  request(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    run: (lock: unknown) => unknown,
  ): Promise<unknown>;
};
type Channel = {
  postMessage(note: TabNote): void;
  close(): void;
  onmessage: ((event: { data: TabNote }) => void) | null;
};
type Around = { navigator?: { locks?: Locks }; BroadcastChannel?: new (name: string) => Channel };

/**
 * @param name shared by the tabs that share a line
 * @param promoted this tab leads from now on
 * @returns undefined where the browser has no locks: each tab then has a line of its own
 */
export function createTabs(name: string, promoted: () => void): Tabs | undefined {
  const { navigator, BroadcastChannel } = globalThis as unknown as Around;
  const locks = navigator?.locks;
  if (!locks || !BroadcastChannel) return undefined;
  const channel = new BroadcastChannel(name);
  const abort = new AbortController();
  let leads = false;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ready = new Promise<void>((resolve) => {
    const first = locks.request(name, { ifAvailable: true }, (lock) => {
      leads = lock !== null;
      resolve();
      return leads ? held : undefined;
    });
    first
      .then(() => {
        if (leads || abort.signal.aborted) return undefined;
        return locks.request(name, { signal: abort.signal }, () => {
          leads = true;
          promoted();
          return held;
        });
      })
      // Locks that are refused (a page without an origin): a line of its own.
      .catch(() => {
        leads = true;
        resolve();
      });
  });
  const tabs: Tabs = {
    get leads() {
      return leads;
    },
    hear: undefined,
    ready,
    tell: (note) => channel.postMessage(note),
    stop() {
      abort.abort();
      release();
      channel.close();
    },
  };
  channel.onmessage = ({ data }) => tabs.hear?.(data);
  return tabs;
}
