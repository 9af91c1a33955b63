import type { Draft } from '../../protocol/draft.ts';
import type { Message } from '../../protocol/message.ts';
import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { asParleyError, type ClientCode, isAboutToken, ParleyError } from './errors.ts';
import { createKeeper } from './keeper.ts';
import { type OutboxItem, type Target, type Unsent, unsent, viewOf } from './outbox-item.ts';
import type { Storage } from './storage.ts';

export type Outbox = {
  /** What is not acknowledged yet, in the order of sending. */
  list(target?: Target): OutboxItem[];
  /** Keeps it and sends it when its turn comes. The promise settles with the acknowledgement or the failure. */
  add(
    target: Target,
    draft: Draft,
    options?: { ifSeq?: number | undefined; files?: readonly Blob[] },
  ): Promise<Message>;
  /** Sends a failed one again, with the same id. */
  retry(id: string): Promise<Message>;
  /** Takes one back. One that was under way may have arrived all the same. */
  discard(id: string): void;
  /** A message arrived by event or sync: if it is one of these, it is sent. */
  seen(message: Message): void;
  /** There is a line, as this user; `merged`: whose unsent messages are now theirs. */
  resume(userId: string, merged?: readonly string[]): void;
  /** The line is gone. */
  pause(): void;
  /** Forgets all that is kept of everybody: signing out on a shared computer. */
  clear(): void;
  close(): void;
};

/** What says "not now" rather than "not this": the server, after so long, */
const LATER = new Set<ClientCode>(['RATE_LIMITED', 'OVERLOADED', 'STORAGE_FULL']);
/** and the line, as soon as there is one. */
const LOST = new Set<ClientCode>(['NETWORK', 'TIMEOUT', 'BAD_ANSWER', 'STOPPED']);
/** A server's own mistake is asked again so often before it counts as this message's. */
const INTERNAL_TRIES = 3;

/**
 * The messages on their way: one at a time a conversation, in their order, kept over a reload, sent again with the same
 * id while the outcome is unknown.
 *
 * @param send hands one to the server
 * @param upload stores a file; gives its attachment's id
 * @param changed told of each change of an item
 */
export function createOutbox(options: {
  storage: Storage;
  clock: Clock;
  newId: () => string;
  send: (item: OutboxItem) => Promise<Message>;
  upload: (file: Blob, progress: (part: number) => void, signal: AbortSignal) => Promise<string>;
  changed: (item: OutboxItem) => void;
  /** What sets this client's unsent messages apart from another's on the same origin. */
  name: string;
  /** Whose messages to show before there is a line. */
  userId: string | undefined;
}): Outbox {
  const { clock, newId, send, upload, changed } = options;
  const items = new Map<string, Unsent>();
  /** Which conversation a `to` came to mean, so that both ways to it are one lane. */
  const meant = new Map<string, string>();
  const busy = new Set<Unsent>();
  const timers = new Map<Unsent, () => void>();
  let user: string | undefined;
  let running = false;
  let lastAt = 0;
  const keeper = createKeeper(options.storage, `parley.${options.name}.out.`, newId(), (kept) => {
    for (const one of kept) {
      if (items.has(one.id)) continue;
      lastAt = Math.max(lastAt, one.createdAt);
      const item = unsent({ ...one, user: user ?? one.user });
      items.set(one.id, item);
      keep(item);
      tell(item);
    }
    pump();
  });

  function lane(target: Target): string {
    if ('conversationId' in target) return target.conversationId;
    const to = JSON.stringify(target.to);
    return meant.get(to) ?? to;
  }

  /** In the order of writing, over tabs and reloads. */
  function ordered(): Unsent[] {
    return [...items.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Kept as failed or as waiting: what it waits for is another line's after a reload. */
  function keep(item: Unsent): void {
    keeper.keep(item.state === 'failed' ? item : { ...item, error: undefined });
  }

  function tell(item: Unsent, message?: Message): void {
    changed(viewOf(item, message));
  }

  function drop(item: Unsent): void {
    items.delete(item.id);
    keeper.remove(item);
    timers.get(item)?.();
    timers.delete(item);
  }

  function pump(): void {
    if (!running) return;
    const taken = new Set([...busy].map((item) => lane(item.target)));
    for (const item of ordered()) {
      const own = lane(item.target);
      // One of another user of this browser waits for them to come back.
      if (item.state === 'failed' || taken.has(own) || (item.user !== undefined && item.user !== user)) continue;
      taken.add(own);
      if (item.state === 'queued' && item.retryAt === undefined) void go(item);
    }
  }

  async function go(item: Unsent): Promise<void> {
    busy.add(item);
    item.state = 'sending';
    item.error = undefined;
    tell(item);
    try {
      if (item.missing) await uploadFiles(item);
      if (items.has(item.id)) sent(item, await send(viewOf(item)));
    } catch (error) {
      if (items.get(item.id) === item) refused(item, asParleyError(error));
    } finally {
      busy.delete(item);
      pump();
    }
  }

  async function uploadFiles(item: Unsent): Promise<void> {
    const { files } = item;
    const attachments: string[] = [];
    const abort = new AbortController();
    item.endUpload = () => abort.abort();
    for (const file of files) {
      const before = attachments.length;
      const progress = (part: number) => {
        item.progress = (before + part) / files.length;
        if (items.has(item.id)) tell(item);
      };
      progress(0);
      attachments.push(await upload(file, progress, abort.signal));
      // Taken back meanwhile.
      if (!items.has(item.id)) return;
    }
    item.progress = undefined;
    item.draft = { ...item.draft, attachments: [...item.given, ...attachments] };
    item.missing = 0;
    keep(item);
  }

  function sent(item: Unsent, message: Message): void {
    // Taken back, or settled by its event.
    if (items.get(item.id) !== item) return;
    if ('to' in item.target) meant.set(JSON.stringify(item.target.to), message.conversationId);
    drop(item);
    item.state = 'sent';
    tell(item, message);
    for (const { resolve } of item.waiters) resolve(message);
  }

  function refused(item: Unsent, error: ParleyError): void {
    const { code, message, retryMs, details } = error;
    item.tries++;
    item.error = { code, message, details };
    item.progress = undefined;
    const uploadAgain = code === 'ATTACHMENT_GONE' && item.files.length > 0 && !item.uploadedAgain;
    if (uploadAgain) Object.assign(item, { missing: item.files.length, uploadedAgain: true });
    const tryAgain = uploadAgain || (code === 'INTERNAL' && ++item.mistakes < INTERNAL_TRIES);
    item.state = tryAgain || LATER.has(code) || LOST.has(code) || isAboutToken(code) ? 'queued' : 'failed';
    if (item.state === 'failed') {
      keep(item);
      for (const { reject } of item.waiters.splice(0)) reject(error);
    } else if (running) {
      const ms = retryMs ?? backoffMs(item.tries, clock.random);
      item.retryAt = clock.now() + ms;
      const cancel = clock.after(ms, () => {
        item.retryAt = undefined;
        pump();
      });
      timers.set(item, cancel);
    }
    tell(item);
  }

  function discard(id: string): void {
    const item = items.get(id);
    if (!item) return;
    drop(item);
    item.endUpload();
    item.state = 'discarded';
    tell(item);
    for (const { reject } of item.waiters) reject(new ParleyError('DISCARDED'));
    pump();
  }

  /** How an item ends. Whoever does not look at it hears of a failure by `changed` all the same. */
  function outcome(item: Unsent): Promise<Message> {
    const promise = new Promise<Message>((resolve, reject) => item.waiters.push({ resolve, reject }));
    promise.catch(() => {});
    return promise;
  }

  if (options.userId !== undefined) keeper.adopt((owner) => owner === options.userId);
  return {
    list(target) {
      const own = target && lane(target);
      return ordered()
        .filter((item) => own === undefined || lane(item.target) === own)
        .map((item) => viewOf(item));
    },
    add(target, draft, { ifSeq, files = [] } = {}) {
      const id = draft.id ?? newId();
      // Two in one millisecond have their order, and so have those around a clock that steps back.
      lastAt = Math.max(clock.now(), lastAt + 1);
      const own = { id, target, draft: { ...draft, id }, createdAt: lastAt, user, ifSeq, error: undefined };
      const item = unsent({ ...own, missing: files.length }, files);
      items.set(id, item);
      keep(item);
      const promise = outcome(item);
      tell(item);
      pump();
      return promise;
    },
    retry(id) {
      const item = items.get(id);
      const lost = item && item.missing > item.files.length;
      const promise =
        item && !lost ? outcome(item) : Promise.reject(new ParleyError(item ? 'ATTACHMENT_GONE' : 'NOT_FOUND'));
      promise.catch(() => {});
      if (!item || lost) return promise;
      if (item.state === 'failed')
        Object.assign(item, { state: 'queued', tries: 0, mistakes: 0, uploadedAgain: false, error: undefined });
      timers.get(item)?.();
      item.retryAt = undefined;
      keep(item);
      tell(item);
      pump();
      return promise;
    },
    discard,
    seen(message) {
      const item = items.get(message.id);
      if (item) sent(item, message);
    },
    resume(userId, merged = []) {
      const mine = (owner: string | undefined) => owner === undefined || owner === userId || merged.includes(owner);
      user = userId;
      running = true;
      for (const item of items.values()) {
        if (item.user !== userId && mine(item.user)) {
          item.user = userId;
          keep(item);
        }
        if (item.error && !LATER.has(item.error.code)) {
          timers.get(item)?.();
          item.retryAt = undefined;
        }
      }
      keeper.adopt(mine);
      pump();
    },
    pause() {
      running = false;
    },
    clear() {
      for (const id of [...items.keys()]) discard(id);
      keeper.clear();
    },
    close() {
      running = false;
      for (const cancel of timers.values()) cancel();
      keeper.close();
      for (const item of items.values()) {
        // Whoever comes back does not wait for what was called off.
        item.retryAt = undefined;
        for (const { reject } of item.waiters.splice(0)) reject(new ParleyError('STOPPED'));
      }
    },
  };
}
