/** Writing a message of one's own anew, in the composer. */
import type { Message } from '../../../protocol/message.ts';
import { h } from '../h.ts';
import type { PanelParts } from '../parts.ts';

export function edit(parts: PanelParts, message: Message): void {
  const { ctx, field, fill, card, instead } = parts;
  const { t, client } = ctx;

  function end(): void {
    instead(undefined);
    fill('');
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
      fill(text);
    }
  }

  const leave = h('button', { type: 'button', onclick: end }, t('leaveEdit'));
  const strip = h('div', { class: 'editing' }, h('span', {}, t('editing')), leave);
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
