/** Below the list, while several are chosen: how many, and what can be done to all of them. */
import { Icon } from '../parts/icon.tsx';
import { Keys } from '../parts/keys.tsx';
import { Menu } from '../parts/menu.tsx';
import { assignChosen, chooseAll, chooseNone, choosing, chosen, closeChosen, outcome } from '../state/chosen.ts';
import { me } from '../state/desk.ts';
import { assignable, personName } from '../state/people.ts';
import { t } from '../words.ts';

/** @param ids the rows of the list, as far as they are loaded */
export function ManyBar({ ids }: { ids: readonly string[] }) {
  const count = chosen.value.size;
  if (count === 0 && !choosing.value) return <Outcome />;
  const others = assignable.value.filter(({ id }) => id !== me.value.id);
  return (
    <div class="many-bar" role="toolbar" aria-label={t('nChosen', { count })}>
      <span class="many-count" role="status">
        {t('nChosen', { count })}
      </span>
      <button type="button" class="link" onClick={() => chooseAll(ids)}>
        {t('chooseAll')}
      </button>
      <span class="spacer" />
      <Menu
        class="button small"
        align="end"
        up
        items={[
          { label: t('me'), person: me.value, run: () => assignChosen(me.value.id) },
          ...others.map((one) => ({ label: personName(one), person: one, run: () => assignChosen(one.id) })),
          'line',
          { label: t('backToQueue'), icon: 'queue', run: () => assignChosen(null) },
        ]}
      >
        {t('assign')}
      </Menu>
      <button type="button" class="button primary small" disabled={count === 0} onClick={() => void closeChosen()}>
        {t('toClose')}
      </button>
      <button type="button" class="icon-button small" aria-label={t('chooseNone')} onClick={chooseNone}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

function Outcome() {
  const last = outcome.value;
  if (!last) return null;
  const { text, undo } = last;
  return (
    <div class="many-bar" role="status">
      <span class="many-count">{text}</span>
      <span class="spacer" />
      {undo ? (
        <button type="button" class="button small" onClick={() => void undo()}>
          {t('undo')} <Keys keys="Z" />
        </button>
      ) : null}
    </div>
  );
}
