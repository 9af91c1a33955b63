/** Beginning and changing conversations. */
import type { Pending } from '../db/pending.ts';
import type { Writer } from '../db/writer.ts';
import { normaliseContent } from '../protocol/content.ts';
import type { Conversation } from '../protocol/conversation.ts';
import type { ConversationBody, ConversationPatch, RatingBody } from '../protocol/http-conversations.ts';
import type { ParticipantBody } from '../protocol/http-participants.ts';
import { normaliseId } from '../protocol/id.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';
import { byOf, type Caller, hasScope } from './caller.ts';
import type { Change, CreateConversationChange, Guest, PatchConversationChange } from './change.ts';
import { type About, beginningOf } from './messages.ts';
import type { Publication } from './publication.ts';

export type Conversations = ReturnType<typeof createConversations>;

export function createConversations(writer: Writer<Change, Publication>, keepAddress: boolean) {
  return {
    /** `made` is false when it was there already: a direct pair, an externalId, or the same `id` again. */
    create(
      caller: Caller,
      body: ConversationBody,
      about: About,
    ): PromiseLike<{ conversation: Conversation; made: boolean }> {
      checkKey(caller);
      if (caller.kind === 'key' && body.kind === 'direct') throw new Refusal('FORBIDDEN');
      const beginning = beginningOf(about, keepAddress, body.id === undefined ? null : normaliseId(body.id));
      const by = byOf(caller);
      const change = { type: 'conversation.create', by, beginning, ...kindOf(body) } as CreateConversationChange;
      return asKeyMayRead(caller, writer.submit<{ conversation: Conversation; made: boolean }>(change));
    },

    patch(
      caller: Caller,
      conversationId: string,
      body: ConversationPatch,
    ): PromiseLike<{ conversation: Conversation }> {
      checkKey(caller);
      const change: PatchConversationChange = {
        type: 'conversation.patch',
        by: byOf(caller),
        conversation: normaliseId(conversationId),
        ifSeq: body.ifSeq ?? null,
      };
      if (body.status !== undefined) change.status = body.status;
      if (body.subject !== undefined) change.subject = body.subject;
      if (body.maxLength !== undefined) change.maxLength = body.maxLength;
      if (body.tags !== undefined) change.tags = body.tags;
      if (body.snoozedUntil !== undefined) {
        change.snoozedUntil = body.snoozedUntil === null ? null : Date.parse(body.snoozedUntil);
      }
      if (body.assigneeId !== undefined) {
        change.assignee = body.assigneeId === null ? null : { uuid: normaliseId(body.assigneeId) };
      }
      return asKeyMayRead(caller, writer.submit<{ conversation: Conversation }>(change));
    },

    /** Takes over what waits or a bot has. */
    claim(caller: Caller, conversationId: string): PromiseLike<{ conversation: Conversation }> {
      const conversation = normaliseId(conversationId);
      return writer.submit({ type: 'conversation.claim', by: byOf(caller), conversation });
    },

    /** Puts it into the queue, for a person to take. */
    handOver(caller: Caller, conversationId: string): PromiseLike<{ conversation: Conversation }> {
      checkKey(caller);
      const conversation = normaliseId(conversationId);
      return writer.submit({ type: 'conversation.handover', by: byOf(caller), conversation });
    },

    /** The customer's word on it, once it is closed. */
    rate(
      caller: Caller,
      conversationId: string,
      { score, comment = '' }: RatingBody,
    ): PromiseLike<{ conversation: Conversation }> {
      const conversation = normaliseId(conversationId);
      const change = { conversation, score, comment: normaliseContent(comment) };
      return writer.submit({ type: 'conversation.rate', by: byOf(caller), ...change });
    },

    /** Deletes it with all that is in it. Gives it as it was; from then on nobody finds it. */
    delete(caller: Caller, conversationId: string): PromiseLike<{ conversation: Conversation }> {
      checkKey(caller);
      const conversation = normaliseId(conversationId);
      return asKeyMayRead(
        caller,
        writer.submit<{ conversation: Conversation }>({ type: 'conversation.delete', by: byOf(caller), conversation }),
      );
    },
  };
}

/** A key changes rooms that it may not read: what was said in one last is left out of its answer. */
function asKeyMayRead<T extends { conversation: Conversation }>(caller: Caller, answer: Pending<T>): PromiseLike<T> {
  if (caller.kind === 'user' || hasScope(caller, 'conversations:all')) return answer;
  return answer.then((told) => {
    const { conversation } = told;
    return conversation.kind === 'support' ? told : { ...told, conversation: { ...conversation, last: null } };
  });
}

/** What an API key needs for all that is done to conversations by name. */
export function checkKey(caller: Caller): void {
  if (caller.kind === 'key' && !hasScope(caller, 'conversations')) throw new Refusal('FORBIDDEN');
}

function kindOf(body: ConversationBody) {
  const subject = body.subject ?? null;
  switch (body.kind) {
    case 'support':
      return {
        kind: body.kind,
        subject,
        customer: body.customerId === undefined ? null : { uuid: normaliseId(body.customerId) },
        queue: body.queue ?? 'agent',
        assignee: body.assigneeId === undefined ? null : { uuid: normaliseId(body.assigneeId) },
      };
    case 'direct':
      return { kind: body.kind, user: userOf(body.userId, body.userExternalId) };
    case 'room':
      return {
        kind: body.kind,
        subject,
        externalId: body.externalId ?? null,
        maxLength: body.maxLength ?? null,
        guests: (body.participants ?? []).map(guestOf),
      };
  }
}

function userOf(userId: string | undefined, externalId: string | undefined): Guest['user'] {
  if (userId !== undefined) return { uuid: normaliseId(userId) };
  if (externalId !== undefined) return { externalId };
  throw misshapen('userId', 'or externalId is required, one of the two');
}

export function guestOf(body: ParticipantBody): Guest {
  return {
    user: userOf(body.userId, body.externalId),
    name: body.name ?? null,
    ...(body.title === undefined ? {} : { title: body.title }),
    ...(body.moderator === undefined ? {} : { moderator: body.moderator }),
  };
}
