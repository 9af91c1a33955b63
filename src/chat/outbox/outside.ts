/** What `chat/` asks of the doors that speak to the outside, by whoever stands there: they open after it. */
import type { DeliveryRow, WebhookRow } from '../../db/rows.ts';
import type { Letter } from '../notices/letter.ts';

/** What came of telling somebody something. */
export interface Outcome {
  ok: boolean;
  /** They want to be told nothing any more. */
  gone: boolean;
  /** Of the answer; null: there was none. */
  status: number | null;
  latencyMs: number;
  /** The beginning of the answer, or why there was none. */
  response: string;
}

export interface Outside {
  /** Something was written that may concern somebody outside. */
  wake(): void;
  /** A webhook was made, changed or taken away. */
  webhooksChanged(): void;
  /** Resolves when that is so for what this server tells from now on. */
  webhooksKnown(): Promise<void>;
  /** A webhook was told out of turn what waited for it. */
  delivered(webhook: number, event: number): void;
  /** Tells a webhook now, out of turn. */
  attempt(webhook: WebhookRow, delivery: DeliveryRow): Promise<Outcome>;
  /** Tries the delivery that waits now; false: it waits no longer, or another server tells that webhook. */
  hurry(webhook: number, event: number): Promise<boolean>;
  /** Whether mails can be sent. */
  mails: boolean;
  /** Sends one, some time soon; that it failed is logged. */
  mail(letter: Letter): void;
}

/** Stands for the outside until it is there. */
export const NOBODY: Outside = {
  wake: () => {},
  webhooksChanged: () => {},
  webhooksKnown: async () => {},
  delivered: () => {},
  attempt: async () => ({ ok: false, gone: false, status: null, latencyMs: 0, response: 'the server is starting' }),
  hurry: async () => false,
  mails: false,
  mail: () => {},
};
