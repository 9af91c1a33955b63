/** Where one can go: views with their numbers, the team, reports and settings, oneself. */
import type { IconName } from '../../ui/icons.ts';
import { firstName } from '../../ui/person.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Keys } from '../parts/keys.tsx';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { notificationsOn, setNotifications, setSound, soundOn } from '../state/alerts.ts';
import { now } from '../state/clock.ts';
import { counts, me, signOut } from '../state/desk.ts';
import { longestWait } from '../state/known.ts';
import { answering, knownTags, numberOf } from '../state/numbers.ts';
import { overlay, palette } from '../state/overlay.ts';
import { ownState, setOwnState } from '../state/own-state.ts';
import { personName } from '../state/people.ts';
import { isSearch, type Route, route } from '../state/route.ts';
import { FIXED, viewOf } from '../state/views.ts';
import { urgencyOf, waitTime } from '../times.ts';
import { chooseLanguage, LANGUAGES, type Language, language, t } from '../words.ts';
import { AmongUs } from './among-us.tsx';
import { Entry, Section } from './side-entry.tsx';

const ICONS: Record<(typeof FIXED)[number], IconName> = {
  mine: 'user',
  queue: 'queue',
  open: 'inbox',
  snoozed: 'snooze',
  closed: 'done',
};
const SHOWN_TAGS = 5;

const inbox = (view: string, conversation?: string): Route => ({ name: 'inbox', view, conversation });

export function Sidebar() {
  const { name } = route.value;
  const shown = route.value.name === 'inbox' ? route.value.view : undefined;
  const isAdmin = me.value.role === 'admin';
  return (
    <nav class="sidebar" aria-label={t('views')}>
      <div class="brand">
        <span class="logo" aria-hidden="true">
          P
        </span>
        <span class="brand-name">Parley</span>
      </div>
      <button type="button" class="search-button" onClick={() => palette('')}>
        <Icon name="search" size={18} />
        <span>{t('searchOrJump')}</span>
        <Keys keys="Ctrl+K" />
      </button>
      <ul class="side-list views">
        {FIXED.map((id) => (
          <Entry
            key={id}
            to={inbox(id)}
            current={shown === id}
            label={viewOf(id).title}
            count={id === 'closed' ? undefined : counts.value[id]}
            class={`view-${id}`}
            alarm={id === 'queue' && longestWait.value !== undefined}
          >
            <Icon name={ICONS[id]} />
            {id === 'queue' ? <Longest /> : null}
          </Entry>
        ))}
        <Entry to={inbox('search')} current={isSearch(shown ?? '')} label={t('search')} class="view-search">
          <Icon name="search" />
        </Entry>
      </ul>
      <div class="side-scroll">
        {answering.value.length > 0 ? (
          <Section title={t('answeredBy')}>
            {answering.value.map((one) => (
              <Entry
                key={one.id}
                to={inbox(`by/${one.id}`)}
                current={shown === `by/${one.id}`}
                label={one.role === 'bot' ? personName(one) : firstName(personName(one))}
                count={numberOf(`by/${one.id}`)}
              >
                <Avatar person={one} size={18} />
              </Entry>
            ))}
          </Section>
        ) : null}
        {knownTags.value.length > 0 ? (
          <Section title={t('tags')}>
            {knownTags.value.slice(0, SHOWN_TAGS).map(({ tag, n }) => (
              <Entry key={tag} to={inbox(`tag/${tag}`)} current={shown === `tag/${tag}`} label={tag} count={n}>
                <Icon name="tag" />
              </Entry>
            ))}
          </Section>
        ) : null}
        <AmongUs />
      </div>
      <ul class="side-list side-bottom">
        {me.value.role === 'peer' ? null : (
          <Entry to={{ name: 'reports' }} current={name === 'reports'} label={t('reports')}>
            <Icon name="chart" />
          </Entry>
        )}
        <Entry
          to={{ name: 'settings', page: undefined }}
          current={name === 'settings'}
          label={t(isAdmin ? 'settings' : 'ownSettings')}
        >
          <Icon name="settings" />
        </Entry>
        <li class="more-entry">
          <button
            type="button"
            class="side-entry"
            onClick={() => {
              overlay.value = { name: 'more' };
            }}
          >
            <Icon name="more" />
            <span class="side-label">{t('menu')}</span>
          </button>
        </li>
      </ul>
      <OwnMenu />
    </nav>
  );
}

/** How long the one waits who waits longest. */
function Longest() {
  const since = longestWait.value;
  if (since === undefined) return null;
  const ms = now.value - since / 1000;
  const urgency = urgencyOf(ms);
  if (urgency === 'fine') return null;
  return <span class={`side-wait wait-${urgency}`}>{waitTime(ms)}</span>;
}

function OwnMenu() {
  const state = ownState.value;
  return (
    <div class="own">
      <Menu class="own-button" up items={ownItems}>
        <Avatar person={me.value} size={28} />
        <span class="own-words">
          <span class="own-name">{personName(me.value)}</span>
          <span class="own-state">
            <span class={`dot${state === 'online' ? ' online' : ''}`} /> {t(`${state}State`)}
          </span>
        </span>
        <Icon name="more" />
      </Menu>
    </div>
  );
}

export function ownItems(): MenuItem[] {
  const speak = (next: Language) => () => {
    chooseLanguage(next);
    location.reload();
  };
  return [
    { label: t('onlineState'), chosen: ownState.value === 'online', run: () => setOwnState('online') },
    { label: t('awayState'), chosen: ownState.value === 'away', run: () => setOwnState('away') },
    'line',
    {
      label: t(notificationsOn.value ? 'notificationsOff' : 'notificationsOn'),
      icon: 'bell',
      run: () => setNotifications(!notificationsOn.value),
    },
    { label: t(soundOn.value ? 'soundOff' : 'soundOn'), icon: 'bell', run: () => setSound(!soundOn.value) },
    'line',
    ...(Object.keys(LANGUAGES) as Language[]).map((one) => ({
      label: LANGUAGES[one],
      chosen: language === one,
      run: speak(one),
    })),
    'line',
    {
      label: t('keyboard'),
      icon: 'bolt',
      keys: '?',
      run: () => {
        overlay.value = { name: 'keys' };
      },
    },
    { label: t('signOff'), icon: 'close', run: signOut },
  ];
}
