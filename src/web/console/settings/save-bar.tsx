import { t } from '../words.ts';
import type { Edited } from './team-settings.ts';

/** Saves what was changed, or takes it back. */
export function SaveBar({ edited }: { edited: Edited }) {
  if (!edited.dirty) return null;
  return (
    <>
      <span class="quiet only-wide">{t('notSavedYet')}</span>
      <button type="button" class="button quiet" onClick={edited.discard}>
        {t('throwAway')}
      </button>
      <button type="button" class="button primary" onClick={() => void edited.save()}>
        {t('save')}
      </button>
    </>
  );
}
