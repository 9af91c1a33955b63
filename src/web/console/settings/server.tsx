/** How the server is. */
import { client, line, me } from '../state/desk.ts';
import { fileSize } from '../times.ts';
import { locale, t } from '../words/words.ts';
import { Pill } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { useResource } from './resource.ts';

export function Server() {
  const ready = useResource(async () => (await fetch('/readyz')).ok);
  const figures = useResource(async () => {
    const answer = await client().http.open('/metrics');
    return readMetrics(await answer.text());
  });
  const limits = client().limits;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const transport = line.value.name === 'online' ? line.value.transport : '–';
  const shown = [...(figures.value ?? [])].filter(([name]) => name.startsWith('parley_'));
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
      {me.value.role === 'admin' && shown.length > 0 ? (
        <table class="table">
          <tbody>
            {shown.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td class="end">{number.format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </SettingsPage>
  );
}

/** The figures without labels of a page of Prometheus' text format. */
function readMetrics(text: string): Map<string, number> {
  const figures = new Map<string, number>();
  for (const row of text.split('\n')) {
    const found = /^([a-z_]+) ([0-9.eE+-]+)$/.exec(row);
    if (found) figures.set(found[1] as string, Number(found[2]));
  }
  return figures;
}
