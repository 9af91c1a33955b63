/** The frame of whoever is signed in: side bar, what is chosen in it, and what stands above all. */
import { useEffect } from 'preact/hooks';
import { Inbox } from './inbox/inbox.tsx';
import { Sidebar } from './inbox/sidebar.tsx';
import { Overlays } from './overlays.tsx';
import { lazy } from './parts/lazy.tsx';
import { followAlerts } from './state/alerts.ts';
import { settleWhenHidden } from './state/deleting.ts';
import { listenToKeys } from './state/keys.ts';
import { followNumbers } from './state/numbers.ts';
import { followTeam } from './state/people.ts';
import { route } from './state/route.ts';
import { t } from './words.ts';

const Reports = lazy(() => import('./reports/reports.tsx').then((file) => file.Reports));
const Settings = lazy(() => import('./settings/settings.tsx').then((file) => file.Settings));

export function Desk() {
  useEffect(() => {
    const ends = [followTeam(), followNumbers(), followAlerts(), listenToKeys(), settleWhenHidden()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  const { name } = route.value;
  const shown = route.value.name === 'inbox' && route.value.conversation ? 'conversation' : name;
  return (
    <div class="desk" data-shown={shown}>
      <nav class="skip" aria-label={t('skipLinks')}>
        <a href="#list">{t('skipToList')}</a>
        <a href="#thread">{t('skipToThread')}</a>
        <a href="#editor">{t('skipToEditor')}</a>
      </nav>
      <Sidebar />
      <main class="surface" aria-label={t(name)}>
        {name === 'inbox' ? <Inbox /> : name === 'reports' ? <Reports /> : <Settings />}
      </main>
      <Overlays />
    </div>
  );
}
