/** Addresses that are told what happens, and what became of each telling. */
import { useState } from 'preact/hooks';
import type { Page } from '../../../protocol/catching-up.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { client } from '../state/desk.ts';
import { clockTime, exactTime } from '../times.ts';
import { t } from '../words/words.ts';
import { Pill, Segments, TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, type Resource, useList, useResource } from './resource.ts';
import { Secret } from './secret.tsx';

const PATH = '/v1/webhooks';
const EVENTS = [
  'message.created',
  'message.updated',
  'message.deleted',
  'participant.updated',
  'conversation.created',
  'conversation.updated',
];

type Webhook = {
  id: string;
  url: string;
  events: string[];
  kinds: string[];
  enabled: boolean;
  failedAt?: string;
  secret?: string;
};
type Delivery = {
  id: string;
  event: string;
  attempts: number;
  state: 'waiting' | 'done' | 'failed';
  status?: number;
  latencyMs?: number;
  response?: string;
  at: string;
};

export function Webhooks() {
  const hooks = useList<Webhook>(PATH);
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const [delivery, setDelivery] = useState<Delivery>();
  const open = hooks.value?.find(({ id }) => id === chosen) ?? hooks.value?.[0];
  const change = (hook: Webhook, body: object) =>
    hooks.attempt(() => api('PATCH', `${PATH}/${hook.id}`, body)).then(hooks.load);
  return (
    <SettingsPage
      title={t('webhooks')}
      about={t('webhooksAbout')}
      actions={
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} /> {t('newWebhook')}
        </button>
      }
      aside={delivery && open ? <One hook={open} delivery={delivery} close={() => setDelivery(undefined)} /> : null}
    >
      <Failed reason={hooks.reason} />
      {secret ? <Secret label={t('secretOnce')} value={secret} /> : null}
      {hooks.value?.length === 0 ? <p class="quiet">{t('noWebhooks')}</p> : null}
      <ul class="cards">
        {hooks.value?.map((hook) => (
          <li key={hook.id} class={`card-row${hook.id === open?.id ? ' chosen' : ''}`}>
            <button
              type="button"
              class="card-main"
              aria-pressed={hook.id === open?.id}
              onClick={() => setChosen(hook.id)}
            >
              <code>{hook.url}</code>
              <small>{hook.events.join(', ')}</small>
            </button>
            {hook.failedAt ? <Pill tone="bad">{t('givenUp')}</Pill> : null}
            <Toggle
              bare
              label={`${t('enabled')}: ${hook.url}`}
              on={hook.enabled}
              set={(enabled) => void change(hook, { enabled })}
            />
            <Menu
              label={`${t('more')}: ${hook.url}`}
              class="icon-button"
              align="end"
              items={[
                {
                  label: t('newSecret'),
                  icon: 'key',
                  run: async () => {
                    const rotated = await hooks.attempt(() => api<Webhook>('POST', `${PATH}/${hook.id}/rotate`));
                    setSecret(rotated?.secret);
                  },
                },
                {
                  label: t('delete'),
                  icon: 'trash',
                  danger: true,
                  run: () => hooks.attempt(() => api('DELETE', `${PATH}/${hook.id}`)).then(hooks.load),
                },
              ]}
            >
              <Icon name="more" />
            </Menu>
          </li>
        ))}
      </ul>
      {open ? <Deliveries key={open.id} hook={open} chosen={delivery?.id} choose={setDelivery} /> : null}
      {adding ? (
        <Add
          hooks={hooks}
          close={() => setAdding(false)}
          made={(hook) => {
            setAdding(false);
            setSecret(hook.secret);
            setChosen(hook.id);
          }}
        />
      ) : null}
    </SettingsPage>
  );
}

const TONES = { done: 'good', waiting: 'late', failed: 'bad' } as const;
type Filter = 'all' | 'failed' | 'waiting';

function Deliveries({
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
            ['failed', t('failed')],
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
        <table class="table deliveries">
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
                      {t(one.state === 'done' ? 'doneState' : one.state === 'failed' ? 'failed' : 'waitingState')}
                    </Pill>
                  </button>
                </td>
                <td>
                  <code>{one.event}</code>
                </td>
                <td class="end">{one.status}</td>
                <td class="end">{one.latencyMs === undefined ? '' : `${one.latencyMs} ms`}</td>
                <td class="end">{one.attempts}</td>
                <td class="end">{clockTime(one.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function One({ hook, delivery, close }: { hook: Webhook; delivery: Delivery; close(): void }) {
  const again = useResource(async () => true);
  const [sent, setSent] = useState(false);
  return (
    <aside class="settings-aside" aria-label={delivery.event}>
      <header class="with-action">
        <h3>{delivery.event}</h3>
        <button type="button" class="icon-button" aria-label={t('closeDialog')} onClick={close}>
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
              .attempt(() => api('POST', `${PATH}/${hook.id}/deliveries/${delivery.id}/redeliver`))
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

function Add({ hooks, close, made }: { hooks: Resource<Webhook[]>; close(): void; made(hook: Webhook): void }) {
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<string[]>(EVENTS);
  const add = async (event: Event) => {
    event.preventDefault();
    const hook = await hooks.attempt(() => api<Webhook>('POST', PATH, { url, events }));
    if (!hook) return;
    await hooks.load();
    made(hook);
  };
  return (
    <Dialog title={t('newWebhook')} close={close}>
      <form class="form" onSubmit={add}>
        <TextField label={t('address')} value={url} set={setUrl} type="url" required placeholder="https://" />
        <fieldset class="checks">
          <legend>{t('events')}</legend>
          {EVENTS.map((one) => (
            <label key={one}>
              <input
                type="checkbox"
                checked={events.includes(one)}
                onChange={({ currentTarget }) =>
                  setEvents(currentTarget.checked ? [...events, one] : events.filter((event) => event !== one))
                }
              />
              <code>{one}</code>
            </label>
          ))}
        </fieldset>
        <Failed reason={hooks.reason} />
        <span class="form-buttons">
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
          <button type="submit" class="button primary" disabled={events.length === 0}>
            {t('add')}
          </button>
        </span>
      </form>
    </Dialog>
  );
}
