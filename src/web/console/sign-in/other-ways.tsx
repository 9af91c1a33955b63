/** By what else than a password one signs in here. */
import { useEffect, useState } from 'preact/hooks';
import { reasonOf } from '../state/actions.ts';
import { goToProvider, loadWays, ways } from '../state/openid.ts';
import { t } from '../words/words.ts';
import { Reason } from './form.tsx';

export function OtherWays() {
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState<string>();
  useEffect(() => void loadWays(), []);
  const openid = ways.value?.openid;
  if (!openid) return null;
  const go = async (way: () => Promise<void>) => {
    setBusy(true);
    try {
      await way();
    } catch (error) {
      setReason(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <section class="other-ways" aria-label={t('otherWays')}>
      <p class="or" aria-hidden="true">
        {t('or')}
      </p>
      <button type="button" class="button large" disabled={busy} onClick={() => void go(goToProvider)}>
        {t('continueWith', { name: openid.name })}
      </button>
      <Reason text={reason} />
    </section>
  );
}
