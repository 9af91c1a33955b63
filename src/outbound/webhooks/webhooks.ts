/** Everything that is told to webhooks: a queue for each, that none of them holds up another; and what is kept of it. */
import type { Outside } from '../../chat/outbox/outside.ts';
import { type QueueParts, WebhookQueue } from './queue.ts';

/** How often what everybody was told is taken away. */
const TIDY_MS = 1_000;

export type Webhooks = Awaited<ReturnType<typeof startWebhooks>>;

/** Begins to tell, from where it ended. */
export async function startWebhooks(parts: QueueParts) {
  const { outbox, post, onError } = parts;
  const queues = new Map<number, WebhookQueue>();
  const leaving = new Set<Promise<void>>();
  let stopped = false;
  let tidying: Promise<void> | null = null;
  let refreshed: Promise<void> = Promise.resolve();

  /** Follows what admins set up, one change after another. */
  async function refresh(): Promise<void> {
    if (stopped) return;
    const entries = new Map((await outbox.webhooks()).map((entry) => [entry.webhook.id, entry]));
    for (const [id, queue] of queues) {
      const entry = entries.get(id);
      if (entry !== undefined && !queue.over) queue.webhook = entry.webhook;
      else {
        queues.delete(id);
        leave(queue);
      }
    }
    const made = [...entries].filter(([id]) => !queues.has(id));
    await Promise.all(made.map(async ([id, entry]) => queues.set(id, await WebhookQueue.begin(entry, parts))));
  }

  function leave(queue: WebhookQueue): void {
    const left = queue.stop().catch(onError);
    leaving.add(left);
    void left.finally(() => leaving.delete(left));
  }

  async function tidy(): Promise<void> {
    while (!stopped && (await outbox.sweep()));
    if (!stopped) await outbox.forget();
  }

  const tidier = setInterval(() => {
    tidying ??= tidy()
      .catch(onError)
      .finally(() => {
        tidying = null;
      });
  }, TIDY_MS).unref();

  await refresh();
  const outside: Omit<Outside, 'mails' | 'mail'> = {
    wake: () => {
      for (const queue of queues.values()) queue.wake();
    },
    webhooksChanged: () => {
      refreshed = refreshed.then(refresh).catch(onError);
      return refreshed;
    },
    attempt: async (webhook, delivery) => {
      const [told] = await outbox.tell([delivery]);
      if (told !== undefined && 'fault' in told) throw told.fault;
      const body = told?.body ?? JSON.stringify({ type: delivery.type });
      return post({ url: webhook.url, secrets: outbox.secretsOf(webhook), id: delivery.uuid, body });
    },
    hurry: async (webhook, event) => (await queues.get(webhook)?.hurry(event)) ?? false,
  };

  return {
    outside,

    /** @param patienceMs how long what is under way may take */
    async stop(patienceMs: number): Promise<void> {
      stopped = true;
      clearInterval(tidier);
      await refreshed;
      await Promise.all([...[...queues.values()].map((queue) => queue.stop(patienceMs)), ...leaving, tidying]);
    },
  };
}
