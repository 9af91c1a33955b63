/** How the server is, looked at again every few seconds. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ServerState } from '../../../protocol/server-state.ts';
import { client, line } from '../state/desk.ts';
import { exactTime, fileSize } from '../times.ts';
import { locale, t } from '../words.ts';
import { Pill } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, useResource } from './resource.ts';

const AGAIN_MS = 5000;

export function Server() {
  const { value, reason, load } = useResource(() => api<ServerState>('GET', '/v1/server'));
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <SettingsPage title={t('server')} about={t('serverAbout')}>
      <Failed reason={reason} />
      {value ? <State {...value} /> : null}
    </SettingsPage>
  );
}

function State({
  version,
  startedAt,
  trouble,
  unknownProxy,
  disk,
  backups,
  writer,
  connections,
  eventLoop,
  routes,
}: ServerState) {
  const number = new Intl.NumberFormat(locale);
  const mean = writer.batches ? writer.changes / writer.batches : 0;
  const limits = client().limits;
  return (
    <>
      {unknownProxy ? <p class="notice">{t('unknownProxy')}</p> : null}
      <dl class="facts">
        <Fact name={t('state')}>
          {trouble === null ? <Pill tone="good">{t('works')}</Pill> : <Pill tone="bad">{trouble}</Pill>}
        </Fact>
        <Fact name={t('version')}>{version}</Fact>
        <Fact name={t('startedAt')}>{exactTime(startedAt)}</Fact>
        <Fact name={t('address')}>{location.origin}</Fact>
        <Fact name={t('yourLine')}>{line.value.name === 'online' ? line.value.transport : '–'}</Fact>
      </dl>
      <h3>{t('disk')}</h3>
      <dl class="facts">
        <Fact name={t('database')}>
          {t('databaseAndLog', { size: fileSize(disk.databaseBytes), log: fileSize(disk.logBytes) })}
        </Fact>
        <Fact name={t('files')}>{fileSize(disk.filesBytes)}</Fact>
        <Fact name={t('freeSpace')}>{disk.freeBytes === null ? '–' : fileSize(disk.freeBytes)}</Fact>
        {backups ? (
          <Fact name={t('lastBackup')}>
            {backups.lastAt === null ? '–' : exactTime(backups.lastAt)}{' '}
            {backups.failure === null ? null : <Pill tone="bad">{backups.failure}</Pill>}
          </Fact>
        ) : null}
      </dl>
      <h3>{t('work')}</h3>
      <dl class="facts">
        <Fact name={t('waitToBeWritten')}>
          {t('nOfMost', { n: number.format(writer.waiting), most: number.format(writer.mostWaiting) })}
        </Fact>
        <Fact name={t('batches')}>
          {t('batchesHow', {
            mean: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(mean),
            most: number.format(writer.largestBatch),
            time: ms(writer.batchP99Ms),
          })}
        </Fact>
        <Fact name={t('connections')}>
          {t('nOfMost', { n: number.format(connections.lines), most: number.format(connections.mostLines) })},{' '}
          {t('nUsers', { count: connections.users })}
        </Fact>
        <Fact name={t('eventLoop')}>
          {t('eventLoopHow', { median: ms(eventLoop.p50Ms), p99: ms(eventLoop.p99Ms), most: ms(eventLoop.maxMs) })}
        </Fact>
        {limits ? <Fact name={t('longestMessage')}>{number.format(limits.maxLength)}</Fact> : null}
        {limits ? <Fact name={t('largestFile')}>{fileSize(limits.maxFile)}</Fact> : null}
      </dl>
      <h3>{t('slowestRoutes')}</h3>
      <table class="table">
        <thead>
          <tr>
            <th>{t('route')}</th>
            <th class="end">{t('answers')}</th>
            <th class="end">{t('median')}</th>
            <th class="end">p99</th>
            <th class="end">{t('longest')}</th>
          </tr>
        </thead>
        <tbody>
          {routes.map(({ method, route, count, p50Ms, p99Ms, maxMs }) => (
            <tr key={method + route}>
              <td>
                <code>
                  {method} {route}
                </code>
              </td>
              <td class="end">{number.format(count)}</td>
              <td class="end">{ms(p50Ms)}</td>
              <td class="end">{ms(p99Ms)}</td>
              <td class="end">{ms(maxMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const ms = (value: number) =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'millisecond',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
