import { isEmojiAlone } from '../ui/emoji-alone.ts';
import { firstName } from '../ui/person.ts';
import { avatar } from './avatar.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { icon } from './icon.ts';
import type { Late } from './late.ts';
import type { MessageRow } from './rows.ts';
import type { Status } from './status.ts';

/** What can be done with a message on its way. */
export type Handling = {
  readonly late: Late;
  files(itemId: string): readonly File[];
  act(action: 'retry' | 'another' | 'discard', itemId: string): void;
};

/** What may be an address. */
const ADDRESS = /www\.|:\/\/|@/i;

/** The part that this text needs: a bot's has marks, another's may have addresses. */
export const partOf = (content: string, ai: boolean) => (ai ? 'bot' : ADDRESS.test(content) ? 'links' : undefined);

/** Text as it is shown in a bubble: with marks and links once the part that makes them is there. */
export function fillText(element: HTMLElement, content: string, ai: boolean, late: Late): void {
  const part = partOf(content, ai);
  element.replaceChildren(...((part && late.get(part)?.textNodes(content)) ?? [content]));
}

function statusNode({ icon: path, text, look, actions = [] }: Status): HTMLElement {
  return h(
    'div',
    { class: `state ${look ?? ''}`, role: look === 'bad' && 'alert' },
    icon(path, 14),
    h('bdi', {}, text),
    ...actions,
  );
}

/** The files of a message; until the part that shows them is there, their names. */
function fileNodes(ctx: Ctx, { message, item }: MessageRow, { late, files, act }: Handling): HTMLElement[] {
  const part = late.get('files');
  if (part && item) return part.waitingNodes(ctx, item, files(item.id), () => act('discard', item.id));
  const { attachments = [] } = message ?? {};
  return part?.attachmentNodes(ctx, attachments) ?? attachments.map(({ name }) => h('div', { class: 'bubble' }, name));
}

/** Whether it has files, stored or on their way. */
export function hasFiles({ message, item }: MessageRow, files: Handling['files']): boolean {
  return !!(message ? message.attachments.length : item && (item.progress !== undefined || files(item.id).length));
}

/** One message: an article with its author, time and state in words. */
export function messageNode(ctx: Ctx, row: MessageRow, status: Status | undefined, handling: Handling): HTMLElement {
  const { t, times, boot } = ctx;
  const { late } = handling;
  const { message, item, own, at, joined, last, key } = row;
  const author = message?.author ?? null;
  const content = (message ? message.content : item?.draft.content) ?? '';
  const gone = message !== undefined && message.deletedAt !== null;
  const { state, ai = false } = message ?? {};
  const streaming = state === 'streaming';
  const time = times.time(at);
  const name = own ? t('you') : (author?.name ?? t('team'));

  const bubbles = h('div', { class: 'bubbles' });
  if (gone) bubbles.append(h('div', { class: 'bubble gone' }, t(own ? 'deletedOwn' : 'deleted')));
  else {
    if (hasFiles(row, handling.files)) bubbles.append(...fileNodes(ctx, row, handling));
    if (content || streaming) {
      const text = h('div', { class: 'text', dir: 'auto' });
      fillText(text, content, ai, late);
      bubbles.append(h('div', { class: `bubble ${!ai && isEmojiAlone(content) ? 'large' : ''}` }, text));
    }
  }
  bubbles.append(h('time', { class: 'at', datetime: at.toISOString() }, time));
  const looks = { own, joined, waiting: item !== undefined, streaming };
  const made = h(
    'article',
    {
      class: `m ${Object.entries(looks)
        .flatMap(([look, on]) => (on ? look : []))
        .join(' ')}`,
      'aria-label': [name, time, status?.text].filter(Boolean).join(', '),
      tabindex: -1,
      'data-id': key,
    },
    !own &&
      !joined &&
      h(
        'div',
        { class: 'who', 'aria-hidden': true },
        h('bdi', {}, ai ? name : firstName(name)),
        author?.title && h('small', { dir: 'auto' }, author.title),
        ai && h('span', { class: 'tag' }, t('ai')),
      ),
    !own && last && avatar(boot.url, { ...(author ?? {}), name }, 30),
    h('div', { class: 'line' }, bubbles),
  );
  if (ai) made.append(late.get('bot')?.endedNode(ctx, state) ?? '');
  if (status && !gone) made.append(statusNode(status));
  return made;
}
