import { type Static, Type } from 'typebox';
import { received } from './schema.ts';

/** GET /v1/attachments/:id: the value of a ticket, where no header can be sent. */
export const TicketQuery = received({ ticket: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) });
export type TicketQuery = Static<typeof TicketQuery>;
