import type { Message } from '../../protocol/message.ts';
import type { Instead, PanelParts } from './parts.ts';

/** Draws what stands above the composer: what is being edited, else a way to stop the bot that is answering. */
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
