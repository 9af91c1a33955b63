/** Signatures after the Standard Webhooks specification: over id, time and body, so that none of them can be swapped. */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** A secret as the specification writes it is base64 behind `whsec_`; any other is its own bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

/**
 * The headers that prove where a request comes from: signed with every secret that is good, so that one can be changed.
 *
 * @param id the same for each attempt, so that a receiver knows a repetition
 * @param at ms
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const time = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${time}.${body}`).digest('base64');
    return `v1,${mac}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures.join(' ') };
}
