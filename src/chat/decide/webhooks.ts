/** Webhooks: made, changed and taken away by admins; and how far each of them is. */
import type { ReceiverRow, WebhookRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { MAX_WEBHOOKS } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { By } from '../caller.ts';
import type {
  CreateWebhookChange,
  DeleteWebhookChange,
  DeliveredChange,
  PatchWebhookChange,
  ProgressChange,
  RotateWebhookChange,
} from '../outbox/outbox-change.ts';
import type { WebhooksPublication } from '../publication.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { madeId } from './made-id.ts';
import type { Rule } from './rule.ts';

/** For who tells them. */
const CHANGED: WebhooksPublication = { type: 'webhooks', told: null };

export const createWebhook: Rule<CreateWebhookChange> = {
  want(change, want) {
    wantAsker(change.by, want);
  },
  decide(given, { type, by, url, events, kinds, enabled }) {
    const { set, at } = given;
    if (userAsking(set, by).role !== 'admin') throw new Refusal('FORBIDDEN');
    const there = [...set.rows.webhooks.values()].filter((row) => row !== null).length;
    if (there >= MAX_WEBHOOKS) {
      throw new Refusal('FORBIDDEN', { message: `There are ${MAX_WEBHOOKS} webhooks already: take one away.` });
    }
    // What happened before it was made lies below its own key.
    const id = set.nextId();
    const receiver: ReceiverRow = { id, kind: 'webhook', place: id, okAt: null };
    const webhook: WebhookRow = {
      id,
      uuid: madeId(given, id),
      url,
      events,
      kinds,
      enabled,
      generation: 1,
      rotatedAt: null,
      failedAt: null,
      createdAt: at,
    };
    set.rows.receivers.set(id, receiver);
    set.rows.webhooks.set(id, webhook);
    set.marked.receivers.insert(receiver);
    set.marked.webhooks.insert(webhook);
    set.taken = null;
    note(given, by, { action: type, target: targetOf(webhook), details: { events, kinds } });
    return { value: { ...webhook }, publications: [CHANGED] };
  },
};

export const patchWebhook: Rule<PatchWebhookChange> = {
  want(change, want) {
    wantAsker(change.by, want);
  },
  decide(given, { type, by, webhook: id, patch }) {
    const { set } = given;
    const { webhook, receiver } = webhookFor(set, by, id);
    const begins = patch.enabled === true && !webhook.enabled;
    Object.assign(webhook, patch);
    if (begins) {
      webhook.failedAt = null;
      // It is told nothing of the time in which it took nothing.
      receiver.place = set.meta.lastId;
      set.marked.receivers.save(receiver);
    }
    set.marked.webhooks.save(webhook);
    set.taken = null;
    note(given, by, { action: type, target: targetOf(webhook), details: { changed: Object.keys(patch) } });
    return { value: { ...webhook }, publications: [CHANGED] };
  },
};

export const rotateWebhook: Rule<RotateWebhookChange> = {
  want(change, want) {
    wantAsker(change.by, want);
  },
  decide(given, { type, by, webhook: id }) {
    const { set, at } = given;
    const { webhook } = webhookFor(set, by, id);
    webhook.generation += 1;
    webhook.rotatedAt = at;
    set.marked.webhooks.save(webhook);
    note(given, by, { action: type, target: targetOf(webhook) });
    return { value: { ...webhook }, publications: [CHANGED] };
  },
};

export const deleteWebhook: Rule<DeleteWebhookChange> = {
  want(change, want) {
    wantAsker(change.by, want);
  },
  decide(given, { type, by, webhook: id }) {
    const { set } = given;
    const { webhook, receiver } = webhookFor(set, by, id);
    set.rows.webhooks.set(id, null);
    set.rows.receivers.set(id, null);
    set.marked.webhooks.remove(webhook);
    set.marked.receivers.remove(receiver);
    set.taken = null;
    note(given, by, { action: type, target: targetOf(webhook) });
    return { value: null, publications: [CHANGED] };
  },
};

export const noteProgress: Rule<ProgressChange> = {
  want() {},
  decide({ set, at }, { webhook: id, place, okAt, insert, save, remove, giveUp }) {
    const webhook = set.rows.webhooks.get(id);
    const receiver = set.rows.receivers.get(id);
    // Taken away meanwhile, and its deliveries with it.
    if (!webhook || !receiver) return { value: null, publications: [] };
    for (const row of insert) set.marked.deliveries.insert(row);
    for (const row of save) set.marked.deliveries.save(row);
    for (const event of remove) set.marked.deliveries.remove({ webhook: id, event } as (typeof save)[number]);
    // Begun anew meanwhile, it is further already.
    receiver.place = Math.max(receiver.place, place);
    if (okAt !== null) receiver.okAt = okAt;
    set.marked.receivers.save(receiver);
    if (giveUp && webhook.enabled) {
      webhook.enabled = false;
      webhook.failedAt = at;
      set.marked.webhooks.save(webhook);
      set.taken = null;
    }
    return { value: null, publications: [] };
  },
};

export const noteDelivered: Rule<DeliveredChange> = {
  want() {},
  decide({ set }, { webhook, delivery, made }) {
    if (!set.rows.webhooks.get(webhook)) return { value: null, publications: [] };
    const row = made ? { ...delivery, event: set.nextId() } : delivery;
    if (made) set.marked.deliveries.insert(row);
    else set.marked.deliveries.save(row);
    const told =
      made || row.state !== 'done' ? [] : [{ type: 'webhooks' as const, told: { webhook, event: row.event } }];
    return { value: row, publications: told };
  },
};

function targetOf({ uuid: id }: WebhookRow) {
  return { type: 'webhook', id };
}

/** Only admins know of webhooks: for all others there is none. */
function webhookFor(set: WorkingSet, by: By, id: number): { webhook: WebhookRow; receiver: ReceiverRow } {
  const webhook = set.rows.webhooks.get(id);
  const receiver = set.rows.receivers.get(id);
  if (userAsking(set, by).role !== 'admin' || !webhook || !receiver) throw new Refusal('NOT_FOUND');
  return { webhook, receiver };
}
