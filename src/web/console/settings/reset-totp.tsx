/** A teammate has lost the app and the codes: asked once more before it is done. */
import type { User } from '../../../protocol/person.ts';
import { Dialog } from '../parts/dialog.tsx';
import { personName } from '../state/people.ts';
import { t } from '../words.ts';
import { Failed } from './page.tsx';
import { api, useResource } from './resource.ts';

export function ResetTotp({ user, close, done }: { user: User; close(): void; done(): Promise<void> }) {
  const { attempt, reason } = useResource(async () => true);
  const reset = async () => {
    const isReset = await attempt(async () => {
      await api('DELETE', `/v1/users/${user.id}/totp`);
      await done();
      return true;
    });
    if (isReset) close();
  };
  return (
    <Dialog title={t('resetSecondFactor')} close={close}>
      <div class="form">
        <p>{t('resetSecondFactorAbout', { name: personName(user) })}</p>
        <Failed reason={reason} />
        <span class="choices">
          <button type="button" class="button primary" onClick={() => void reset()}>
            {t('resetIt')}
          </button>
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
        </span>
      </div>
    </Dialog>
  );
}
