import { t } from '../words/words.ts';

export function Reports() {
  return <div class="page">{t('reports')}</div>;
}
