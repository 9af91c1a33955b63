/** Tickets: what a browser's `<img>` carries in place of a header. A user and an end under an HMAC, nothing stored. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ticket } from '../../protocol/answers.ts';
import { TICKET_LIFE_MS } from '../../protocol/limits.ts';
import { timeOf } from '../views.ts';

export type Tickets = ReturnType<typeof createTickets>;

/** @param key of the server's own, for nothing else */
export function createTickets(key: Buffer, now: () => number) {
  const seal = (text: string) => createHmac('sha256', key).update(text).digest();

  return {
    make(userUuid: string): Ticket {
      const expiresAt = now() + TICKET_LIFE_MS;
      const text = `${userUuid}.${expiresAt}`;
      return { value: `${text}.${seal(text).toString('base64url')}`, expiresAt: timeOf(expiresAt) };
    },

    /** The UUID of the user whose ticket it is, and its end (ms); null when it is forged or over. */
    read(value: string): { user: string; expiresAt: number } | null {
      const parts = /^([0-9a-f-]{36})\.(\d{1,16})\.([A-Za-z0-9_-]{43})$/.exec(value);
      if (parts === null) return null;
      const [, user = '', expiresAt = '', given = ''] = parts;
      const genuine = timingSafeEqual(seal(`${user}.${expiresAt}`), Buffer.from(given, 'base64url'));
      return genuine && Number(expiresAt) > now() ? { user, expiresAt: Number(expiresAt) } : null;
    },
  };
}
