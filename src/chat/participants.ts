/** Who is in a room: put in and taken out by its moderators and by the host. */
import type { Pending } from '../db/pending.ts';
import type { Writer } from '../db/writer.ts';
import type { ParticipantBody } from '../protocol/http-participants.ts';
import { normaliseId } from '../protocol/id.ts';
import type { Participant } from '../protocol/participant.ts';
import { byOf, type Caller } from './caller.ts';
import type { Change } from './change.ts';
import { checkKey, guestOf } from './conversations.ts';
import type { Publication } from './publication.ts';

export type Participants = ReturnType<typeof createParticipants>;

export function createParticipants(writer: Writer<Change, Publication>) {
  return {
    /** `made` is false for who was in already; their title and being a moderator are then as given here. */
    put(
      caller: Caller,
      conversationId: string,
      body: ParticipantBody,
    ): Pending<{ participant: Participant; made: boolean }> {
      checkKey(caller);
      const conversation = normaliseId(conversationId);
      return writer.submit({ type: 'participant.put', by: byOf(caller), conversation, guest: guestOf(body) });
    },

    /** Anybody may take themselves out. */
    remove(caller: Caller, conversationId: string, userId: string): Pending<void> {
      checkKey(caller);
      const conversation = normaliseId(conversationId);
      return writer.submit({ type: 'participant.remove', by: byOf(caller), conversation, user: normaliseId(userId) });
    },
  };
}
