import { type Static, Type } from 'typebox';
import { received } from './schema.ts';

/** GET /v1/attachments/:id: the value of a ticket, where no header can be sent. */
export const TicketQuery = received({ ticket: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) });
export type TicketQuery = Static<typeof TicketQuery>;

/** /v1/avatars/:hash */
export const HashParams = received({
  hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'a SHA-256 in hexadecimal' }),
});
