/** One's own second factor: whether it is on, and its dialogs. */
import { useMemo, useState } from 'preact/hooks';
import type { RecoveryCodes, TotpSecret, TotpState } from '../../../protocol/http-totp.ts';
import { Dialog } from '../parts/dialog.tsx';
import { now } from '../state/clock.ts';
import { listTime } from '../times.ts';
import { t } from '../words.ts';
import { Pill, TextField } from './fields.tsx';
import { Failed } from './page.tsx';
import { qrOf } from './qr.ts';
import { api, useResource } from './resource.ts';
import { Copy } from './secret.tsx';

export function SecondFactor() {
  const state = useResource(() => api<TotpState>('GET', '/v1/me/totp'));
  const [doing, setDoing] = useState<'begin' | 'renew' | 'end'>();
  const close = () => {
    setDoing(undefined);
    void state.load();
  };
  if (!state.value) return <Failed reason={state.reason} />;
  const { since, recoveryCodes } = state.value;
  return (
    <section>
      <h3>{t('secondFactor')}</h3>
      <p class="about">{t('secondFactorAbout')}</p>
      {since === null ? (
        <button type="button" class="button" onClick={() => setDoing('begin')}>
          {t('setUp')}
        </button>
      ) : (
        <>
          <p class="about">
            <Pill tone="good">{t('onSince', { time: listTime(since, now.value) })}</Pill>{' '}
            {t('codesLeft', { count: recoveryCodes })}
          </p>
          <span class="choices">
            <button type="button" class="button" onClick={() => setDoing('renew')}>
              {t('newCodes')}
            </button>
            <button type="button" class="button" onClick={() => setDoing('end')}>
              {t('switchOff')}
            </button>
          </span>
        </>
      )}
      {doing === 'begin' ? <Begin close={close} /> : null}
      {doing === 'renew' || doing === 'end' ? <Prove what={doing} close={close} /> : null}
    </section>
  );
}

/** The password, then the app, then the codes for when the app is lost. */
function Begin({ close }: { close(): void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [secret, setSecret] = useState<TotpSecret>();
  const [codes, setCodes] = useState<string[]>();
  const { attempt, reason } = useResource(async () => true);
  const begin = async (event: Event) => {
    event.preventDefault();
    setSecret(await attempt(() => api<TotpSecret>('POST', '/v1/me/totp', { password })));
  };
  const confirm = async (event: Event) => {
    event.preventDefault();
    const made = await attempt(() => api<RecoveryCodes>('POST', '/v1/me/totp/confirm', { code }));
    if (made) setCodes(made.recoveryCodes);
  };
  return (
    <Dialog title={t('secondFactor')} close={close}>
      {codes ? (
        <Codes codes={codes} close={close}>
          {t('otherSessionsEnded')}
        </Codes>
      ) : secret ? (
        <form class="form" onSubmit={confirm}>
          <p>{t('scanThis')}</p>
          <QrCode text={secret.uri} />
          <div class="by-hand">
            <p class="quiet">{t('orByHand')}</p>
            <code>{secret.secret.replace(/.{4}(?=.)/g, '$& ')}</code>
          </div>
          <CodeField value={code} set={setCode} />
          <Failed reason={reason} />
          <span>
            <button type="submit" class="button primary" disabled={!code}>
              {t('switchOn')}
            </button>
          </span>
        </form>
      ) : (
        <form class="form" onSubmit={begin}>
          <PasswordField value={password} set={setPassword} />
          <Failed reason={reason} />
          <span>
            <button type="submit" class="button primary" disabled={!password}>
              {t('goOn')}
            </button>
          </span>
        </form>
      )}
    </Dialog>
  );
}

/** What is on is changed with password and code. */
function Prove({ what, close }: { what: 'renew' | 'end'; close(): void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[]>();
  const { attempt, reason } = useResource(async () => true);
  const title = t(what === 'end' ? 'switchOff' : 'newCodes');
  const send = async (event: Event) => {
    event.preventDefault();
    const proof = { password, code };
    await attempt(async () => {
      if (what === 'renew') {
        setCodes((await api<RecoveryCodes>('POST', '/v1/me/totp/recovery-codes', proof)).recoveryCodes);
        return;
      }
      await api('DELETE', '/v1/me/totp', proof);
      close();
    });
  };
  return (
    <Dialog title={title} close={close}>
      {codes ? (
        <Codes codes={codes} close={close} />
      ) : (
        <form class="form" onSubmit={send}>
          <PasswordField value={password} set={setPassword} />
          <CodeField value={code} set={setCode} />
          <Failed reason={reason} />
          <span>
            <button type="submit" class="button primary" disabled={!password || !code}>
              {title}
            </button>
          </span>
        </form>
      )}
    </Dialog>
  );
}

function PasswordField(props: { value: string; set(value: string): void }) {
  return <TextField label={t('confirmPassword')} type="password" autocomplete="current-password" required {...props} />;
}

export function CodeField(props: { value: string; set(value: string): void }) {
  return (
    <TextField label={t('code')} hint={t('codeHint')} autocomplete="one-time-code" maxLength={32} required {...props} />
  );
}

function Codes({ codes, close, children }: { codes: string[]; close(): void; children?: string }) {
  return (
    <div class="form">
      <p>{t('keepCodes')}</p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      {children ? <p class="quiet">{children}</p> : null}
      <span class="choices">
        <Copy value={codes.join('\n')} />
        <button type="button" class="button primary" onClick={close}>
          {t('codesKept')}
        </button>
      </span>
    </div>
  );
}

/** Dark on light in both themes: readers expect that. */
function QrCode({ text }: { text: string }) {
  const { side, path } = useMemo(() => {
    const rows = qrOf(text);
    const dark = rows.flatMap((row, y) => row.flatMap((one, x) => (one ? `M${x + 4} ${y + 4}h1v1h-1z` : [])));
    return { side: rows.length + 8, path: dark.join('') };
  }, [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={t('qrLabel')} shape-rendering="crispEdges">
      <path fill="#fff" d={`M0 0h${side}v${side}h-${side}z`} />
      <path fill="#000" d={path} />
    </svg>
  );
}
