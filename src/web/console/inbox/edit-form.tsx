/** A message of one's own while it is being changed, in its place. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../protocol/message.ts';
import { reasonOf } from '../state/actions.ts';
import { client } from '../state/desk.ts';
import { editing } from '../state/editing.ts';
import { t } from '../words.ts';

export function EditForm({ message }: { message: Message }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [reason, setReason] = useState('');
  useLayoutEffect(() => field.current?.focus(), []);
  const end = () => {
    editing.value = null;
  };
  const save = async () => {
    const text = field.current?.value.trim() ?? '';
    if (!text) return;
    try {
      if (text !== message.content) await client().edit(message.conversationId, message.id, text);
      end();
    } catch (error) {
      setReason(reasonOf(error));
    }
  };
  return (
    <form
      class="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        dir="auto"
        rows={3}
        aria-label={t('edit')}
        defaultValue={message.content ?? ''}
        onKeyDown={(event) => {
          if (event.key === 'Escape') end();
          else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {reason ? (
        <p class="form-error" role="alert">
          {reason}
        </p>
      ) : null}
      <span class="form-buttons">
        <button type="button" class="button" onClick={end}>
          {t('cancel')}
        </button>
        <button type="submit" class="button primary">
          {t('save')}
        </button>
      </span>
    </form>
  );
}
