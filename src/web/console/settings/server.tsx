/** How the server is. */
import { client, line } from '../state/desk.ts';
import { fileSize } from '../times.ts';
import { locale, t } from '../words/words.ts';
import { Pill } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { useResource } from './resource.ts';

export function Server() {
  const ready = useResource(async () => (await fetch('/readyz')).ok);
  const limits = client().limits;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const transport = line.value.name === 'online' ? line.value.transport : '–';
  return (
    <SettingsPage title={t('server')}>
      <Failed reason={ready.reason} />
      <dl class="facts">
        <div class="fact">
          <dt>{t('state')}</dt>
          <dd>
            {ready.value === undefined ? (
              ''
            ) : ready.value ? (
              <Pill tone="good">{t('works')}</Pill>
            ) : (
              <Pill tone="bad">{t('notReady')}</Pill>
            )}
          </dd>
        </div>
        <div class="fact">
          <dt>{t('address')}</dt>
          <dd>{location.origin}</dd>
        </div>
        <div class="fact">
          <dt>{t('yourLine')}</dt>
          <dd>{transport}</dd>
        </div>
        {limits ? (
          <>
            <div class="fact">
              <dt>{t('longestMessage')}</dt>
              <dd>{number.format(limits.maxLength)}</dd>
            </div>
            <div class="fact">
              <dt>{t('largestFile')}</dt>
              <dd>{fileSize(limits.maxFile)}</dd>
            </div>
          </>
        ) : null}
      </dl>
    </SettingsPage>
  );
}
