/** Signing in: by e-mail and password, with a code where one is asked for, or by the one-use link in the address. */
import { useState } from 'preact/hooks';
import { asParleyError } from '../../sdk/errors.ts';
import { reasonOf } from '../state/actions.ts';
import { ways } from '../state/openid.ts';
import { forgot, half, link, login, session, useLink } from '../state/session.ts';
import { t } from '../words.ts';
import { ByCode } from './by-code.tsx';
import { MIN_PASSWORD, Password, Reason, useSubmit } from './form.tsx';
import { OtherWays } from './other-ways.tsx';

export function SignIn() {
  const byCode = half.value !== undefined;
  const byLink = link.value !== undefined;
  return (
    <main class="sign-in">
      <span class="logo logo-large" aria-hidden="true">
        P
      </span>
      <h1>{t(byCode ? 'enterCode' : byLink ? 'welcomeIn' : 'welcomeBack')}</h1>
      {byCode ? <ByCode /> : byLink ? <ByLink /> : <ByPassword />}
      {byCode || byLink ? null : <OtherWays />}
      <p class="quiet">{t('ownServer', { host: location.host })}</p>
    </main>
  );
}

const ENDED = {
  BLOCKED: 'blockedOut',
  NOT_TEAM: 'notTeam',
  ENDED: 'endedOut',
  denied: 'openidDenied',
  expired: 'openidExpired',
  failed: 'openidFailed',
  unverified: 'openidUnverified',
  domain: 'openidDomain',
  stranger: 'openidStranger',
} as const;

function ByPassword() {
  const [told, setTold] = useState('');
  const forgotten = async (event: MouseEvent) => {
    if (ways.value?.mail === false) return setTold(t('noMail'));
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
  const before = ended && t(ENDED[ended]);
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
