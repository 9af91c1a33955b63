/** How far one's own message has come, in words; honest at each step. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { OutboxItem } from '../sdk/outbox-item.ts';
import { check, checks, clock } from '../ui/icon-paths.ts';
import type { Ctx } from './context.ts';
import type { Late } from './late.ts';

export type Status = {
  icon: string;
  text: string;
  look?: 'seen' | 'bad';
  /** What can be done about a failure. */
  actions?: ('retry' | 'another' | 'discard')[];
};

/** A message that is sent so quickly shows no clock at all, ms. */
const QUICK_MS = 400;

/** @param behind what is sent before it */
export function statusOfItem(
  ctx: Ctx,
  item: OutboxItem,
  behind: OutboxItem | undefined,
  now: number,
  late: Late,
): Status | undefined {
  const { t, client } = ctx;
  const { state, error, createdAt } = item;
  const line = client?.state;
  const againAt = error?.code === 'RATE_LIMITED' ? item.retryAt : line && 'retryAt' in line ? line.retryAt : undefined;
  const trouble = state === 'failed' || againAt !== undefined ? late.get('trouble') : undefined;
  if (trouble) {
    return state === 'failed'
      ? trouble.statusOfFailed(ctx, item, late)
      : trouble.statusOfLimited(ctx, againAt ?? now, now);
  }
  // Its files say how far they are.
  if (now - createdAt < QUICK_MS || item.progress !== undefined) return undefined;
  return { icon: clock, text: t(behind?.progress !== undefined ? 'after' : 'queued') };
}

export function statusOfMessage(
  { t, times, client }: Ctx,
  conversation: Conversation | undefined,
  message: Message,
): Status {
  const edited = message.editedAt ? `${t('edited')}, ` : '';
  const seen = (at: string | null | undefined): Status => ({
    icon: checks,
    look: 'seen',
    text: edited + (at ? t('readAt', { at: times.time(new Date(at)) }) : t('read')),
  });
  if (conversation?.kind === 'support' && (conversation.teamReadSeq ?? 0) >= message.seq)
    return seen(conversation.teamReadAt);
  if (conversation?.kind === 'direct') {
    const other = conversation.participants.find(({ user }) => user.id !== message.author?.id);
    if (other && other.readSeq >= message.seq) return seen(client?.conversations.readAt(message) ?? other.readAt);
    if (other && other.deliveredSeq >= message.seq) return { icon: checks, text: edited + t('delivered') };
  }
  return { icon: check, text: edited + t('sent') };
}
