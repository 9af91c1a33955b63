/** Signing in: by e-mail and password, or by the one-use link in the address with a password that one chooses. */
import { useState } from 'preact/hooks';
import { asParleyError } from '../../sdk/errors.ts';
import { Icon } from '../parts/icon.tsx';
import { reasonOf } from '../state/actions.ts';
import { forgot, link, login, session, useLink } from '../state/session.ts';
import { t } from '../words/words.ts';

const MIN_PASSWORD = 8;

export function SignIn() {
  const byLink = link.value !== undefined;
  return (
    <main class="sign-in">
      <span class="logo logo-large" aria-hidden="true">
        P
      </span>
      <h1>{t(byLink ? 'welcomeIn' : 'welcomeBack')}</h1>
      {byLink ? <ByLink /> : <ByPassword />}
      <p class="quiet">{t('ownServer', { host: location.host })}</p>
    </main>
  );
}

function Reason({ text }: { text: string | undefined }) {
  return (
    <p class="form-error" role="alert" hidden={!text}>
      {text}
    </p>
  );
}

/** Runs what a form sends, once at a time, and keeps why it failed. */
function useSubmit(run: (values: Record<string, string>) => Promise<void>, words: (error: unknown) => string) {
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState<string>();
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Record<string, string>;
    if (busy) return;
    setBusy(true);
    try {
      await run(values);
    } catch (error) {
      setReason(words(error));
      setBusy(false);
    }
  };
  return { busy, reason, onSubmit };
}

function ByPassword() {
  const [told, setTold] = useState('');
  const forgotten = async (event: MouseEvent) => {
    const { form } = event.currentTarget as HTMLButtonElement;
    const field = form?.elements.namedItem('email') as HTMLInputElement;
    if (!field.reportValidity()) return;
    await forgot(field.value).then(
      () => setTold(t('linkMailed')),
      (error) => setTold(reasonOf(error)),
    );
  };
  const { busy, reason, onSubmit } = useSubmit(
    ({ email = '', password = '' }) => login(email, password),
    (error) => (asParleyError(error).code === 'UNAUTHENTICATED' ? t('wrongPassword') : reasonOf(error)),
  );
  const state = session.value;
  const ended = state.name === 'out' ? state.reason : undefined;
  const before = ended === 'BLOCKED' ? t('blockedOut') : ended === 'NOT_TEAM' ? t('notTeam') : ended && t('endedOut');
  return (
    <form class="card" onSubmit={onSubmit}>
      <Reason text={reason ?? before} />
      <label>
        <span>{t('email')}</span>
        <input name="email" type="email" autocomplete="username" required />
      </label>
      <Password autocomplete="current-password" label={t('password')} />
      <button type="submit" class="button primary large" disabled={busy}>
        {t('signIn')}
      </button>
      <button type="button" class="link forgotten" onClick={(event) => void forgotten(event)}>
        {t('forgotten')}
      </button>
      <p role="status" hidden={!told}>
        {told}
      </p>
    </form>
  );
}

function ByLink() {
  const { busy, reason, onSubmit } = useSubmit(
    ({ name = '', email = '', password = '' }) =>
      useLink({ password, ...(name ? { name } : {}), ...(email ? { email } : {}) }),
    (error) => {
      const { code, details } = asParleyError(error);
      if (code === 'VALIDATION' && details?.path === 'email') return t('linkKeepsEmail');
      return code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED' ? t('linkUsed') : reasonOf(error);
    },
  );
  return (
    <form class="card" onSubmit={onSubmit}>
      <Reason text={reason} />
      <label>
        <span>{t('yourName')}</span>
        <input name="name" autocomplete="name" maxLength={200} />
      </label>
      <label>
        <span>{t('email')}</span>
        <input name="email" type="email" autocomplete="username" />
        <small>{t('emailHint')}</small>
      </label>
      <Password
        autocomplete="new-password"
        label={t('newPassword')}
        hint={t('passwordHint', { count: MIN_PASSWORD })}
      />
      <button type="submit" class="button primary large" disabled={busy}>
        {t('comeIn')}
      </button>
    </form>
  );
}

function Password({ autocomplete, label, hint }: { autocomplete: string; label: string; hint?: string }) {
  const [shown, setShown] = useState(false);
  return (
    <div class="field">
      <label for="password">{label}</label>
      <span class="with-button">
        <input
          id="password"
          name="password"
          type={shown ? 'text' : 'password'}
          autocomplete={autocomplete}
          minLength={hint ? MIN_PASSWORD : undefined}
          required
        />
        <button
          type="button"
          class="icon-button"
          aria-pressed={shown}
          aria-label={t('showPassword')}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </span>
      {hint ? <small>{hint}</small> : null}
    </div>
  );
}
