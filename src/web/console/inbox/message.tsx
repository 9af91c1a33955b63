/** Messages as they are shown: grouped bubbles, notes for the team, lines that tell what happened. */
import { useState } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import { firstName } from '../../ui/person.ts';
import { Attachments } from '../parts/attachments.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { Text } from '../parts/text.tsx';
import { deleteMessage, isDeleted } from '../state/actions.ts';
import { client, me } from '../state/desk.ts';
import { editing } from '../state/editing.ts';
import type { Item } from '../state/items.ts';
import { personName, titleOf } from '../state/people.ts';
import { sought } from '../state/piece.ts';
import { clockTime, exactTime } from '../times.ts';
import { t } from '../words.ts';
import { EditForm } from './edit-form.tsx';
import { eventText } from './event-text.ts';

type GroupProps = {
  group: Extract<Item, { kind: 'group' }>;
  conversation: Conversation;
  /** The message under which stands whether it was read. */
  lastOwn: string | undefined;
};

export function Group({ group, conversation, lastOwn }: GroupProps) {
  const { author, messages } = group;
  const first = messages[0] as Message;
  const isOurs = conversation.kind === 'support' ? author?.role !== 'user' : author?.id === me.value.id;
  const isBot = author?.role === 'bot';
  const name = isOurs || conversation.kind !== 'support' ? personName(author) : titleOf(conversation);
  return (
    <div class={`group ${isOurs ? 'ours' : 'theirs'}${isBot ? ' bot' : ''}`}>
      <p class="group-head">
        <bdi>{isBot ? name : firstName(name)}</bdi>
        {isBot ? <span class="ai">AI</span> : null} <time dateTime={first.createdAt}>{clockTime(first.createdAt)}</time>
      </p>
      <div class="group-body">
        <div class="bubbles">
          {messages.map((message) => (
            <Bubble key={message.id} message={message} name={name} />
          ))}
        </div>
        <Avatar person={author} size={28} />
      </div>
      {lastOwn && messages.some(({ id }) => id === lastOwn) ? (
        <Receipt message={messages.find(({ id }) => id === lastOwn) as Message} conversation={conversation} />
      ) : null}
    </div>
  );
}

function Bubble({ message, name }: { message: Message; name: string }) {
  const { id, content, attachments, editedAt, state, createdAt, seq } = message;
  const gone = isDeleted(message);
  const isEditing = editing.value?.messageId === id;
  const pictures = attachments.length > 0 && !content;
  const label = t('messageBy', { name, time: clockTime(createdAt) });
  return (
    <article class={`message${sought.value === id ? ' found' : ''}`} data-key={id} data-seq={seq} aria-label={label}>
      {isEditing ? (
        <EditForm message={message} />
      ) : gone ? (
        <p class="bubble deleted">{t('deleted')}</p>
      ) : (
        <>
          <Attachments attachments={attachments} />
          {pictures && !state ? null : (
            <div class="bubble" title={exactTime(createdAt)}>
              <Text text={content ?? ''} byModel={message.ai} />
              {state === 'streaming' ? <span class="caret" aria-hidden="true" /> : null}
            </div>
          )}
          {editedAt ? <p class="message-foot">{t('edited')}</p> : null}
          {state === 'interrupted' || state === 'stopped' ? (
            <p class="message-foot">{t(state === 'stopped' ? 'stoppedState' : 'broken')}</p>
          ) : null}
        </>
      )}
      {gone || isEditing ? null : <MessageMenu message={message} />}
    </article>
  );
}

function MessageMenu({ message }: { message: Message }) {
  return (
    <span class="message-tools">
      <Menu label={t('messageMenu')} class="icon-button small" align="end" items={() => itemsFor(message)}>
        <Icon name="more" size={18} />
      </Menu>
    </span>
  );
}

function itemsFor(message: Message): MenuItem[] {
  const { conversationId, id, content, author, state, createdAt } = message;
  const isMine = author?.id === me.value.id;
  const window = client().limits?.editWindowMs ?? 0;
  const items: MenuItem[] = [];
  if (content) items.push({ label: t('copyText'), icon: 'copy', run: () => navigator.clipboard.writeText(content) });
  if (isMine && content && Date.now() - Date.parse(createdAt) < window) {
    items.push({
      label: t('edit'),
      icon: 'pen',
      run: () => {
        editing.value = { conversationId, messageId: id };
      },
    });
  }
  if (state === 'streaming') {
    items.push({
      label: t('stop'),
      icon: 'stop',
      run: () =>
        client()
          .stop(conversationId, id)
          .catch(() => {}),
    });
  }
  if (isMine || me.value.role === 'agent' || me.value.role === 'admin') {
    items.push({
      label: t('deleteForAll'),
      icon: 'trash',
      danger: true,
      run: () => deleteMessage(message),
    });
  }
  return items;
}

/** Whether the other has it. */
function Receipt({ message, conversation }: { message: Message; conversation: Conversation }) {
  const other = conversation.participants.find(({ user }) => user.id !== message.author?.id);
  if (!other) return null;
  const read = other.readSeq >= message.seq;
  const delivered = other.deliveredSeq >= message.seq;
  return (
    <p class={`receipt${read ? ' read' : ''}`}>
      <Icon name={read || delivered ? 'checks' : 'check'} size={14} />
      {read ? t('readAt', { at: other.readAt ? clockTime(other.readAt) : '' }) : t(delivered ? 'delivered' : 'sent')}
    </p>
  );
}

/** A note is not a bubble: as wide as the thread, with a lock. */
export function Note({ message }: { message: Message }) {
  const { author, content, attachments, createdAt, id } = message;
  const gone = isDeleted(message);
  const [hovered, setHovered] = useState(false);
  const isEditing = editing.value?.messageId === id;
  return (
    <article
      class={`note${sought.value === id ? ' found' : ''}`}
      data-key={id}
      aria-label={t('noteBy', { name: personName(author) })}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <Icon name="lock" size={18} />
      <div class="note-body">
        <p class="note-head">
          <bdi>{t('noteBy', { name: personName(author) })}</bdi>
          <time dateTime={createdAt} title={exactTime(createdAt)}>
            {clockTime(createdAt)}
          </time>
        </p>
        {isEditing ? (
          <EditForm message={message} />
        ) : gone ? (
          <p class="quiet">{t('deleted')}</p>
        ) : (
          <>
            <Text text={content ?? ''} />
            <Attachments attachments={attachments} />
          </>
        )}
      </div>
      {gone || isEditing || !hovered ? null : <MessageMenu message={message} />}
    </article>
  );
}

export function EventLine({ message, conversation }: { message: Message; conversation: Conversation }) {
  const text = eventText(message, conversation);
  if (!text) return null;
  const isSide = message.afterSeq !== undefined;
  return (
    <p class="event" data-key={message.id} {...(isSide ? {} : { 'data-seq': message.seq })}>
      {text}, <time dateTime={message.createdAt}>{clockTime(message.createdAt)}</time>
    </p>
  );
}
