/** How far one's own message has come, in words; honest at each step. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { OutboxItem } from '../sdk/outbox-item.ts';
import { check, checks, clock } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import type { Late } from './late.ts';
import type { Handling } from './message.ts';

export type Status = {
  icon: string;
  text: string;
  look?: 'seen' | 'bad';
  /** What can be done about a failure. */
  actions?: HTMLElement[];
};

/** A message that is sent so quickly shows no clock at all, ms. */
const QUICK_MS = 400;

/** @param behind what is sent before it */
export function statusOfItem(
  ctx: Ctx,
  item: OutboxItem,
  behind: OutboxItem | undefined,
  now: number,
  handling: Handling,
): Status | undefined {
  const { t, client } = ctx;
  const { state, error, createdAt } = item;
  const line = client?.state;
  const isTrouble = state === 'failed' || error || (line && 'retryAt' in line);
  const trouble = isTrouble ? handling.late.get('trouble')?.statusOfTrouble(ctx, item, now, handling) : undefined;
  if (trouble) return trouble;
  // Its files say how far they are.
  if (now - createdAt < QUICK_MS || item.progress !== undefined) return undefined;
  return { icon: clock, text: t(behind?.progress !== undefined ? 'after' : 'queued') };
}

export function statusOfSeen({ t, times }: Ctx, { editedAt }: Message, at: string | null | undefined): Status {
  const edited = editedAt ? `${t('edited')}, ` : '';
  const text = edited + (at ? t('readAt', { at: times.time(new Date(at)) }) : t('read'));
  return { icon: checks, look: 'seen', text };
}

export function statusOfMessage(
  ctx: Ctx,
  conversation: Conversation | undefined,
  message: Message,
  late: Late,
): Status {
  const { t } = ctx;
  if (conversation?.kind === 'support' && (conversation.teamReadSeq ?? 0) >= message.seq)
    return statusOfSeen(ctx, message, conversation.teamReadAt);
  const edited = message.editedAt ? `${t('edited')}, ` : '';
  const ofDirect = conversation?.kind === 'direct' && late.get('people')?.statusOfDirect(ctx, conversation, message);
  return ofDirect || { icon: check, text: edited + t('sent') };
}
