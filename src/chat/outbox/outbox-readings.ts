/** The outbox and those who follow it. Prepared once; each goes by a key. */
import { and, asc, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import { conversations } from '../../db/schema/conversations.ts';
import { deliveries, outbox, receivers, webhooks } from '../../db/schema/outbox.ts';

const param = sql.placeholder;

export type OutboxReadings = ReturnType<typeof outboxReadings>;

export function outboxReadings(db: Questions) {
  const ofWebhook = eq(deliveries.webhook, param('webhook'));
  return lazily({
    /** In the order of the commits, with the kind of the conversation; null when it is gone. */
    after: () =>
      db
        .select({ row: outbox, kind: conversations.kind })
        .from(outbox)
        .leftJoin(conversations, eq(conversations.id, outbox.conversation))
        .where(gt(outbox.id, param('place')))
        .orderBy(asc(outbox.id))
        .limit(param('limit'))
        .prepare(),
    /** Keys of the oldest rows up to a place. */
    upTo: () =>
      db
        .select({ id: outbox.id })
        .from(outbox)
        .where(lte(outbox.id, param('place')))
        .orderBy(asc(outbox.id))
        .limit(param('limit'))
        .prepare(),
    receivers: () =>
      db
        .select({ receiver: receivers, enabled: webhooks.enabled })
        .from(receivers)
        .leftJoin(webhooks, eq(webhooks.id, receivers.id))
        .where(gt(receivers.id, 0))
        .prepare(),
    webhooks: () =>
      db
        .select({ webhook: webhooks, place: receivers.place, okAt: receivers.okAt })
        .from(webhooks)
        .innerJoin(receivers, eq(receivers.id, webhooks.id))
        .where(gt(webhooks.id, 0))
        .prepare(),
    webhookByUuid: () =>
      db
        .select()
        .from(webhooks)
        .where(eq(webhooks.uuid, param('uuid')))
        .prepare(),
    webhooksBefore: () =>
      db
        .select()
        .from(webhooks)
        .where(lt(webhooks.id, param('before')))
        .orderBy(desc(webhooks.id))
        .limit(param('limit'))
        .prepare(),
    /** Of one state, oldest event first. */
    deliveriesIn: () =>
      db
        .select()
        .from(deliveries)
        .where(and(ofWebhook, eq(deliveries.state, param('state'))))
        .orderBy(asc(deliveries.event))
        .prepare(),
    /** Of one state, all but the newest. */
    deliveriesBeyond: () =>
      db
        .select({ event: deliveries.event })
        .from(deliveries)
        .where(and(ofWebhook, eq(deliveries.state, param('state'))))
        .orderBy(desc(deliveries.event))
        .limit(param('limit'))
        .offset(param('kept'))
        .prepare(),
    deliveredBehind: () =>
      db
        .select({ event: deliveries.event })
        .from(deliveries)
        .where(and(ofWebhook, gt(deliveries.event, param('place'))))
        .prepare(),
    deliveriesBefore: () =>
      db
        .select()
        .from(deliveries)
        .where(and(ofWebhook, lt(deliveries.event, param('before'))))
        .orderBy(desc(deliveries.event))
        .limit(param('limit'))
        .prepare(),
    deliveryByUuid: () =>
      db
        .select()
        .from(deliveries)
        .where(and(ofWebhook, eq(deliveries.uuid, param('uuid'))))
        .prepare(),
  });
}
