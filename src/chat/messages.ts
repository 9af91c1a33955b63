/** Sending, editing, deleting and stopping, for every door. What the shape cannot say is checked here; the rest is
 * judged at the commit. */
import type { Pending } from '../db/pending.ts';
import type { Context } from '../db/schema/conversations.ts';
import type { Writer } from '../db/writer.ts';
import { cleanName, typeByName } from '../files/name.ts';
import { normaliseContent } from '../protocol/content.ts';
import type { Conversation } from '../protocol/conversation.ts';
import { type Draft, normaliseDraft } from '../protocol/draft.ts';
import { normaliseId } from '../protocol/id.ts';
import type { Message } from '../protocol/message.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';
import type { To } from '../protocol/to.ts';
import { byOf, type Caller, hasScope } from './caller.ts';
import type { Beginning, Change, SendChange, Target } from './change.ts';
import type { Publication } from './publication.ts';

/** What is known of the request itself, for a conversation that it may begin. */
export interface About {
  ifSeq?: number;
  ip: string | null;
  userAgent: string | null;
  context?: Context;
}

/** The message as it is now, and its conversation where the caller's view of it changed by more. */
export interface Told {
  message: Message;
  conversation?: Conversation;
}

export interface Sent extends Told {
  /** False for a retry. */
  made: boolean;
}

export type Messages = ReturnType<typeof createMessages>;

export function createMessages(
  writer: Writer<Change, Publication>,
  newId: () => string,
  keepAddress: boolean,
  textOf: (messageId: string) => string | undefined,
) {
  const named = (conversationId: string, messageId: string) => ({
    conversation: normaliseId(conversationId),
    id: normaliseId(messageId),
  });

  return {
    /** Throws a `Refusal` for what is wrong in itself; the answer tells the rest. Safe to repeat with the same id. */
    send(caller: Caller, where: { conversationId: string } | { to: To }, given: Draft, about: About): Pending<Sent> {
      const draft = normaliseDraft(given);
      const target = 'to' in where ? targetOf(where.to) : { conversation: normaliseId(where.conversationId) };
      checkSender(caller, target, draft);
      return writer.submit<Sent>({
        type: 'message.create',
        by: byOf(caller),
        target,
        beginning: 'conversation' in target ? null : beginningOf(about, keepAddress),
        id: draft.id ?? newId(),
        content: draft.content ?? '',
        system: draft.kind === 'system',
        quickReplies: draft.quickReplies ?? null,
        attachments: draft.attachments ?? [],
        link: draft.attachmentUrl === undefined ? null : linkTo(draft.attachmentUrl),
        ifSeq: about.ifSeq ?? null,
      });
    },

    edit(caller: Caller, conversationId: string, messageId: string, content: string): Pending<Told> {
      const change = { ...named(conversationId, messageId), content: normaliseContent(content) };
      return writer.submit<Told>({ type: 'message.edit', by: byOf(caller), ...change });
    },

    delete(caller: Caller, conversationId: string, messageId: string): Pending<Told> {
      return writer.submit<Told>({ type: 'message.delete', by: byOf(caller), ...named(conversationId, messageId) });
    },

    stop(caller: Caller, conversationId: string, messageId: string): Pending<Told> {
      const text = textOf(normaliseId(messageId)) ?? null;
      return writer.submit<Told>({ type: 'message.stop', by: byOf(caller), ...named(conversationId, messageId), text });
    },
  };
}

/** A customer's address is kept only where the operator wants it. */
export function beginningOf(about: About, keepAddress: boolean, id: string | null = null): Beginning {
  return {
    id,
    ip: keepAddress ? about.ip : null,
    userAgent: keepAddress ? about.userAgent : null,
    context: about.context ?? {},
  };
}

function targetOf(to: To): Target {
  if (to === 'support') return { support: 'agent' };
  if ('queue' in to) return { support: to.queue };
  if ('userId' in to) return { user: { uuid: normaliseId(to.userId) } };
  if ('userExternalId' in to) return { user: { externalId: to.userExternalId } };
  return { customer: { uuid: normaliseId(to.customerId) } };
}

function checkSender(caller: Caller, target: Target, draft: Draft): void {
  const system = draft.kind === 'system';
  if (caller.kind === 'key') {
    if (!hasScope(caller, 'messages')) throw new Refusal('FORBIDDEN');
    if (!system) throw new Refusal('FORBIDDEN', { message: 'An API key writes system messages only.' });
    if (!('conversation' in target || 'customer' in target)) throw new Refusal('FORBIDDEN');
  } else {
    if (system) throw new Refusal('FORBIDDEN', { message: 'Only API keys write system messages.' });
    if (draft.quickReplies !== undefined && caller.role !== 'bot') {
      throw new Refusal('FORBIDDEN', { message: 'Only bots offer quick replies.' });
    }
  }
  if (system && (draft.attachmentUrl !== undefined || (draft.attachments ?? []).length > 0)) {
    throw misshapen('attachments', 'cannot stand in a system message');
  }
}

/** Never fetched: what is behind it is told by its name alone. */
function linkTo(address: string): SendChange['link'] {
  if (!URL.canParse(address)) throw misshapen('attachmentUrl', 'must be an https address');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw misshapen('attachmentUrl', 'must not hold a password');
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
  const name = cleanName(decoded(last));
  return { url: url.href, name, mediaType: typeByName(name) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
