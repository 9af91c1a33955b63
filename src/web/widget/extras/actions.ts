/** Editing and deleting a message of one's own. */
import type { Message } from '../../../protocol/message.ts';
import { pen, trash } from '../../ui/icon-paths.ts';
import { icon } from '../../ui/svg.ts';
import { h } from '../h.ts';
import type { PanelParts } from '../parts.ts';

export function addActions(parts: PanelParts, row: HTMLElement, message: Message): void {
  const { t, client } = parts.ctx;
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
