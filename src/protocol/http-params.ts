import { received } from './schema.ts';
import { Id } from './words.ts';

/** /:id */
export const IdParams = received({ id: Id });
/** /v1/conversations/:id/messages/:messageId */
export const MessageParams = received({ id: Id, messageId: Id });
/** /v1/conversations/:id/participants/:userId */
export const ParticipantParams = received({ id: Id, userId: Id });
