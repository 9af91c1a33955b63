/** The messages of a conversation. What is being read never moves; at the end one stays at the end. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import { Icon } from '../parts/icon.tsx';
import { now } from '../state/clock.ts';
import { client, threadChange, ticketChange } from '../state/desk.ts';
import { itemsOf } from '../state/items.ts';
import { leavePiece, pieceOf, sought } from '../state/piece.ts';
import { hasOlder, loadNewer, loadOlder, messagesOf, saw } from '../state/thread.ts';
import { dayName } from '../times.ts';
import { t } from '../words.ts';
import { useKeptPlace } from './kept-place.ts';
import { EventLine, Group, Note } from './message.tsx';
import { Unsent } from './unsent.tsx';

type ThreadProps = { conversation: Conversation; ready: boolean; unreadAfter: number | undefined };

export function Thread({ conversation, ready, unreadAfter }: ThreadProps) {
  const { id, team } = conversation;
  const change = threadChange(id).value + (team ? threadChange(team.id).value : 0);
  const messages = useMemo(() => messagesOf(conversation), [id, change, ready, team?.id]);
  const items = useMemo(() => itemsOf(messages, unreadAfter), [messages, unreadAfter]);
  const unsent = client()
    .outbox.list()
    .filter(({ target }) => 'conversationId' in target && [id, team?.id].includes(target.conversationId));
  void ticketChange.value;

  const box = useRef<HTMLDivElement>(null);
  const newest = messages.at(-1)?.id;
  const [arrived, setArrived] = useState(0);
  const { pinned, far, toEnd } = useKeptPlace({
    box,
    ready,
    change: `${change} ${unsent.length} ${items.length}`,
    sought: sought.value,
    whole: !pieceOf(id)?.hasNewer(),
    top: () => {
      if (hasOlder(id)) void loadOlder(id);
    },
    bottom: () => void loadNewer(id),
    looked: () => saw(conversation, lastVisible(box.current)),
  });

  const before = useRef(newest);
  useLayoutEffect(() => {
    if (before.current !== undefined && before.current !== newest && !pinned) setArrived((n) => n + 1);
    before.current = newest;
  }, [newest]);
  useLayoutEffect(() => {
    if (pinned) setArrived(0);
  }, [pinned]);

  const lastOwn = ownLast(conversation, items);
  return (
    <div class="thread-hold">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keys reach it */}
      <div class="thread" id="thread" ref={box} role="log" aria-live="off" tabIndex={0} aria-label={t('messages')}>
        <div class="thread-inner">
          {ready && hasOlder(id) ? <p class="event">{t('loadingOlder')}</p> : null}
          {items.map((item) => {
            if (item.kind === 'day') return <Day key={item.key}>{dayName(item.at, now.value)}</Day>;
            if (item.kind === 'unread') return <UnreadLine key={item.key} />;
            if (item.kind === 'note') return <Note key={item.key} message={item.message} />;
            if (item.kind === 'event')
              return <EventLine key={item.key} message={item.message} conversation={conversation} />;
            return <Group key={item.key} group={item} conversation={conversation} lastOwn={lastOwn} />;
          })}
          {unsent.map((item) => (
            <Unsent
              key={item.id}
              item={item}
              note={'conversationId' in item.target && item.target.conversationId === team?.id}
            />
          ))}
        </div>
      </div>
      {!pinned && (arrived > 0 || far) ? (
        <button
          type="button"
          class={`pill thread-pill${arrived > 0 ? '' : ' bare'}`}
          onClick={() => {
            leavePiece(id);
            toEnd();
          }}
          aria-label={arrived > 0 ? undefined : t('toEnd')}
        >
          {arrived > 0 ? t('newMessages', { count: arrived }) : <Icon name="down" />}
        </button>
      ) : null}
    </div>
  );
}

function Day({ children }: { children: ComponentChildren }) {
  return (
    <h2 class="day">
      <span>{children}</span>
    </h2>
  );
}

function UnreadLine() {
  return (
    <div class="unread-line" data-key="unread">
      <span>{t('new')}</span>
    </div>
  );
}

/** The last stored message of the team's side: under it stands whether it was read. */
function ownLast({ kind }: Conversation, items: ReturnType<typeof itemsOf>): string | undefined {
  if (kind === 'room') return undefined;
  for (let place = items.length - 1; place >= 0; place--) {
    const item = items[place];
    if (item?.kind !== 'group') continue;
    const message = item.messages.findLast(({ deletedAt }) => !deletedAt);
    if (message && isOurs(kind, message.author)) return message.id;
  }
  return undefined;
}

function isOurs(kind: Conversation['kind'], author: { id: string; role: string } | null): boolean {
  return kind === 'support' ? author?.role !== 'user' : author?.id === client().user?.id;
}

/** The seq of the lowest message of the customer's thread that is wholly in sight. */
function lastVisible(box: HTMLElement | null): number {
  if (!box) return 0;
  const { bottom } = box.getBoundingClientRect();
  const all = box.querySelectorAll<HTMLElement>('[data-seq]');
  for (let place = all.length - 1; place >= 0; place--) {
    const element = all[place] as HTMLElement;
    const rect = element.getBoundingClientRect();
    // One that is taller than the pane is seen when it fills half of it.
    const isTall = rect.height > box.clientHeight && rect.top < bottom - box.clientHeight / 2;
    if (rect.bottom <= bottom + 8 || isTall) return Number(element.dataset.seq);
  }
  return 0;
}
