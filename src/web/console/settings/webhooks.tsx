/** Addresses that are told what happens, and what became of each telling. */
import { useState } from 'preact/hooks';
import type { Delivery, Webhook } from '../../../protocol/webhook.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { t } from '../words.ts';
import { Deliveries, OneDelivery } from './deliveries.tsx';
import { Pill, TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, type Resource, useList } from './resource.ts';
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
      aside={
        delivery && open ? (
          <OneDelivery
            key={`${delivery.id} ${delivery.attempts}`}
            delivery={delivery}
            close={() => setDelivery(undefined)}
          />
        ) : null
      }
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
              label={`${t('menu')}: ${hook.url}`}
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
                  run: () => hooks.remove(hook, hook.url),
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
