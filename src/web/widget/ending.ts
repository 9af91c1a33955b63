/** What a conversation asks at its end, and what stands above the composer meanwhile. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Instead, PanelParts } from './parts.ts';

/** A rating when it is closed, an address while nobody is there: once each. */
export function askAtEnd(parts: PanelParts, cards: Map<string, HTMLElement>, current: Conversation): void {
  const { ctx, late } = parts;
  const { status, kind, assignee } = current;
  if (kind !== 'support') return;
  if (status === 'closed') {
    if (!cards.has('rating')) late.get('cards')?.ratingCard(parts, current);
    return;
  }
  cards.delete('rating');
  if (!ctx.open && assignee?.role !== 'bot' && !ctx.client?.user?.email && !cards.has('away')) {
    late.get('cards')?.awayCard(parts);
  }
}

/** What is being edited, else a way to stop the bot that is answering. */
export function drawStrip(
  { ctx, late }: PanelParts,
  strip: HTMLElement,
  instead: Instead | undefined,
  streaming: Message | undefined,
): void {
  const bot = !instead && streaming ? late.get('bot') : undefined;
  const now = instead ? 'instead' : bot && streaming ? streaming.id : '';
  if (strip.dataset.now === now && (!instead || strip.firstChild === instead.strip)) return;
  strip.dataset.now = now;
  strip.hidden = now === '';
  const node = instead ? instead.strip : bot && streaming && bot.stopButton(ctx, streaming);
  strip.replaceChildren(...(node ? [node] : []));
}
