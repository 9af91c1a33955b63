/** One's own: name, password, how the page looks and calls, where one is signed in. */
import { useState } from 'preact/hooks';
import type { Session } from '../../../protocol/http-sessions.ts';
import { browserOf } from '../inbox/browser-name.ts';
import { notificationsOn, setNotifications, setSound, soundOn } from '../state/alerts.ts';
import { now } from '../state/clock.ts';
import { me } from '../state/desk.ts';
import { chooseTheme, theme } from '../state/theme.ts';
import { listTime } from '../times.ts';
import { chooseLanguage, LANGUAGES, type Language, language, t } from '../words.ts';
import { Pill, Segments, TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { Passkeys } from './passkeys.tsx';
import { api, useList, useResource } from './resource.ts';
import { SecondFactor } from './second-factor.tsx';

export function Own() {
  return (
    <SettingsPage title={t('ownSettings')}>
      <div class="form">
        <Name />
        <Segments
          label={t('theme')}
          value={theme.value}
          set={chooseTheme}
          options={[
            ['system', t('asSystem')],
            ['light', t('light')],
            ['dark', t('dark')],
          ]}
        />
        <Segments
          label={t('language')}
          value={language}
          set={(next: Language) => {
            chooseLanguage(next);
            location.reload();
          }}
          options={Object.entries(LANGUAGES) as [Language, string][]}
        />
        <Toggle
          label={t('notificationsOn')}
          hint={t('notificationsHint')}
          on={notificationsOn.value}
          set={(on) => void setNotifications(on)}
        />
        <Toggle label={t('soundOn')} on={soundOn.value} set={setSound} />
        <Password />
      </div>
      <SecondFactor />
      <Passkeys />
      <Sessions />
    </SettingsPage>
  );
}

function Name() {
  const [name, setName] = useState(me.value.name ?? '');
  const { attempt, reason } = useResource(async () => true);
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(() => api('PATCH', '/v1/me', { name }));
      }}
    >
      <TextField label={t('yourName')} value={name} set={setName} required maxLength={200} />
      {name !== me.value.name ? (
        <button type="submit" class="button primary">
          {t('save')}
        </button>
      ) : null}
      <Failed reason={reason} />
    </form>
  );
}

function Password() {
  const [before, setBefore] = useState('');
  const [next, setNext] = useState('');
  const [done, setDone] = useState(false);
  const { attempt, reason } = useResource(async () => true);
  const save = async (event: Event) => {
    event.preventDefault();
    const saved = await attempt(() => api('PATCH', '/v1/me', { password: next, currentPassword: before }));
    if (!saved) return;
    setBefore('');
    setNext('');
    setDone(true);
  };
  return (
    <form class="form" onSubmit={save}>
      <h3>{t('changePassword')}</h3>
      <TextField label={t('presentPassword')} value={before} set={setBefore} type="password" required />
      <TextField
        label={t('newPassword')}
        value={next}
        set={setNext}
        type="password"
        required
        hint={t('passwordHint', { count: 8 })}
      />
      <Failed reason={reason} />
      <span>
        <button type="submit" class="button" disabled={!before || !next}>
          {t('changePassword')}
        </button>
        {done ? <span role="status"> {t('saved')}</span> : null}
      </span>
    </form>
  );
}

function Sessions() {
  const sessions = useList<Session>('/v1/me/sessions');
  return (
    <section>
      <h3>{t('signedInHere')}</h3>
      <Failed reason={sessions.reason} />
      <table class="table">
        <tbody>
          {sessions.value?.map(({ id, current, createdAt, address, userAgent }) => (
            <tr key={id}>
              <td>{userAgent ? browserOf(userAgent) : '–'}</td>
              <td>{address}</td>
              <td>{listTime(createdAt, now.value)}</td>
              <td class="end">
                {current ? (
                  <Pill tone="good">{t('thisOne')}</Pill>
                ) : (
                  <button
                    type="button"
                    class="button small"
                    onClick={() =>
                      void sessions.attempt(() => api('DELETE', `/v1/me/sessions/${id}`)).then(sessions.load)
                    }
                  >
                    {t('endIt')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
