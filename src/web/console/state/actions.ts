/** What one does to a conversation. What can be taken back can be for ten seconds; what is refused says why. */
import { type Signal, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { ConversationPatch } from '../../../protocol/http-conversations.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Person } from '../../../protocol/person.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { t } from '../words.ts';
import { setBlocked } from './customer.ts';
import { deleted, deleteSoon } from './deleting.ts';
import { client, me } from './desk.ts';
import { nameOfId } from './people.ts';
import { opening, seenSeq } from './thread.ts';
import { offerUndo, undoable } from './undo.ts';

/** What stands above the editor because something was refused. `seq`: goes once that was seen. */
export type Trouble = { kind: 'newer' | 'first' | 'failed'; text: string; person?: Person; seq?: number };
const troubles = new Map<string, Signal<Trouble | null>>();

export function troubleOf(id: string): Signal<Trouble | null> {
  const one = troubles.get(id) ?? signal<Trouble | null>(null);
  troubles.set(id, one);
  return one;
}

/** A sentence for what went wrong. */
export function reasonOf(error: unknown): string {
  const { code, message, details } = asParleyError(error);
  if (code === 'NETWORK' || code === 'TIMEOUT') return t('noAnswer');
  if (code === 'RATE_LIMITED' || code === 'OVERLOADED') return t('tooFast');
  if (code === 'FORBIDDEN' && /password/i.test(String(details?.path))) return t('wrongPresentPassword');
  if (code === 'FORBIDDEN' && details?.path === 'code') return t('wrongCode');
  if (code === 'FORBIDDEN') return t('forbidden');
  if (code === 'NOT_FOUND') return t('gone');
  if (code === 'INTERNAL' || code === 'STORAGE_FULL') return t('ourSide');
  return message;
}

/** Somebody else wrote meanwhile. */
export function tellNewer(id: string, person: Person | null | undefined, seq: number | undefined): void {
  const name = person?.name ?? t('somebody');
  const trouble: Trouble = { kind: 'newer', text: t('answeredMeanwhile', { name }) };
  if (person) trouble.person = person;
  if (seq !== undefined) trouble.seq = seq;
  troubleOf(id).value = trouble;
}

export function tellRefused(id: string, error: unknown): void {
  const { code, details } = asParleyError(error);
  if (code === 'NEWER_MESSAGES') {
    const newest = client().conversations.messages(id).at(-1);
    tellNewer(id, newest?.author, Number(details?.seq) || newest?.seq);
  } else if (code === 'ALREADY_CLAIMED') {
    const person = details?.assignee as Person | undefined;
    const name = person?.name ?? t('somebody');
    troubleOf(id).value = { kind: 'first', text: t('wasFirst', { name }), ...(person ? { person } : {}) };
  } else troubleOf(id).value = { kind: 'failed', text: reasonOf(error) };
}

/** Does it; where it is refused, that stands above the editor of the conversation. */
export async function attempt<T>(id: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    const done = await run();
    const trouble = troubleOf(id);
    if (trouble.peek()?.kind !== 'newer') trouble.value = null;
    return done;
  } catch (error) {
    tellRefused(id, error);
    return undefined;
  }
}

const patch = (id: string, change: ConversationPatch) => client().patch(id, change);

type Change = { text: string; do(): Promise<unknown>; back(): Promise<unknown> };

/** Does something to a conversation; what was done can be taken back. */
function change(id: string, { text, do: act, back }: Change): Promise<unknown> {
  return undoable(async () => {
    if (await attempt(id, act)) offerUndo({ id, text, run: () => attempt(id, back) });
  });
}

const assignedTo = (id: string | null) =>
  id === null ? t('putInQueue') : t('assignedTo', { name: nameOfId(id) ?? '' });

export function claim(id: string): Promise<unknown> {
  return change(id, {
    text: assignedTo(me.value.id),
    do: () => client().claim(id),
    back: () => patch(id, { assigneeId: null }),
  });
}

export function assign({ id, assignee }: Conversation, to: string | null): Promise<unknown> | undefined {
  const before = assignee?.id ?? null;
  if (before === to) return undefined;
  if (to === me.value.id && before === null) return claim(id);
  return change(id, {
    text: assignedTo(to),
    do: () => patch(id, { assigneeId: to }),
    back: () => patch(id, { assigneeId: before }),
  });
}

export function close({ id, seq }: Conversation): Promise<unknown> {
  return change(id, {
    text: 'closed',
    do: () => patch(id, { status: 'closed', ifSeq: seenSeq(id) || seq }),
    back: () => patch(id, { status: 'open' }),
  });
}

export function reopen({ id }: Conversation): Promise<unknown> {
  return change(id, {
    text: t('reopenedState'),
    do: () => patch(id, { status: 'open' }),
    back: () => patch(id, { status: 'closed' }),
  });
}

export function snooze({ id, team }: Conversation, until: string | null): Promise<unknown> {
  const before = team?.snoozedUntil ?? null;
  return change(id, {
    text: until === null ? t('wokenState') : 'snoozed',
    do: () => patch(id, { snoozedUntil: until }),
    back: () => patch(id, { snoozedUntil: before }),
  });
}

/** Gives a conversation a tag, or takes it; what others do to its tags meanwhile stays. */
export function setTag({ id }: Conversation, tag: string, on: boolean): Promise<unknown> {
  const set = (given: boolean) => {
    const others =
      client()
        .conversations.get(id)
        ?.team?.tags.filter((one) => one !== tag) ?? [];
    return patch(id, { tags: given ? [...others, tag] : others });
  };
  return change(id, { text: t(on ? 'tagGiven' : 'tagTaken', { tag }), do: () => set(on), back: () => set(!on) });
}

/** Blocks a visitor, or no longer; told beside their conversation. */
export function block({ id }: Conversation, visitor: string, on: boolean): Promise<unknown> {
  return change(id, {
    text: t(on ? 'visitorBlocked' : 'visitorUnblocked'),
    do: () => setBlocked(visitor, on),
    back: () => setBlocked(visitor, !on),
  });
}

/** Deletes a message for everybody, of the customer's thread or of its side. */
export function deleteMessage(message: Message): void {
  const id = opening.peek()?.id ?? message.conversationId;
  deleteSoon({ path: pathOf(message), id, text: t('messageDeleted'), failed: (error) => tellRefused(id, error) });
}

/** Whether it is gone, or about to go. */
export const isDeleted = (message: Message) => message.deletedAt !== null || deleted.value.has(pathOf(message));

const pathOf = ({ conversationId, id }: Message) => `/v1/conversations/${conversationId}/messages/${id}`;
