/** The files of a message: pictures as such, all others as a card. */
import type { Attachment } from '../../../protocol/attachment.ts';
import { client } from '../state/desk.ts';
import { fileSize } from '../times.ts';
import { Icon } from './icon.tsx';

const WIDTH = 232;
const MOST_HEIGHT = 300;

export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <div class="attachments">
      {attachments.map((attachment) =>
        attachment.type.startsWith('image/') && attachment.width && attachment.height ? (
          <Picture key={attachment.id} attachment={attachment} />
        ) : (
          <File key={attachment.id} attachment={attachment} />
        ),
      )}
    </div>
  );
}

/** Its room is kept before it loads. */
function Picture({ attachment }: { attachment: Attachment }) {
  const { name, width = 1, height = 1 } = attachment;
  const address = client().attachmentUrl(attachment);
  const shown = Math.min(MOST_HEIGHT, Math.round((height / width) * WIDTH));
  return (
    <a class="picture" href={address} target="_blank" rel="noopener noreferrer">
      <img src={address} alt={name} width={WIDTH} height={shown} loading="lazy" />
    </a>
  );
}

function File({ attachment }: { attachment: Attachment }) {
  const { name, size, url } = attachment;
  return (
    <a class="file" href={client().attachmentUrl(attachment)} target="_blank" rel="noopener noreferrer">
      <Icon name={url ? 'link' : 'file'} />
      <span>
        <bdi>{name}</bdi>
        <small>{url ? new URL(url).host : fileSize(size)}</small>
      </span>
    </a>
  );
}
