/** What stands where a conversation would, while none is chosen. */
import { Keys } from '../parts/keys.tsx';
import { counts } from '../state/desk.ts';
import { listOf } from '../state/list.ts';
import { goToView } from '../state/route.ts';
import { t } from '../words.ts';

export function Empty({ viewId }: { viewId: string }) {
  const list = listOf(viewId);
  const isEmpty = list.state.value === 'ready' && list.rows.value.length === 0;
  const { queue } = counts.value;
  if (!isEmpty) {
    return (
      <div class="empty">
        <Drawing />
        <h2>{t('chooseOne')}</h2>
        <p>{t('chooseOneHow')}</p>
      </div>
    );
  }
  return (
    <div class="empty">
      <Drawing done />
      <h2>{t(viewId === 'closed' || viewId === 'snoozed' ? 'nothingHere' : 'allAnswered')}</h2>
      <p>
        {t('comeByThemselves')}
        {queue > 0 && viewId !== 'queue' ? (
          <>
            <br />
            {t('waitInQueue', { count: queue })}
          </>
        ) : null}
      </p>
      {queue > 0 && viewId !== 'queue' ? (
        <button type="button" class="button" onClick={() => goToView('queue')}>
          {t('openQueue')} <Keys keys="G Q" />
        </button>
      ) : null}
    </div>
  );
}

/** Beside a search, until a message is chosen. */
export function NothingChosen() {
  return (
    <div class="empty">
      <Drawing />
      <h2>{t('chooseFound')}</h2>
      <p>{t('chooseFoundHow')}</p>
    </div>
  );
}

/** A bubble beside a cup of something warm. */
function Drawing({ done }: { done?: boolean }) {
  return (
    <svg class="drawing" width="144" height="104" viewBox="0 0 144 104" aria-hidden="true">
      <circle class="drawing-disc" cx="82" cy="44" r="42" />
      <path
        class="drawing-paper"
        d="M36 17h64a10 10 0 0 1 10 10v31a10 10 0 0 1-10 10H60L47 80V68H36a10 10 0 0 1-10-10V27a10 10 0 0 1 10-10z"
      />
      {done ? <path class="drawing-mark" d="M56 43l9 9 19-20" /> : <path class="drawing-mark" d="M48 37h40M48 49h26" />}
      <path class="drawing-paper" d="M111 79h19v16h-19zM130 83h4a4 4 0 0 1 0 9h-4" />
      <path class="drawing-line" d="M116 73c-2-3 2-4 0-7M124 73c-2-3 2-4 0-7M2 95h140" />
    </svg>
  );
}
