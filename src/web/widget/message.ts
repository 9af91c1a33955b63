import { firstName } from '../ui/person.ts';
import { isEmojiAlone, markdown, plainText } from '../ui/rich-text.ts';
import { icon } from '../ui/svg.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { attachmentNodes, waitingNodes } from './files.ts';
import { h } from './h.ts';
import type { MessageRow } from './rows.ts';
import type { Status } from './status.ts';

/** What can be done with a message on its way. */
export type Handling = {
  files(itemId: string): readonly File[];
  act(action: 'retry' | 'another' | 'discard', itemId: string): void;
};

/** Text as it is shown in a bubble. */
export function fillText(element: HTMLElement, content: string, ai: boolean): void {
  element.replaceChildren(...(ai ? markdown(content) : plainText(content)));
}

function statusNode(
  { t }: Ctx,
  { icon: path, text, look, actions = [] }: Status,
  act: (action: never) => void,
): HTMLElement {
  const buttons = actions.map((action) =>
    h('button', { type: 'button', onclick: () => act(action as never) }, t(action)),
  );
  return h(
    'div',
    { class: `state ${look ?? ''}`, role: look === 'bad' && 'alert' },
    icon(path, 14),
    h('bdi', {}, text),
    ...buttons,
  );
}

/** One message: an article with its author, time and state in words. */
export function messageNode(ctx: Ctx, row: MessageRow, status: Status | undefined, handling: Handling): HTMLElement {
  const { t, times, boot } = ctx;
  const { message, item, own, at, joined, last, key } = row;
  const author = message?.author ?? null;
  const content = (message ? message.content : item?.draft.content) ?? '';
  const gone = message !== undefined && message.deletedAt !== null;
  const waiting = item !== undefined;
  const streaming = message?.state === 'streaming';
  const time = times.time(at);
  const name = own ? t('you') : (author?.name ?? t('team'));

  const bubbles = h('div', { class: 'bubbles' });
  if (gone) bubbles.append(h('div', { class: 'bubble gone' }, t(own ? 'deletedOwn' : 'deleted')));
  else {
    if (message) bubbles.append(...attachmentNodes(ctx, message.attachments));
    if (item)
      bubbles.append(...waitingNodes(ctx, item, handling.files(item.id), () => handling.act('discard', item.id)));
    if (content || streaming) {
      const text = h('div', { class: 'text', dir: 'auto' });
      fillText(text, content, message?.ai ?? false);
      const large = !message?.ai && isEmojiAlone(content);
      bubbles.append(h('div', { class: large ? 'bubble large' : 'bubble' }, text));
    }
  }
  bubbles.append(h('time', { class: 'at', datetime: at.toISOString(), title: times.full(at) }, time));
  const made = h(
    'article',
    {
      class: ['m', own && 'own', joined && 'joined', waiting && 'waiting', streaming && 'streaming']
        .filter(Boolean)
        .join(' '),
      'aria-label': [name, time, status?.text].filter(Boolean).join(', '),
      tabindex: -1,
      'data-id': key,
    },
    !own &&
      !joined &&
      h(
        'div',
        { class: 'who', 'aria-hidden': true },
        h('bdi', {}, author?.role === 'bot' ? name : firstName(name)),
        author?.title && h('small', { dir: 'auto' }, author.title),
        message?.ai && h('span', { class: 'tag' }, t('ai')),
      ),
    !own && last && avatar(boot.url, { ...(author ?? {}), name }, 30),
    h('div', { class: 'line' }, bubbles),
  );
  if (message?.state === 'interrupted' || message?.state === 'stopped') {
    made.append(h('div', { class: 'state' }, t(message.state === 'stopped' ? 'stopped' : 'broken')));
  }
  if (status && !gone) made.append(statusNode(ctx, status, (action) => handling.act(action, key)));
  return made;
}
