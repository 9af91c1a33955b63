/** Settings: what admins decide for all, and one's own. */
import type { ComponentType } from 'preact';
import type { IconName } from '../../ui/icons.ts';
import { Icon } from '../parts/icon.tsx';
import { me } from '../state/desk.ts';
import { follow, pathTo, route } from '../state/route.ts';
import { t, type Word } from '../words.ts';
import { ApiKeys } from './api-keys.tsx';
import { Audit } from './audit.tsx';
import { Bots } from './bots.tsx';
import { Canned } from './canned.tsx';
import { Hours } from './hours.tsx';
import { Own } from './own.tsx';
import { Retention } from './retention.tsx';
import { Server } from './server.tsx';
import { Tags } from './tags.tsx';
import { Team } from './team.tsx';
import { Webhooks } from './webhooks.tsx';
import { Widget } from './widget.tsx';

type Page = { id: string; icon: IconName; word: Word; view: ComponentType; forAll?: true };

const PAGES: readonly Page[] = [
  { id: 'you', icon: 'user', word: 'ownSettings', view: Own, forAll: true },
  { id: 'widget', icon: 'chat', word: 'widget', view: Widget },
  { id: 'hours', icon: 'clock', word: 'businessHours', view: Hours },
  { id: 'canned', icon: 'bolt', word: 'cannedReplies', view: Canned },
  { id: 'tags', icon: 'tag', word: 'tags', view: Tags },
  { id: 'team', icon: 'users', word: 'teamPage', view: Team },
  { id: 'bots', icon: 'ai', word: 'bots', view: Bots },
  { id: 'webhooks', icon: 'hook', word: 'webhooks', view: Webhooks },
  { id: 'keys', icon: 'key', word: 'apiKeys', view: ApiKeys },
  { id: 'retention', icon: 'trash', word: 'retention', view: Retention },
  { id: 'audit', icon: 'shield', word: 'auditLog', view: Audit },
  { id: 'server', icon: 'globe', word: 'server', view: Server },
];

export function Settings() {
  const shown = PAGES.filter(({ forAll }) => forAll || me.value.role === 'admin');
  const asked = route.value.name === 'settings' ? route.value.page : undefined;
  const page = shown.find(({ id }) => id === asked);
  // On a wide page something is always open; on a phone the list is the first page.
  const open = page ?? (shown[0] as Page);
  const View = open.view;
  return (
    <div class="settings" data-page={page ? 'one' : 'none'}>
      <nav class="settings-nav" aria-label={t('settings')}>
        <h1>{t('settings')}</h1>
        <ul>
          {shown.map(({ id, icon, word }) => (
            <li key={id}>
              <a
                class="side-entry"
                href={pathTo({ name: 'settings', page: id })}
                aria-current={open.id === id ? 'page' : undefined}
                onClick={(event) => follow(event, { name: 'settings', page: id })}
              >
                <Icon name={icon} />
                <span class="settings-word">{t(word)}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <View key={open.id} />
    </div>
  );
}
