/** Takes back what one did last. */
import { undoLast } from '../state/undo.ts';
import { t } from '../words.ts';
import { Keys } from './keys.tsx';

export function Undo() {
  return (
    <button type="button" class="button small" onClick={() => void undoLast()}>
      {t('undo')} <Keys keys="Z" />
    </button>
  );
}
