/**
 * What a webhook's bodies are signed with. Nothing of it is kept: it comes of the server's own secret, so that neither
 * the database nor a copy of it gives anything away.
 */
import { createHmac } from 'node:crypto';
import type { WebhookRow } from '../../db/rows.ts';

/** How long the secret before a rotation stays good: receivers change theirs in that time. */
const BOTH_MS = 24 * 60 * 60 * 1000;

type Keyed = Pick<WebhookRow, 'uuid' | 'generation' | 'rotatedAt'>;

export type WebhookSecrets = ReturnType<typeof webhookSecrets>;

/** @param key of the server's own, for nothing else */
export function webhookSecrets(key: Buffer) {
  /** As Standard Webhooks write it: `whsec_` and Base64. */
  const secretOf = (uuid: string, generation: number) =>
    `whsec_${createHmac('sha256', key).update(`${uuid} ${generation}`).digest('base64')}`;

  return {
    current: ({ uuid, generation }: Keyed): string => secretOf(uuid, generation),

    /** All that are good now, newest first. */
    active({ uuid, generation, rotatedAt }: Keyed, now: number): string[] {
      const both = generation > 1 && rotatedAt !== null && now < rotatedAt + BOTH_MS;
      return [generation, ...(both ? [generation - 1] : [])].map((one) => secretOf(uuid, one));
    },
  };
}
