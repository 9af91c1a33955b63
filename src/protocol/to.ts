import { type Static, Type } from 'typebox';
import { Queue } from './conversation.ts';
import { received } from './schema.ts';
import { Id, Line } from './words.ts';

/**
 * Whom a message is for, where no conversation is named: `support` is the agent queue, a user means the direct
 * conversation, customerId (by the team) their support conversation.
 */
export const To = Type.Union(
  [
    Type.Literal('support'),
    received({ queue: Queue }),
    received({ userId: Id }),
    received({ userExternalId: Line() }),
    received({ customerId: Id }),
  ],
  { $id: 'To', description: 'Whom a message is for, where no conversation is named; support is the agent queue.' },
);
export type To = Static<typeof To>;
