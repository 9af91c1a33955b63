/** Whom one talks to besides customers: colleagues, others one has a direct conversation with, the rooms one is in. */
import { useEffect } from 'preact/hooks';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { colleagues, directWith, mayMakeRooms, otherDirects, rooms } from '../state/among-us.ts';
import { client, presence } from '../state/desk.ts';
import { openNewRoom } from '../state/overlay.ts';
import { otherOf, personName, titleOf } from '../state/people.ts';
import { route } from '../state/route.ts';
import { talkTo } from '../state/talk.ts';
import { t } from '../words.ts';
import { Entry, Section, Unread } from './side-entry.tsx';

export function AmongUs() {
  const shown = route.value.name === 'inbox' ? route.value.conversation : undefined;
  useEffect(() => {
    client()
      .conversations.load({ kind: 'room', limit: 50 })
      .then(() => client().conversations.load({ kind: 'direct', limit: 50 }))
      .catch(() => {});
  }, []);
  if (colleagues.value.length + otherDirects.value.length + rooms.value.length === 0) return null;
  return (
    <Section title={t('amongUs')}>
      {colleagues.value.map((one) => {
        const direct = directWith(one.id);
        return (
          <li key={one.id}>
            <button
              type="button"
              class="side-entry"
              aria-current={direct && direct.id === shown ? 'page' : undefined}
              onClick={() => void talkTo(one.id)}
            >
              <span class="only-rail">
                <Avatar person={one} size={22} />
              </span>
              <Dot state={presence.value.get(one.id)} />
              <span class="side-label">{personName(one)}</span>
              <Unread n={direct?.my?.unread} />
            </button>
          </li>
        );
      })}
      {[...otherDirects.value, ...rooms.value].map((one) => (
        <Entry
          key={one.id}
          to={{ name: 'inbox', view: 'among', conversation: one.id }}
          current={one.id === shown}
          label={titleOf(one)}
          unread={one.my?.unread}
        >
          {one.kind === 'room' ? <Icon name="users" /> : <Avatar person={otherOf(one)} size={18} />}
        </Entry>
      ))}
      {mayMakeRooms.value ? (
        <li>
          <button type="button" class="side-entry" onClick={openNewRoom}>
            <Icon name="plus" />
            <span class="side-label">{t('newRoom')}</span>
          </button>
        </li>
      ) : null}
    </Section>
  );
}

function Dot({ state }: { state: string | undefined }) {
  return (
    <span class={`dot${state === 'online' ? ' online' : ''}`}>
      <span class="sr-only">
        {t(state === 'online' ? 'onlineState' : state === 'away' ? 'awayState' : 'offlineState')}
      </span>
    </span>
  );
}
