/** The second half of a login: a code of the app, or one of the recovery codes that were kept for when it is lost. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asParleyError } from '../../sdk/errors.ts';
import { reasonOf } from '../state/actions.ts';
import { half, secondFactor } from '../state/session.ts';
import { t } from '../words.ts';
import { Reason, useSubmit } from './form.tsx';

export function ByCode() {
  const [lost, setLost] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), [lost]);
  const { busy, reason, onSubmit } = useSubmit(
    ({ code = '' }) => secondFactor(code),
    (error) => {
      const { code, details } = asParleyError(error);
      if (code === 'RATE_LIMITED') return t('tooManyCodes');
      if (code !== 'UNAUTHENTICATED') return reasonOf(error);
      field.current?.select();
      return t(details?.path === 'challenge' ? 'codeTooLate' : 'wrongCode');
    },
  );
  return (
    <form class="card" onSubmit={onSubmit}>
      <Reason text={reason} />
      <label>
        <span>{t(lost ? 'recoveryCode' : 'code')}</span>
        <input
          key={lost ? 'recovery' : 'code'}
          ref={field}
          class="code"
          name="code"
          autocomplete={lost ? 'off' : 'one-time-code'}
          inputMode={lost ? 'text' : 'numeric'}
          autocapitalize="off"
          spellcheck={false}
          maxLength={lost ? 32 : 9}
          required
        />
        <small>{t(lost ? 'recoveryCodeHint' : 'codeHint')}</small>
      </label>
      <button type="submit" class="button primary large" disabled={busy}>
        {t('signIn')}
      </button>
      <button type="button" class="link forgotten" onClick={() => setLost(!lost)}>
        {t(lost ? 'useApp' : 'appLost')}
      </button>
      <button
        type="button"
        class="link forgotten"
        onClick={() => {
          half.value = undefined;
        }}
      >
        {t('back')}
      </button>
    </form>
  );
}
