import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { asParleyError, ParleyError } from './errors.ts';
import { abandonSync, checkStreaming, openThread, takeSync } from './held.ts';
import type { Line } from './line.ts';
import { checkBehind, forget, isBehind, type Store } from './store.ts';

/** How long a copy may be ahead of its events before they count as missing, in milliseconds. */
const PATIENCE_MS = 1000;

/** Keeps the threads that are open up to date: asks for what is missing, one sync at a time a thread. */
export type Following = {
  /** Opens a thread and loads its newest page; settles when it is there, however long that takes. */
  open(id: string): Promise<void>;
  /** Asks for what is missing now. */
  sync(id: string): void;
  /** A thread is behind; not `sure`: looked at again in a moment. */
  behind(id: string, sure: boolean): void;
  /** A new line: what waited to be tried again goes at once. */
  welcomed(): void;
  /** The messages of a thread are there, or it is gone. */
  loaded(id: string): void;
  removed(id: string): void;
  stop(): void;
};

/** @param flush tells the page what came of a change here */
export function createFollowing(
  store: Store,
  clock: Clock,
  line: () => Line | undefined,
  flush: () => void,
): Following {
  /** Threads with a sync under way, or one to be tried again: then with what calls that off. */
  const under = new Map<string, { tries: number; cancel?: () => void }>();
  const suspects = new Map<string, () => void>();
  const waiters = new Map<string, { resolve(): void; reject(error: unknown): void }[]>();

  async function run(id: string, tries = 0): Promise<void> {
    const own = line();
    const thread = store.threads.get(id);
    if (!own || !thread || under.has(id)) return;
    under.set(id, { tries });
    thread.waiting ??= [];
    try {
      for (;;) {
        const since = thread.held;
        const { resets } = store;
        const from = since ? { since, epoch: thread.epoch } : { since };
        const { sync } = await own.call({ type: 'conversation.sync', conversationId: id, ...from });
        // A socket's answer was taken at its place among the events.
        if (own.kind !== 'ws') {
          if (store.resets === resets) takeSync(store, id, sync);
          if (line() !== own) checkStreaming(store, thread);
          flush();
        }
        // What came while the answer was told may be ahead of it again.
        if (store.threads.get(id) !== thread || (!sync.more && !isBehind(store, thread))) break;
        if (thread.held <= since) throw new ParleyError('BAD_ANSWER');
        thread.waiting ??= [];
      }
      under.delete(id);
    } catch (error) {
      under.delete(id);
      if (store.threads.get(id) === thread) failed(id, own, tries, asParleyError(error));
    }
    flush();
  }

  function failed(id: string, own: Line, tries: number, { code, retryMs }: ParleyError): void {
    const thread = store.threads.get(id);
    if (!thread) return;
    if (code === 'NOT_FOUND') {
      forget(store, id);
      return;
    }
    thread.waiting = null;
    const now = line();
    if (now && now !== own) void run(id);
    else if (now) {
      const cancel = clock.after(Math.max(retryMs ?? 0, backoffMs(tries, clock.random)), () => {
        under.delete(id);
        void run(id, tries + 1);
      });
      under.set(id, { tries, cancel });
    }
  }

  return {
    open(id) {
      if (openThread(store, id).held) return Promise.resolve();
      const promise = new Promise<void>((resolve, reject) => {
        waiters.set(id, [...(waiters.get(id) ?? []), { resolve, reject }]);
      });
      promise.catch(() => {});
      void run(id);
      return promise;
    },
    sync: (id) => void run(id),
    behind(id, sure) {
      if (sure) return void run(id);
      if (suspects.has(id)) return;
      const cancel = clock.after(PATIENCE_MS, () => {
        suspects.delete(id);
        const thread = store.threads.get(id);
        if (thread?.held) checkBehind(store, thread, true);
        flush();
      });
      suspects.set(id, cancel);
    },
    welcomed() {
      for (const [id, { cancel }] of under) {
        if (!cancel) continue;
        cancel();
        under.delete(id);
      }
      for (const [id, thread] of store.threads) {
        // What the former line told last may miss what it lost: the sync after the one under way brings both.
        if (under.has(id)) thread.waiting = [];
        else abandonSync(store, thread);
      }
    },
    loaded(id) {
      for (const { resolve } of waiters.get(id) ?? []) resolve();
      waiters.delete(id);
    },
    removed(id) {
      for (const { reject } of waiters.get(id) ?? []) reject(new ParleyError('NOT_FOUND'));
      waiters.delete(id);
    },
    stop() {
      for (const [id, { cancel }] of under) {
        if (!cancel) continue;
        cancel();
        under.delete(id);
      }
      for (const cancel of suspects.values()) cancel();
      suspects.clear();
      for (const all of waiters.values()) for (const { reject } of all) reject(new ParleyError('STOPPED'));
      waiters.clear();
    },
  };
}
