/** By what else than a password one signs in here. */
import { useEffect, useState } from 'preact/hooks';
import { asParleyError } from '../../sdk/errors.ts';
import { reasonOf } from '../state/actions.ts';
import { goToProvider, loadWays, ways } from '../state/openid.ts';
import { askForKey, canPasskeys } from '../state/passkeys.ts';
import { enter } from '../state/session.ts';
import { t } from '../words.ts';
import { Reason } from './form.tsx';

export function OtherWays() {
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState<string>();
  useEffect(() => void loadWays(), []);
  const openid = ways.value?.openid;
  const byPasskey = ways.value?.passkeys && canPasskeys();
  if (!openid && !byPasskey) return null;
  const go = async (way: () => Promise<void>) => {
    setBusy(true);
    try {
      await way();
    } catch (error) {
      setReason(whyNot(error));
      setBusy(false);
    }
  };
  return (
    <section class="other-ways" aria-label={t('otherWays')}>
      <p class="or" aria-hidden="true">
        {t('or')}
      </p>
      {byPasskey ? (
        <button type="button" class="button large" disabled={busy} onClick={() => void go(passkey)}>
          {t('usePasskey')}
        </button>
      ) : null}
      {openid ? (
        <button type="button" class="button large" disabled={busy} onClick={() => void go(goToProvider)}>
          {t('continueWith', { name: openid.name })}
        </button>
      ) : null}
      <Reason text={reason} />
    </section>
  );
}

async function passkey(): Promise<void> {
  enter(await askForKey());
}

/** Browsers say by an error of their own that somebody thought better of it. */
function whyNot(error: unknown): string {
  if (error instanceof DOMException) return t('noPasskey');
  return asParleyError(error).code === 'UNAUTHENTICATED' ? t('unknownPasskey') : reasonOf(error);
}
