/** One's own passkeys: made, named, taken away. */
import { useEffect, useState } from 'preact/hooks';
import type { Passkey, PasskeyOptions } from '../../../protocol/http-passkeys.ts';
import type { TotpState } from '../../../protocol/http-totp.ts';
import { browserOf } from '../inbox/browser-name.ts';
import { Dialog } from '../parts/dialog.tsx';
import { reasonOf } from '../state/actions.ts';
import { now } from '../state/clock.ts';
import { loadWays, ways } from '../state/openid.ts';
import { canPasskeys, makeKey } from '../state/passkeys.ts';
import { listTime } from '../times.ts';
import { t } from '../words.ts';
import { TextField } from './fields.tsx';
import { Failed } from './page.tsx';
import { api, useList, useResource } from './resource.ts';
import { CodeField } from './second-factor.tsx';

export function Passkeys() {
  const keys = useList<Passkey>('/v1/me/passkeys');
  const [editing, setEditing] = useState<Passkey | 'new'>();
  useEffect(() => void loadWays(), []);
  const close = () => {
    setEditing(undefined);
    void keys.load();
  };
  const remove = async ({ id }: Passkey) => {
    await keys.attempt(() => api('DELETE', `/v1/me/passkeys/${id}`));
    await keys.load();
  };
  if (!ways.value?.passkeys) return null;
  return (
    <section>
      <h3>{t('passkeys')}</h3>
      <p class="about">{t('passkeysAbout')}</p>
      <Failed reason={keys.reason} />
      {keys.value?.length ? (
        <table class="table">
          <tbody>
            {keys.value.map((key) => (
              <tr key={key.id}>
                <td>
                  <bdi>{key.name}</bdi>
                </td>
                <td class="quiet">
                  {key.usedAt ? t('lastUsed', { time: listTime(key.usedAt, now.value) }) : t('neverUsed')}
                </td>
                <td class="end">
                  <span class="choices end">
                    <button
                      type="button"
                      class="button small"
                      aria-label={`${t('rename')}: ${key.name}`}
                      onClick={() => setEditing(key)}
                    >
                      {t('rename')}
                    </button>
                    <button
                      type="button"
                      class="button small"
                      aria-label={`${t('discard')}: ${key.name}`}
                      onClick={() => void remove(key)}
                    >
                      {t('discard')}
                    </button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {canPasskeys() ? (
        <button type="button" class="button" onClick={() => setEditing('new')}>
          {t('addPasskey')}
        </button>
      ) : (
        <p class="quiet">{t('cannotPasskeys')}</p>
      )}
      {editing ? <Edit passkey={editing === 'new' ? undefined : editing} close={close} /> : null}
    </section>
  );
}

/** @param passkey undefined: a new one */
function Edit({ passkey, close }: { passkey: Passkey | undefined; close(): void }) {
  const [name, setName] = useState(passkey?.name ?? browserOf(navigator.userAgent));
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [reason, setReason] = useState<string>();
  const totp = useResource(() => api<TotpState>('GET', '/v1/me/totp'));
  const asksCode = !passkey && totp.value?.since != null;
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      if (passkey) await api('PATCH', `/v1/me/passkeys/${passkey.id}`, { name });
      else {
        const proof = { ...(password ? { password } : {}), ...(asksCode ? { code } : {}) };
        const options = await api<PasskeyOptions>('POST', '/v1/me/passkeys/begin', proof);
        await api('POST', '/v1/me/passkeys', { name, response: await makeKey(options) });
      }
      close();
    } catch (error) {
      setReason(error instanceof DOMException ? whyNone(error) : reasonOf(error));
    }
  };
  return (
    <Dialog title={t(passkey ? 'rename' : 'addPasskey')} close={close}>
      <form class="form" onSubmit={save}>
        <TextField label={t('name')} value={name} set={setName} required maxLength={200} />
        {passkey ? null : (
          <TextField
            label={t('confirmPassword')}
            hint={t('emptyWithoutPassword')}
            type="password"
            autocomplete="current-password"
            value={password}
            set={setPassword}
          />
        )}
        {asksCode ? <CodeField value={code} set={setCode} /> : null}
        <Failed reason={reason} />
        <span>
          <button type="submit" class="button primary" disabled={!name}>
            {t(passkey ? 'save' : 'goOn')}
          </button>
        </span>
      </form>
    </Dialog>
  );
}

function whyNone({ name }: DOMException): string {
  return t(name === 'InvalidStateError' ? 'passkeyIsThere' : 'noPasskeyMade');
}
