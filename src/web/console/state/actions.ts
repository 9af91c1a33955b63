/** What one does to a conversation. What can be taken back can be for ten seconds; what is refused says why. */
import { type Signal, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { ConversationPatch } from '../../../protocol/http-conversations.ts';
import type { Person } from '../../../protocol/person.ts';
import { asParleyError } from '../../sdk/errors.ts';
import { t } from '../words/words.ts';
import { client, me } from './desk.ts';
import { nameOfId } from './people.ts';
import { seenSeq } from './thread.ts';

/** So long can be taken back what was done, ms. */
export const UNDO_MS = 10_000;

export type Undo = { id: string; text: string; run(): Promise<unknown> };
export const undo = signal<Undo | null>(null);
let undoTimer: ReturnType<typeof setTimeout> | undefined;

function offerUndo(id: string, text: string, run: () => Promise<unknown>): void {
  clearTimeout(undoTimer);
  undo.value = { id, text, run };
  undoTimer = setTimeout(() => {
    undo.value = null;
  }, UNDO_MS);
}

export async function undoLast(): Promise<void> {
  const last = undo.value;
  if (!last) return;
  undo.value = null;
  await attempt(last.id, last.run);
}

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

export function claim(id: string): Promise<unknown> {
  return attempt(id, () => client().claim(id));
}

export async function assign(conversation: Conversation, to: string | null): Promise<void> {
  const { id } = conversation;
  const before = conversation.assignee?.id ?? null;
  if (before === to) return;
  const done = await attempt(id, () =>
    to === me.value.id && before === null ? client().claim(id) : patch(id, { assigneeId: to }),
  );
  if (!done) return;
  const name = to === null ? undefined : (nameOfId(to) ?? '');
  offerUndo(id, name === undefined ? t('putInQueue') : t('assignedTo', { name }), () =>
    patch(id, { assigneeId: before }),
  );
}

export async function close(conversation: Conversation): Promise<void> {
  const { id } = conversation;
  const done = await attempt(id, () => patch(id, { status: 'closed', ifSeq: seenSeq(id) || conversation.seq }));
  if (done) offerUndo(id, 'closed', () => patch(id, { status: 'open' }));
}

export function reopen({ id }: Conversation): Promise<unknown> {
  return attempt(id, () => patch(id, { status: 'open' }));
}

export async function snooze(conversation: Conversation, until: string | null): Promise<void> {
  const { id, team } = conversation;
  const before = team?.snoozedUntil ?? null;
  const done = await attempt(id, () => patch(id, { snoozedUntil: until }));
  if (done && until !== null) offerUndo(id, 'snoozed', () => patch(id, { snoozedUntil: before }));
}

export function setTags({ id }: Conversation, tags: string[]): Promise<unknown> {
  return attempt(id, () => patch(id, { tags }));
}
