/** A message that the server has not acknowledged: tinted until it has, with its reason when it failed. */

import { ParleyError } from '../../sdk/errors.ts';
import type { OutboxItem } from '../../sdk/outbox-item.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';
import { reasonOf } from '../state/actions.ts';
import { client, me } from '../state/desk.ts';
import { t } from '../words.ts';

export function Unsent({ item, note }: { item: OutboxItem; note: boolean }) {
  const { id, draft, state, error, progress } = item;
  const { outbox } = client();
  const why = error ? reasonOf(new ParleyError(error.code, error.message)) : '';
  return (
    <article class={note ? 'note unsent' : 'group ours unsent'}>
      <div class="group-body">
        <div class="bubbles">
          <div class="message">
            <div class={note ? '' : 'bubble'}>
              <Text text={draft.content ?? t('aFile')} />
            </div>
          </div>
        </div>
        {note ? null : <Avatar person={me.value} size={28} />}
      </div>
      {state === 'failed' ? (
        <p class="receipt failed" role="alert">
          {t('notSent', { why })}{' '}
          <button type="button" class="link" onClick={() => outbox.retry(id)}>
            {t('retry')}
          </button>{' '}
          <button type="button" class="link" onClick={() => outbox.discard(id)}>
            {t('throwAway')}
          </button>
        </p>
      ) : (
        <p class="receipt">
          <Icon name="clock" size={14} />
          {progress !== undefined ? t('sendingPart', { count: Math.round(progress * 100) }) : t('onItsWay')}
        </p>
      )}
    </article>
  );
}
