/** What became of each telling of a webhook. */
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../../../protocol/catching-up.ts';
import type { Delivery, Webhook } from '../../../protocol/webhook.ts';
import { Icon } from '../parts/icon.tsx';
import { client } from '../state/desk.ts';
import { clockTime, exactTime } from '../times.ts';
import { t } from '../words.ts';
import { Pill, Segments } from './fields.tsx';
import { Failed } from './page.tsx';
import { api, useResource } from './resource.ts';

const PATH = '/v1/webhooks';
const TONES = { done: 'good', waiting: 'late', failed: 'bad' } as const;
const AGAIN_MS = 3000;
type Filter = 'all' | 'failed' | 'waiting';

/** The newest, looked at again while somebody looks. */
export function Deliveries({
  hook,
  chosen,
  choose,
}: {
  hook: Webhook;
  chosen: string | undefined;
  choose(one: Delivery): void;
}) {
  const [filter, setFilter] = useState<Filter>('all');
  const list = useResource(async () => {
    const page = await client().http.json<Page<Delivery>>('GET', `${PATH}/${hook.id}/deliveries`, undefined, {
      query: { limit: 100 },
    });
    return page.items;
  });
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && void list.load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const now = list.value?.find(({ id }) => id === chosen);
    if (now) choose(now);
  }, [list.value]);
  const shown = list.value?.filter(({ state }) => filter === 'all' || state === filter) ?? [];
  return (
    <section>
      <header class="with-action deliveries-head">
        <h3>{t('deliveries')}</h3>
        <Segments
          bare
          label={t('deliveries')}
          value={filter}
          set={(next: Filter) => setFilter(next)}
          options={[
            ['all', t('all')],
            ['failed', t('failedState')],
            ['waiting', t('waitingState')],
          ]}
        />
        <span class="spacer" />
        <button
          type="button"
          class="button"
          onClick={() => void list.attempt(() => api('POST', `${PATH}/${hook.id}/test`)).then(list.load)}
        >
          {t('sendTest')}
        </button>
      </header>
      <Failed reason={list.reason} />
      {list.value && shown.length === 0 ? <p class="quiet">{t('noDeliveries')}</p> : null}
      {shown.length > 0 ? (
        <table class="table deliveries in-lines">
          <thead>
            <tr>
              <th>{t('state')}</th>
              <th>{t('event')}</th>
              <th class="end">{t('answer')}</th>
              <th class="end">{t('took')}</th>
              <th class="end">{t('tries')}</th>
              <th class="end">{t('when')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.id} class={one.id === chosen ? 'chosen' : ''}>
                <td>
                  <button type="button" onClick={() => choose(one)}>
                    <Pill tone={TONES[one.state]}>
                      {t(one.state === 'done' ? 'doneState' : one.state === 'failed' ? 'failedState' : 'waitingState')}
                    </Pill>
                  </button>
                </td>
                <td>
                  <code>{one.event}</code>
                </td>
                <td class="end">{one.status}</td>
                <td class="end">{one.latencyMs === undefined ? '' : `${one.latencyMs} ms`}</td>
                <td class="end only-desk">{one.attempts}</td>
                <td class="end">{clockTime(one.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

/** One of them, with what was answered. */
export function OneDelivery({ delivery, close }: { delivery: Delivery; close(): void }) {
  const again = useResource(async () => true);
  const [sent, setSent] = useState(false);
  return (
    <aside class="settings-aside" aria-label={delivery.event}>
      <header class="with-action">
        <h3>{delivery.event}</h3>
        <button type="button" class="icon-button" aria-label={t('toClose')} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <p class="with-action">
        <Pill tone={TONES[delivery.state]}>{t('afterTries', { count: delivery.attempts })}</Pill>
        <button
          type="button"
          class="button"
          disabled={sent}
          onClick={() =>
            void again
              .attempt(() => api('POST', `${PATH}/${delivery.webhookId}/deliveries/${delivery.id}/redeliver`))
              .then(() => setSent(true))
          }
        >
          <Icon name="retry" size={18} /> {t('deliverAgain')}
        </button>
      </p>
      <Failed reason={again.reason} />
      <dl>
        <div class="fact">
          <dt>{t('when')}</dt>
          <dd>{exactTime(delivery.at)}</dd>
        </div>
        <div class="fact">
          <dt>{t('answer')}</dt>
          <dd>{delivery.status ?? '–'}</dd>
        </div>
      </dl>
      {delivery.response ? (
        <>
          <h4>{t('theyAnswered')}</h4>
          <pre>
            <code>{delivery.response}</code>
          </pre>
        </>
      ) : null}
    </aside>
  );
}
