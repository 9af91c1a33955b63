/** A delivery's row, from its beginning through what came of each attempt. */
import type { DeliveryRow, OutboxRow } from '../../db/rows.ts';
import type { Outcome } from './outside.ts';

/** @param event of the outbox, or of a test; `uuid` is its `webhook-id` */
export function newDelivery(
  webhook: number,
  event: Omit<OutboxRow, 'type' | 'conversation'> & { uuid: string; type: string; conversation: number | null },
  now: number,
): DeliveryRow {
  const { id, ...what } = event;
  return {
    webhook,
    event: id,
    ...what,
    state: 'waiting',
    attempts: 0,
    firstAt: now,
    at: now,
    nextAt: now,
    status: null,
    latencyMs: null,
    response: null,
  };
}

/**
 * The row after an attempt at `now`.
 *
 * @param nextAt when to try again after a failure; null: not again
 */
export function attempted(row: DeliveryRow, outcome: Outcome, now: number, nextAt: number | null): DeliveryRow {
  const { ok, status, latencyMs, response } = outcome;
  const next = ok ? null : nextAt;
  return {
    ...row,
    state: ok ? 'done' : next === null ? 'failed' : 'waiting',
    attempts: row.attempts + 1,
    firstAt: row.attempts === 0 ? now : row.firstAt,
    at: now,
    nextAt: next,
    status,
    latencyMs,
    response,
  };
}
