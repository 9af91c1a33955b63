/** Several conversations that something is done to at once; what was done to them can be taken back for a while. */
import { signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { ConversationPatch } from '../../../protocol/http-conversations.ts';
import { t } from '../words.ts';
import { reasonOf } from './actions.ts';
import { client, me } from './desk.ts';
import { moveFreely } from './moving.ts';
import { seenSeq } from './thread.ts';
import { UNDO_MS } from './undo.ts';

/** So many changes are under way at once. */
const AT_ONCE = 6;

export const chosen = signal<ReadonlySet<string>>(new Set());
/** Whether rows show that they can be chosen, though none is. */
export const choosing = signal(false);

/** What came of the last time: in words, and how it is taken back. */
export type Outcome = { text: string; undo?: () => Promise<void> };
export const outcome = signal<Outcome | null>(null);
let outcomeTimer: ReturnType<typeof setTimeout> | undefined;

export function toggleChosen(id: string): void {
  const next = new Set(chosen.peek());
  if (!next.delete(id)) next.add(id);
  chosen.value = next;
  outcome.value = null;
}

export function chooseNone(): void {
  chosen.value = new Set();
  choosing.value = false;
}

export function chooseAll(ids: readonly string[]): void {
  chosen.value = new Set(ids);
}

function tell(next: Outcome): void {
  clearTimeout(outcomeTimer);
  outcome.value = next;
  outcomeTimer = setTimeout(() => {
    outcome.value = null;
  }, UNDO_MS);
}

/** @returns those that were changed, and why the last that was not could not be */
async function patchAll(
  all: readonly Conversation[],
  patchOf: (one: Conversation) => ConversationPatch,
): Promise<{ done: Conversation[]; reason: string | undefined }> {
  const rest = [...all];
  const done: Conversation[] = [];
  let reason: string | undefined;
  const worker = async () => {
    for (let one = rest.shift(); one; one = rest.shift()) {
      try {
        await client().patch(one.id, patchOf(one));
        done.push(one);
      } catch (error) {
        reason = reasonOf(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { done, reason };
}

async function changeAll(
  which: (one: Conversation) => boolean,
  patchOf: (one: Conversation) => ConversationPatch,
  back: (one: Conversation) => ConversationPatch,
  text: (count: number) => string,
): Promise<void> {
  const { conversations } = client();
  const all = [...chosen.peek()].flatMap((id) => conversations.get(id) ?? []).filter(which);
  chooseNone();
  const { done, reason } = await patchAll(all, patchOf);
  const words = [text(done.length), reason && t('someNot', { count: all.length - done.length, why: reason })];
  tell({
    text: words.filter(Boolean).join(' '),
    undo: async () => {
      outcome.value = null;
      await patchAll(done, back);
      moveFreely();
    },
  });
}

const isOpen = ({ status }: Conversation) => status === 'open';

/** Closes them; one in which somebody wrote meanwhile stays open. */
export const closeChosen = () =>
  changeAll(
    isOpen,
    ({ id, seq }) => ({ status: 'closed', ifSeq: Math.max(seenSeq(id), seq) }),
    () => ({ status: 'open' }),
    (count) => t('nClosed', { count }),
  );

/** @param to a user's id; null: back to the queue */
export const assignChosen = (to: string | null) =>
  changeAll(
    (one) => isOpen(one) && (one.assignee?.id ?? null) !== to,
    () => ({ assigneeId: to }),
    ({ assignee }) => ({ assigneeId: assignee?.id ?? null }),
    (count) => t(to === me.value.id ? 'nTaken' : 'nPassedOn', { count }),
  );
