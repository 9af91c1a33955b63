/** What the team did. */
import { useState } from 'preact/hooks';
import type { AuditLine } from '../../../protocol/audit.ts';
import type { Page } from '../../../protocol/catching-up.ts';
import { client } from '../state/desk.ts';
import { personName } from '../state/people.ts';
import { exactTime } from '../times.ts';
import { t } from '../words.ts';
import { Failed, SettingsPage } from './page.tsx';
import { useResource } from './resource.ts';

const PAGE = 50;

export function Audit() {
  const [next, setNext] = useState<string | null>(null);
  const read = (cursor?: string) =>
    client().http.json<Page<AuditLine>>('GET', '/v1/audit', undefined, { query: { limit: PAGE, cursor } });
  const lines = useResource(async () => {
    const page = await read();
    setNext(page.next);
    return page.items;
  });
  const more = async () => {
    const page = await lines.attempt(() => read(next ?? undefined));
    if (!page) return;
    lines.set([...(lines.value ?? []), ...page.items]);
    setNext(page.next);
  };
  return (
    <SettingsPage title={t('auditLog')} about={t('auditAbout')}>
      <Failed reason={lines.reason} />
      <table class="table in-lines">
        <thead>
          <tr>
            <th>{t('when')}</th>
            <th>{t('who')}</th>
            <th>{t('what')}</th>
            <th>{t('address')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.value?.map(({ id, at, by, action, target, details, address }) => (
            <tr key={id}>
              <td class="nowrap">{exactTime(at)}</td>
              <td>{by ? personName(by) : t('theHost')}</td>
              <td class="line">
                <code>{action}</code>
                <small class="details-line">
                  {[target ? `${target.type} ${target.id.slice(-8)}` : '', detailsText(details)]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </td>
              <td>{address}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next ? (
        <button type="button" class="button" onClick={() => void more()}>
          {t('showMore')}
        </button>
      ) : null}
    </SettingsPage>
  );
}

function detailsText(details: Record<string, unknown>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
    .slice(0, 160);
}
