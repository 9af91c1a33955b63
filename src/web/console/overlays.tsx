/** What stands above the page: the palette, the keys, on a phone the rest of the side bar. */
import { NewRoom } from './inbox/new-room.tsx';
import { ownItems } from './inbox/sidebar.tsx';
import { Palette } from './palette.tsx';
import { Avatar } from './parts/avatar.tsx';
import { Dialog } from './parts/dialog.tsx';
import { Icon } from './parts/icon.tsx';
import { Keys } from './parts/keys.tsx';
import { colleagues, mayMakeRooms, otherDirects, rooms } from './state/among-us.ts';
import { me } from './state/desk.ts';
import { KEYS } from './state/keys.ts';
import { answering, knownTags, numberOf } from './state/numbers.ts';
import { closeOverlay, openNewRoom, overlay } from './state/overlay.ts';
import { personName, titleOf } from './state/people.ts';
import { go, type Route } from './state/route.ts';
import { talkTo } from './state/talk.ts';
import { t } from './words.ts';

export function Overlays() {
  const now = overlay.value;
  if (now?.name === 'palette') return <Palette first={now.text} />;
  if (now?.name === 'keys') return <KeysHelp />;
  if (now?.name === 'more') return <More />;
  if (now?.name === 'room') return <NewRoom />;
  return null;
}

function KeysHelp() {
  return (
    <Dialog title={t('keyboard')} close={closeOverlay}>
      <div class="keys-help">
        {KEYS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {keys.map(([key, word]) => (
                <div key={key}>
                  <dt>{t(word)}</dt>
                  <dd>
                    <Keys keys={key} />
                    <span class="sr-only">{key}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Count({ view }: { view: string }) {
  return <span class="side-count">{numberOf(view)}</span>;
}

/** On a phone: all that the bottom bar has no room for. */
function More() {
  const to = (route: Route) => () => {
    closeOverlay();
    go(route);
  };
  const inbox = (view: string): Route => ({ name: 'inbox', view, conversation: undefined });
  return (
    <Dialog title={t('menu')} close={closeOverlay} class="sheet">
      <div class="sheet-list">
        <button type="button" onClick={to(inbox('snoozed'))}>
          <Icon name="snooze" /> {t('snoozed')}
        </button>
        <button type="button" onClick={to(inbox('closed'))}>
          <Icon name="done" /> {t('isClosed')}
        </button>
        <button type="button" onClick={to(inbox('search'))}>
          <Icon name="search" /> {t('search')}
        </button>
        {answering.value.map((one) => (
          <button key={one.id} type="button" onClick={to(inbox(`by/${one.id}`))}>
            <Avatar person={one} size={20} /> {t('answeredBy')}: {personName(one)} <Count view={`by/${one.id}`} />
          </button>
        ))}
        {knownTags.value.slice(0, 5).map(({ tag }) => (
          <button key={tag} type="button" onClick={to(inbox(`tag/${tag}`))}>
            <Icon name="tag" /> {tag} <Count view={`tag/${tag}`} />
          </button>
        ))}
        <hr />
        {colleagues.value.map((one) => (
          <button
            key={one.id}
            type="button"
            onClick={() => {
              closeOverlay();
              void talkTo(one.id);
            }}
          >
            <Icon name="chat" /> {personName(one)}
          </button>
        ))}
        {[...otherDirects.value, ...rooms.value].map((one) => (
          <button key={one.id} type="button" onClick={to({ name: 'inbox', view: 'among', conversation: one.id })}>
            <Icon name={one.kind === 'room' ? 'users' : 'chat'} /> {titleOf(one)}
          </button>
        ))}
        {mayMakeRooms.value ? (
          <button type="button" onClick={openNewRoom}>
            <Icon name="plus" /> {t('newRoom')}
          </button>
        ) : null}
        <hr />
        {me.value.role === 'peer' ? null : (
          <button type="button" onClick={to({ name: 'reports' })}>
            <Icon name="chart" /> {t('reports')}
          </button>
        )}
        <button type="button" onClick={to({ name: 'settings', page: undefined })}>
          <Icon name="settings" /> {t('settings')}
        </button>
        {ownItems().map((item, place) =>
          item === 'line' ? (
            <hr key={place} />
          ) : (
            <button
              key={item.label}
              type="button"
              aria-pressed={item.chosen}
              onClick={() => {
                closeOverlay();
                item.run();
              }}
            >
              <Icon name={item.icon ?? (item.chosen ? 'check' : 'user')} /> {item.label}
            </button>
          ),
        )}
      </div>
    </Dialog>
  );
}
