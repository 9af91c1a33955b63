/** Keys with which the host's own programs call: told once, when they are made. */
import { useState } from 'preact/hooks';
import type { ApiKey } from '../../../protocol/api-key.ts';
import { Icon } from '../parts/icon.tsx';
import { now } from '../state/clock.ts';
import { listTime } from '../times.ts';
import { t } from '../words.ts';
import { TextField } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, useList } from './resource.ts';
import { Secret } from './secret.tsx';

export function ApiKeys() {
  const keys = useList<ApiKey>('/v1/api-keys');
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState('*');
  const [made, setMade] = useState<ApiKey>();
  const make = async (event: Event) => {
    event.preventDefault();
    const list = scopes.split(/[\s,]+/).filter(Boolean);
    const key = await keys.attempt(() => api<ApiKey>('POST', '/v1/api-keys', { name, scopes: list }));
    if (!key) return;
    setMade(key);
    setName('');
    await keys.load();
  };
  return (
    <SettingsPage title={t('apiKeys')} about={t('apiKeysAbout')}>
      <form class="inline-form" onSubmit={make}>
        <TextField
          label={t('name')}
          value={name}
          set={setName}
          required
          maxLength={200}
          placeholder={t('keyNameExample')}
        />
        <TextField label={t('scopes')} value={scopes} set={setScopes} required />
        <button type="submit" class="button primary">
          {t('makeKey')}
        </button>
      </form>
      {made?.key ? <Secret label={t('keyOnce', { name: made.name })} value={made.key} /> : null}
      <Failed reason={keys.reason} />
      {keys.value?.length ? (
        <table class="table">
          <thead>
            <tr>
              <th>{t('name')}</th>
              <th>{t('scopes')}</th>
              <th>{t('lastUsed')}</th>
              <th>
                <span class="sr-only">{t('menu')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.value.map((key) => (
              <tr key={key.id}>
                <td>
                  <bdi>{key.name}</bdi>
                </td>
                <td>
                  <code>{key.scopes.join(' ')}</code>
                </td>
                <td>{key.lastUsedAt ? listTime(key.lastUsedAt, now.value) : t('never')}</td>
                <td class="end">
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={t('deleteIt', { name: key.name })}
                    // At once: it may have fallen into wrong hands.
                    onClick={() => void keys.attempt(() => api('DELETE', `/v1/api-keys/${key.id}`)).then(keys.load)}
                  >
                    <Icon name="trash" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p class="quiet">{keys.value ? t('noKeys') : ''}</p>
      )}
    </SettingsPage>
  );
}
