import { t } from '../words/words.ts';

export function Settings() {
  return <div class="page">{t('settings')}</div>;
}
