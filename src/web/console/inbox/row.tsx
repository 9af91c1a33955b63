/** A conversation in the list. */

import type { Conversation } from '../../../protocol/conversation.ts';
import { firstName } from '../../ui/person.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { memo } from '../parts/memo.ts';
import { claim } from '../state/actions.ts';
import { toggleChosen } from '../state/chosen.ts';
import { now } from '../state/clock.ts';
import { me } from '../state/desk.ts';
import { draftOf } from '../state/drafts.ts';
import { customerOf, nameOfId, otherOf, teamById, titleOf } from '../state/people.ts';
import { listTime, untilTime, urgencyOf, waitTime } from '../times.ts';
import { t } from '../words.ts';

/** Tags beyond these are counted. */
const SHOWN_TAGS = 2;

type RowProps = {
  conversation: Conversation;
  top: number;
  place: number;
  total: number;
  selected: boolean;
  /** Whether the tab key stops at it: one row of a list does. */
  reachable: boolean;
  /** Whether it is one of several that are chosen. */
  isChosen: boolean;
  open(id: string): void;
};

function RowView({ conversation, top, place, total, selected, reachable, isChosen, open }: RowProps) {
  const { id, kind, my, status, assignee, team } = conversation;
  const unread = my?.unread ?? 0;
  const isSupport = kind === 'support';
  const tags = team?.tags ?? [];
  const mayClaim = isSupport && status === 'open' && !assignee;
  const person = isSupport ? customerOf(conversation) : kind === 'direct' ? otherOf(conversation) : undefined;
  return (
    <li
      class={`row${selected ? ' selected' : ''}${unread > 0 ? ' unread' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-posinset={place}
      aria-setsize={total}
    >
      <button
        type="button"
        aria-current={selected ? 'true' : undefined}
        data-id={id}
        tabIndex={reachable ? 0 : -1}
        class="row-button"
        onClick={() => open(id)}
      >
        {kind === 'room' ? <RoomAvatar /> : <Avatar person={person} size={36} />}
        <span class="row-top">
          <span class="row-name">
            <bdi>{titleOf(conversation)}</bdi>
          </span>
          <RowTime conversation={conversation} />
        </span>
        <span class="row-middle">
          <span class="row-preview">
            <Preview conversation={conversation} />
          </span>
          {unread > 0 ? (
            <span class="badge">
              <span class="sr-only">{t('unreadCount', { count: unread })}</span>
              <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
            </span>
          ) : null}
        </span>
        <span class="row-bottom">
          {tags.slice(0, SHOWN_TAGS).map((tag) => (
            <span key={tag} class="tag">
              {tag}
            </span>
          ))}
          {tags.length > SHOWN_TAGS ? <span class="tag">+{tags.length - SHOWN_TAGS}</span> : null}
          {isSupport && status === 'open' ? (
            <span class="row-assignee" title={assignee?.name ?? t('nobodyYet')}>
              <Avatar person={assignee ?? null} size={20} />
              <span class="sr-only">{assignee?.name ?? t('nobodyYet')}</span>
            </span>
          ) : null}
        </span>
      </button>
      {isSupport ? (
        <label class="row-check">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isChosen}
            aria-label={t('chooseIt', { name: titleOf(conversation) })}
            onChange={() => toggleChosen(id)}
          />
        </label>
      ) : null}
      {mayClaim ? (
        <button type="button" class="button small row-claim" tabIndex={-1} onClick={() => void claim(id)}>
          {t('claim')}
        </button>
      ) : null}
    </li>
  );
}

export const Row = memo(RowView);

function RoomAvatar() {
  return (
    <span class="avatar avatar-unknown" style={{ width: 36, height: 36 }} aria-hidden="true">
      <Icon name="users" />
    </span>
  );
}

/** How long the customer waits, or when the last message was. */
function RowTime({ conversation }: { conversation: Conversation }) {
  const { waiting, last, createdAt, team } = conversation;
  if (team?.snoozedUntil) {
    return (
      <span class="row-time">
        <Icon name="snooze" size={14} /> {untilTime(team.snoozedUntil, now.value)}
      </span>
    );
  }
  if (waiting) {
    const ms = now.value - waiting / 1000;
    const urgency = urgencyOf(ms);
    return (
      <span class={`row-time wait-${urgency}`}>
        {urgency === 'fine' ? null : <Icon name="clock" size={14} />}
        <span class="sr-only">{t('waits')} </span>
        {waitTime(ms)}
      </span>
    );
  }
  return <span class="row-time">{listTime(last?.at ?? createdAt, now.value)}</span>;
}

function Preview({ conversation }: { conversation: Conversation }) {
  const { last, id, assignee, participants } = conversation;
  const draft = draftOf(id, 'reply').value;
  if (draft) {
    return (
      <>
        <span class="row-draft">{t('draft')}</span> {draft}
      </>
    );
  }
  if (!last) return <>{t('noMessages')}</>;
  const text = last.text || t(last.kind === 'file' ? 'aFile' : 'noText');
  const author = authorOf(last.authorId, assignee?.id === last.authorId ? assignee?.name : undefined, participants);
  return (
    <>
      {author ? <span>{author}: </span> : null}
      <bdi>{text}</bdi>
    </>
  );
}

/** Whose words they are; nothing for the one whom the row is about. */
function authorOf(
  authorId: string | null,
  assignee: string | null | undefined,
  participants: Conversation['participants'],
): string | undefined {
  if (!authorId) return undefined;
  if (authorId === me.value.id) return t('oneself');
  if (participants.some(({ user }) => user.id === authorId)) return undefined;
  const name = assignee ?? nameOfId(authorId);
  if (!name || teamById.value.get(authorId)?.role === 'bot') return name ?? undefined;
  return firstName(name);
}
