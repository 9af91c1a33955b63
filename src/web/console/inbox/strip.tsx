/** Stands above the editor and tells the one thing that matters most before one writes. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Person } from '../../../protocol/person.ts';
import { firstName } from '../../ui/person.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Keys } from '../parts/keys.tsx';
import { Undo } from '../parts/undo.tsx';
import { assign, reopen, snooze, tellNewer, troubleOf } from '../state/actions.ts';
import { now } from '../state/clock.ts';
import { client, line, me, typists } from '../state/desk.ts';
import { draftOf } from '../state/drafts.ts';
import { customerName, customerOf, personName } from '../state/people.ts';
import { saw } from '../state/thread.ts';
import { undo } from '../state/undo.ts';
import { untilTime } from '../times.ts';
import { t } from '../words.ts';

/** Somebody of the team who answers while one has a draft: told at once, not only when one sends. */
function useNewer(id: string): void {
  useEffect(
    () =>
      client().on('message', ({ conversationId, message, added }) => {
        const { author } = message;
        if (conversationId !== id || !added || !author || author.id === me.value.id) return;
        if (author.role === 'user' || draftOf(id, 'reply').peek() === '') return;
        tellNewer(id, author, message.seq);
      }),
    [id],
  );
}

export function Strip({ conversation }: { conversation: Conversation }) {
  const { id, kind, assignee, team, status } = conversation;
  useNewer(id);
  const trouble = troubleOf(id).value;
  const others = typists(id).value;
  const colleague = others.find(({ user }) => user.role !== 'user' && user.role !== 'bot')?.user;
  const writing = others.find(({ user }) => user.id === customerOf(conversation)?.id);
  const undone = undo.value?.id === id ? undo.value : null;

  if (trouble) {
    const { kind: what, text, person, seq } = trouble;
    const clear = () => {
      troubleOf(id).value = null;
    };
    const see = () => {
      saw(conversation, seq ?? conversation.seq);
      const box = document.getElementById('thread');
      if (box) box.scrollTop = box.scrollHeight;
      clear();
    };
    return (
      <Bar tone={what === 'failed' ? 'red' : 'amber'} person={person} alert>
        <span>{text}</span>
        <button type="button" class="button small" onClick={what === 'newer' ? see : clear}>
          {t(what === 'newer' ? 'seeIt' : 'understood')}
        </button>
      </Bar>
    );
  }
  const typing = writing ? (
    <p class="typing" role="status">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {writing.text ? <bdi>{writing.text}</bdi> : t('typing', { name: customerName(conversation) })}
    </p>
  ) : null;
  if (undone && undone.text !== 'closed' && undone.text !== 'snoozed') {
    return (
      <>
        {typing}
        <Bar icon="check">
          <span>{undone.text}</span>
          <Undo />
        </Bar>
      </>
    );
  }
  if (line.value.name === 'offline' || line.value.name === 'reconnecting') {
    return (
      <Bar tone="amber" icon="offline">
        <span>
          <b>{t(line.value.name === 'offline' ? 'offlineNow' : 'reconnecting')}</b> {t('repliesWait')}
        </span>
      </Bar>
    );
  }
  if (colleague) {
    return (
      <Bar person={colleague}>
        <span>
          <b>{firstName(personName(colleague))}</b> {t(kind === 'support' ? 'isWritingReply' : 'isWriting')}
        </span>
      </Bar>
    );
  }
  if (assignee?.role === 'bot' && status === 'open') {
    return (
      <Bar person={assignee}>
        <span>
          <b>{personName(assignee)}</b> {t('isAnswering', { name: customerName(conversation) })}
        </span>
        <button type="button" class="button primary small" onClick={() => void assign(conversation, me.value.id)}>
          {t('takeOver')} <Keys keys="C" />
        </button>
      </Bar>
    );
  }
  if (team?.snoozedUntil) {
    return (
      <Bar icon="snooze">
        <span>{t('snoozedUntil', { until: untilTime(team.snoozedUntil, now.value) })}</span>
        {undone ? <Undo /> : null}
        <button type="button" class="button small" onClick={() => void snooze(conversation, null)}>
          {t('wakeNow')}
        </button>
      </Bar>
    );
  }
  if (kind === 'support' && status === 'closed') {
    return (
      <Bar icon="done">
        <span>
          <b>{t('closedState')}</b> {t('canStillWrite', { name: customerName(conversation) })}
        </span>
        {undone ? (
          <Undo />
        ) : (
          <button type="button" class="button small" onClick={() => void reopen(conversation)}>
            {t('reopen')}
          </button>
        )}
      </Bar>
    );
  }
  return typing;
}

type BarProps = {
  tone?: 'amber' | 'red';
  icon?: 'offline' | 'snooze' | 'done' | 'check';
  person?: Person | undefined;
  alert?: boolean;
  children: ComponentChildren;
};

function Bar({ tone, icon, person, alert, children }: BarProps) {
  return (
    <div class={`strip${tone ? ` ${tone}` : ''}`} role={alert ? 'alert' : 'status'}>
      {icon ? <Icon name={icon} size={18} /> : null}
      {person ? <Avatar person={person} size={28} /> : null}
      {children}
    </div>
  );
}
