/** Above a conversation: who it is, who looks at it too, who answers, and what one can do with it. */
import type { Conversation } from '../../../protocol/conversation.ts';
import { firstName } from '../../ui/person.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Keys } from '../parts/keys.tsx';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { assign, close, reopen, snooze } from '../state/actions.ts';
import { now } from '../state/clock.ts';
import { me, viewers } from '../state/desk.ts';
import { openers } from '../state/openers.ts';
import { overlay } from '../state/overlay.ts';
import { assignable, customerOf, otherOf, personName, titleOf } from '../state/people.ts';
import { goToConversation } from '../state/route.ts';
import { snoozeTimes } from '../state/snooze-times.ts';
import { urgencyOf, waitTime } from '../times.ts';
import { t } from '../words.ts';
import { moreOf } from './more.ts';

export function ConversationBar({ conversation }: { conversation: Conversation }) {
  const { id, kind, status, team } = conversation;
  const person = kind === 'support' ? customerOf(conversation) : otherOf(conversation);
  const tags = team?.tags ?? [];
  return (
    <header class="bar conversation-bar">
      <button
        type="button"
        class="icon-button only-narrow"
        aria-label={t('back')}
        onClick={() => goToConversation(undefined)}
      >
        <Icon name="back" />
      </button>
      <span class="only-narrow">
        <Avatar person={person} size={32} />
      </span>
      <div class="bar-title">
        <h1 id="conversation-title">
          <bdi>{titleOf(conversation)}</bdi>
        </h1>
        {tags.length > 0 ? <p class="only-narrow">{tags.join(', ')}</p> : null}
      </div>
      <Viewers conversation={conversation} />
      <span class="spacer" />
      {kind === 'support' && status === 'open' ? (
        <>
          {conversation.assignee ? <Assignee conversation={conversation} /> : <Waits conversation={conversation} />}
          <span class="only-wide">
            <Menu
              label={t('snooze')}
              class="icon-button"
              align="end"
              items={() => snoozeItems(conversation)}
              opener={openers.snooze}
            >
              <Icon name="snooze" />
            </Menu>
          </span>
        </>
      ) : null}
      {kind === 'room' ? null : (
        <button
          type="button"
          class="icon-button details-button"
          aria-label={t('details')}
          aria-expanded={overlay.value?.name === 'details'}
          onClick={() => {
            overlay.value = overlay.value?.name === 'details' ? null : { name: 'details' };
          }}
        >
          <Icon name="user" />
        </button>
      )}
      <Menu label={t('menu')} class="icon-button" align="end" items={() => moreOf(conversation)}>
        <Icon name="more" />
      </Menu>
      {kind === 'support' ? (
        <button
          type="button"
          class="button close-button"
          data-id={id}
          onClick={() => void (status === 'open' ? close(conversation) : reopen(conversation))}
        >
          <Icon name={status === 'open' ? 'done' : 'retry'} size={18} />
          <span class="wide-word">{t(status === 'open' ? 'toClose' : 'reopen')}</span>
          <span class="only-wide">{status === 'open' ? <Keys keys="E" /> : null}</span>
        </button>
      ) : null}
    </header>
  );
}

function Viewers({ conversation }: { conversation: Conversation }) {
  const others = viewers(conversation.id).value.filter(({ role }) => role !== 'user');
  const first = others[0];
  if (!first || conversation.kind !== 'support') return null;
  const name = firstName(personName(first));
  return (
    <span class="viewers" role="status">
      <Avatar person={first} size={20} />
      {others.length === 1 ? t('isLooking', { name }) : t('areLooking', { name, count: others.length - 1 })}
    </span>
  );
}

function Waits({ conversation: { waiting } }: { conversation: Conversation }) {
  if (!waiting) return null;
  const ms = now.value - waiting / 1000;
  return (
    <span class={`waits wait-${urgencyOf(ms)}`}>
      <Icon name="clock" size={16} /> {t('waitsFor', { time: waitTime(ms) })}
    </span>
  );
}

function Assignee({ conversation }: { conversation: Conversation }) {
  const { assignee } = conversation;
  return (
    <Menu
      class="button quiet assignee"
      align="end"
      title={t('answeredBy')}
      opener={openers.assign}
      items={() => assigneeItems(conversation)}
    >
      <Avatar person={assignee} size={20} />
      <span class="sr-only">
        {t('answeredBy')}: {personName(assignee)}
      </span>
      <span class="only-wide" aria-hidden="true">
        {firstName(personName(assignee))}
      </span>
      <Icon name="down" size={16} />
    </Menu>
  );
}

/** Oneself first, then the team, then nobody. */
function assigneeItems(conversation: Conversation): MenuItem[] {
  const others = assignable.value.filter(({ id }) => id !== me.value.id);
  const to = (id: string | null) => ({
    chosen: (conversation.assignee?.id ?? null) === id,
    run: () => assign(conversation, id),
  });
  return [
    { label: t('me'), person: me.value, ...to(me.value.id) },
    ...others.map((one) => ({ label: personName(one), person: one, ...to(one.id) })),
    'line',
    { label: t('backToQueue'), icon: 'queue', ...to(null) },
  ];
}

function snoozeItems(conversation: Conversation): MenuItem[] {
  const times = snoozeTimes(now.peek()).map(({ label, hint, at }) => ({
    label,
    hint,
    run: () => snooze(conversation, at),
  }));
  const wake: MenuItem[] = conversation.team?.snoozedUntil
    ? ['line', { label: t('wakeNow'), icon: 'bell', run: () => snooze(conversation, null) }]
    : [];
  return [...times, ...wake];
}
