/**
 * Everything that is told to webhooks: a queue for each, that none of them holds up another; and what is kept of it. Of
 * several servers one tells a webhook, so that the events of a conversation come in their order.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Duties, type Duty, untilAborted } from '../../chat/duties.ts';
import type { Outside } from '../../chat/outbox/outside.ts';
import { everyWhile } from '../every-while.ts';
import { type QueueParts, WebhookQueue } from './queue.ts';

/** How often what everybody was told is taken away. */
const TIDY_MS = 1_000;
/** After it could not be read which webhooks there are, or how far one is. */
const AGAIN_MS = 1_000;

export interface WebhooksParts extends QueueParts {
  duties: Duties;
}

/** A webhook that takes something: told here, or by another server. */
interface Telling {
  duty: Duty | null;
  queue: WebhookQueue | null;
  /** It is to be told nothing more from here. */
  leaving: boolean;
}

export type Webhooks = Awaited<ReturnType<typeof startWebhooks>>;

/** Begins to tell, from where it ended. */
export async function startWebhooks(parts: WebhooksParts) {
  const { outbox, duties, post, onError } = parts;
  const tellings = new Map<number, Telling>();
  let stopped = false;
  let patienceMs = 0;
  let refreshed: Promise<unknown> = Promise.resolve();

  const queues = () => [...tellings.values()].flatMap(({ queue }) => queue ?? []);

  /** Which webhooks there are, and where one begins: one after another. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = refreshed.then(work);
    refreshed = done.catch(() => {});
    return done;
  }

  function changed(): void {
    inTurn(refresh).catch((error) => {
      onError(error);
      if (!stopped) setTimeout(changed, AGAIN_MS).unref();
    });
  }

  /** Follows what admins set up. */
  async function refresh(): Promise<void> {
    const entries = new Map((await outbox.webhooks()).map((entry) => [entry.webhook.id, entry]));
    if (stopped) return;
    for (const [id, telling] of tellings) {
      const entry = entries.get(id);
      if (entry === undefined) void leave(telling);
      else if (telling.queue !== null) telling.queue.webhook = entry.webhook;
    }
    for (const id of entries.keys()) if (!tellings.has(id)) begin(id);
  }

  function begin(id: number): void {
    const telling: Telling = { duty: null, queue: null, leaving: false };
    tellings.set(id, telling);
    telling.duty = duties.hold(`webhook ${id}`, (held) => tell(id, telling, held));
    void telling.duty.done.catch(onError).then(() => {
      tellings.delete(id);
      // It may have begun anew meanwhile.
      changed();
    });
  }

  function leave(telling: Telling): Promise<void> | undefined {
    telling.leaving = true;
    return telling.duty?.end();
  }

  /** Until the duty is another's, nothing is to be told any more, or it has given up. */
  async function tell(id: number, telling: Telling, held: AbortSignal): Promise<void> {
    const queue = await inTurn(async () => {
      telling.queue = await beginQueue(id, held);
      return telling.queue;
    });
    if (queue === null) return;
    await Promise.race([untilAborted(held), queue.over]);
    telling.queue = null;
    if (held.aborted && !telling.leaving) await queue.lose();
    else await queue.stop(patienceMs);
  }

  /** Read anew: whoever told it before has gone on. */
  async function beginQueue(id: number, held: AbortSignal): Promise<WebhookQueue | null> {
    while (!held.aborted) {
      try {
        const entry = (await outbox.webhooks()).find(({ webhook }) => webhook.id === id);
        return entry === undefined ? null : await WebhookQueue.begin(entry, parts);
      } catch (error) {
        onError(error);
        await pause(AGAIN_MS, undefined, { signal: held, ref: false }).catch(() => {});
      }
    }
    return null;
  }

  async function tidy(held: AbortSignal): Promise<void> {
    while (!held.aborted && (await outbox.sweep()));
    if (!held.aborted) await outbox.forget();
  }

  async function known(): Promise<void> {
    for (let last: unknown; last !== refreshed; ) {
      last = refreshed;
      await last;
    }
  }

  await inTurn(refresh);
  await known();
  const tidying = duties.hold('outbox', (held) => everyWhile(held, TIDY_MS, () => tidy(held), onError));
  const outside: Omit<Outside, 'mails' | 'mail'> = {
    wake: () => {
      for (const queue of queues()) queue.wake();
    },
    webhooksChanged: changed,
    webhooksKnown: known,
    delivered: (webhook, event) => tellings.get(webhook)?.queue?.delivered(event),
    attempt: async (webhook, delivery) => {
      const [told] = await outbox.tell([delivery]);
      if (told !== undefined && 'fault' in told) throw told.fault;
      const body = told?.body ?? JSON.stringify({ type: delivery.type });
      return post({ url: webhook.url, secrets: outbox.secretsOf(webhook), id: delivery.uuid, body });
    },
    hurry: async (webhook, event) => (await tellings.get(webhook)?.queue?.hurry(event)) ?? false,
  };

  return {
    outside,

    /** @param forMs how long what is under way may take */
    async stop(forMs: number): Promise<void> {
      stopped = true;
      patienceMs = forMs;
      await Promise.all([...[...tellings.values()].map(leave), tidying.end(), known()]);
    },
  };
}
