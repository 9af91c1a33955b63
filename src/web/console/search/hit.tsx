/** A message that was found. */
import { useEffect, useRef } from 'preact/hooks';
import type { SearchHit } from '../../../protocol/http-search.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Marked } from '../parts/marked.tsx';
import { now } from '../state/clock.ts';
import { client, inboxChange, me } from '../state/desk.ts';
import { personName, titleOf } from '../state/people.ts';
import { excerptOf, wantConversation } from '../state/search.ts';
import { listTime } from '../times.ts';
import { t } from '../words.ts';

/** Characters that two lines have room for. */
const EXCERPT = 110;

type HitProps = {
  hit: SearchHit;
  selected: boolean;
  /** Whether the tab key stops at it: one of them does. */
  reachable: boolean;
  open(id: string): void;
};

export function Hit({ hit, selected, reachable, open }: HitProps) {
  const { message, conversation, marks } = hit;
  const item = useRef<HTMLLIElement>(null);
  void inboxChange.value;
  const held = client().conversations.get(conversation.id);
  useEffect(() => wantConversation(conversation.id), [conversation.id]);
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const { author, content, createdAt } = message;
  const name = held ? titleOf(held) : (conversation.subject ?? personName(author));
  const isOwners = held?.participants.some(({ user }) => user.id === author?.id) && conversation.kind === 'support';
  const isNote = message.conversationId !== conversation.id;
  const excerpt = excerptOf(content ?? '', marks, EXCERPT);
  return (
    <li class={`row hit${selected ? ' selected' : ''}`} ref={item}>
      <button
        type="button"
        class="row-button"
        data-id={message.id}
        aria-current={selected ? 'true' : undefined}
        tabIndex={reachable ? 0 : -1}
        onClick={() => open(message.id)}
      >
        <Avatar person={author} size={36} />
        <span class="row-top">
          <span class="row-name">
            <bdi>{name}</bdi>
          </span>
          <time class="row-time" dateTime={createdAt}>
            {listTime(createdAt, now.value)}
          </time>
        </span>
        <span class="hit-text">
          {isNote ? (
            <span class="hit-note">
              <Icon name="lock" size={14} /> <span class="sr-only">{t('note')}</span>
            </span>
          ) : null}
          {isOwners ? null : <b>{author?.id === me.value.id ? t('oneself') : personName(author)}: </b>}
          <bdi>
            <Marked text={excerpt.label} marks={excerpt.marks} />
          </bdi>
        </span>
      </button>
    </li>
  );
}
