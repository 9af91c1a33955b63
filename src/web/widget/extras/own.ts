/** What can be done with messages of one's own: editing them, in the composer, and deleting them. */
import type { Message } from '../../../protocol/message.ts';
import { pen, trash } from '../../ui/icon-paths.ts';
import type { Instead, PanelParts } from '../parts.ts';

/** Puts both beside a message. */
export function addActions(parts: PanelParts, row: HTMLElement, message: Message): void {
  const { t, client, kit } = parts.ctx;
  const { h, icon } = kit;
  if (!client || row.querySelector('.acts')) return;
  const late = Date.now() - Date.parse(message.createdAt) > (client.limits?.editWindowMs ?? 0);
  const current = () => client.conversations.message(message.conversationId, message.id) ?? message;
  const remove = async () => {
    try {
      await client.delete(message.conversationId, message.id);
      parts.announce(t('deletedOwn'));
      parts.focusRow(message.id);
    } catch {
      parts.announce(t('wrong'));
    }
  };
  const acts = h(
    'span',
    { class: 'acts' },
    !late &&
      message.kind === 'text' &&
      h(
        'button',
        { type: 'button', class: 'tool', 'aria-label': t('edit'), onclick: () => parts.edit(current()) },
        icon(pen, 18),
      ),
    h(
      'button',
      { type: 'button', class: 'tool', 'aria-label': t('delete'), onclick: () => void remove() },
      icon(trash, 18),
    ),
  );
  row.querySelector('.bubbles')?.after(acts);
}

/** What was being written before one began to change something. */
const drafts = new WeakMap<PanelParts, string>();

/** Begins to write it anew. */
export function edit(parts: PanelParts, message: Message): void {
  const { ctx, field, fill, card, instead } = parts;
  const { t, client, kit } = ctx;
  const { h } = kit;

  function end(): void {
    instead(undefined);
    fill(drafts.get(parts) ?? '');
    drafts.delete(parts);
  }

  async function submit(text: string): Promise<void> {
    end();
    if (text === message.content) return;
    try {
      await client?.edit(message.conversationId, message.id, text);
    } catch (error) {
      const { code } = error as { code?: string };
      card('problem', h('p', { class: 'problem', role: 'alert' }, t(code === 'EDIT_WINDOW' ? 'tooLate' : 'wrong')));
      // What was written is not lost.
      fill([text, field.value].filter(Boolean).join('\n'));
    }
  }

  const leave = h('button', { type: 'button', onclick: end }, t('leaveEdit'));
  const strip = h('div', { class: 'editing' }, h('span', {}, t('editing')), leave);
  if (!drafts.has(parts)) drafts.set(parts, field.value);
  instead({ strip, submit: (text) => void submit(text), end });
  fill(message.content ?? '');
  field.focus();
}

/** Arrow up in an empty composer: the newest message of one's own. */
export function editLast(parts: PanelParts): void {
  const { client } = parts.ctx;
  const { id } = parts.panel.conversation ?? {};
  const me = client?.user?.id;
  const last = id && client?.conversations.messages(id).findLast((one) => one.author?.id === me);
  if (last && !last.deletedAt && last.kind === 'text') edit(parts, last);
}

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
