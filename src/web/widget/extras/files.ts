/** Attachments: pictures with their room kept before they load, all else as cards; files on their way, and dragged. */
import type { Attachment } from '../../../protocol/attachment.ts';
import type { OutboxItem } from '../../sdk/outbox-item.ts';
import { bytesText } from '../../ui/bytes.ts';
import { attach, file as fileIcon } from '../../ui/icon-paths.ts';
import type { Key } from '../../ui/words/in-widget/more.ts';
import type { Ctx, Kit } from '../context.ts';
import type { PanelParts } from '../parts.ts';

const WIDTH = 232;
const HIGHEST = 300;
const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif)$/;

function card({ h, icon }: Kit, name: string, detail: string, link?: Record<string, unknown>): HTMLElement {
  const inside = [
    h('span', { class: 'sheet' }, icon(fileIcon)),
    h('span', {}, h('b', { dir: 'auto' }, name), h('small', {}, h('bdi', {}, detail))),
  ];
  return link === undefined
    ? h('span', { class: 'file' }, ...inside)
    : h('a', { class: 'file', ...link, download: name }, ...inside);
}

export function attachmentNodes(ctx: Ctx, attachments: readonly Attachment[]): HTMLElement[] {
  const { t, language, kit } = ctx;
  const { h } = kit;
  return attachments.map((attachment) => {
    const { name, type, size, width, height, url } = attachment;
    const address = () => ctx.client?.attachmentUrl(attachment) ?? '';
    const href = address();
    // The ticket in it is another after a while: who goes there goes by the present one.
    const renew = ({ currentTarget: link }: Event) => {
      (link as HTMLAnchorElement).href = address();
    };
    const link = { href, target: '_blank', rel: 'noopener noreferrer', onpointerdown: renew, onfocus: renew };
    if (url !== undefined || !PICTURE.test(type))
      return card(kit, name, url ? new URL(url).host : bytesText(language, size), link);
    const image = h('img', {
      src: href,
      alt: name || t('image'),
      width: WIDTH,
      loading: 'lazy',
      decoding: 'async',
      onerror() {
        const now = address();
        if (image.src !== now) image.src = now;
      },
    });
    if (width && height) image.height = Math.min(HIGHEST, Math.round((WIDTH * height) / width));
    return h('a', { class: 'picture', ...link }, image);
  });
}

/** The files of a message that is not sent yet, with how far they are. `given` are those of this page's memory. */
export function waitingNodes(
  { t, kit }: Ctx,
  item: OutboxItem,
  given: readonly File[],
  cancel: () => void,
): HTMLElement[] {
  const { h } = kit;
  const nodes = given.map((file) => {
    if (!PICTURE.test(file.type)) return card(kit, file.name, '');
    const address = URL.createObjectURL(file);
    const image = h('img', { src: address, alt: file.name, width: WIDTH, onload: () => URL.revokeObjectURL(address) });
    return h('span', { class: 'picture' }, image);
  });
  if (item.progress !== undefined && item.state === 'sending') {
    const percent = new Intl.NumberFormat(undefined, { style: 'percent' }).format(item.progress);
    const bar = h('progress', { max: 1, value: item.progress, 'aria-label': t('sending', { percent }) });
    nodes.push(
      h(
        'span',
        { class: 'progress' },
        h('span', {}, t('sending', { percent })),
        h('button', { type: 'button', onclick: cancel }, t('cancel')),
        bar,
      ),
    );
  }
  return nodes;
}

const REASONS: Record<string, Key> = {
  TOO_LARGE: 'failedLarge',
  UNSUPPORTED_TYPE: 'failedType',
  ATTACHMENT_GONE: 'failedGone',
};

/** Why a file was not taken; undefined: for another reason than the file's. */
export function fileFailure({ t, language, client }: Ctx, code: string): string | undefined {
  const key = REASONS[code];
  return key && t(key, { size: bytesText(language, client?.limits?.maxFile ?? 0) });
}

/** What is held over something is told again within 550 ms; after so long it was carried away, ms. */
const CARRIED_AWAY_MS = 700;
let carriedAway: ReturnType<typeof setTimeout> | undefined;

/** Tells where a file goes that is held over the panel: until it is dropped, which the panel takes, or carried away. */
export function showDrop({ ctx, root }: PanelParts): void {
  const { t, kit } = ctx;
  const { h, icon } = kit;
  const end = () => root.querySelector('.drop')?.remove();
  if (!root.querySelector('.drop')) {
    const words = h('p', {}, icon(attach, 28), t('drop'));
    root.append(h('div', { class: 'drop', 'aria-hidden': true, ondrop: end }, words));
  }
  clearTimeout(carriedAway);
  carriedAway = setTimeout(end, CARRIED_AWAY_MS);
}
