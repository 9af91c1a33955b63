/** Bots: a program behind a webhook, or a model behind an API like OpenAI's; and who answers new conversations first. */
import { useState } from 'preact/hooks';
import { Avatar } from '../parts/avatar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { loadTeam, personName, team } from '../state/people.ts';
import { t } from '../words.ts';
import { Segments, Select, TextField, Toggle } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, type Resource, useList } from './resource.ts';
import { SaveBar } from './save-bar.tsx';
import { useTeamSettings } from './team-settings.ts';

const PATH = '/v1/bots';

type Bot = {
  id: string;
  name: string;
  engine: 'webhook' | 'openai';
  url: string;
  format?: 'parley' | 'n8n';
  enabled: boolean;
  model?: string;
  prompt?: string;
  actions?: boolean;
  hasKey: boolean;
};

export function Bots() {
  const bots = useList<Bot>(PATH);
  const settings = useTeamSettings();
  const [edited, setEdited] = useState<Partial<Bot>>();
  const changed = async () => {
    setEdited(undefined);
    await bots.load();
    await loadTeam();
  };
  const first = settings.now?.firstAssignee;
  const answerers = [['', t('theyWait')] as const, ...team.value.map((one) => [one.id, personName(one)] as const)];
  return (
    <SettingsPage
      title={t('bots')}
      about={t('botsAbout')}
      actions={
        <>
          <SaveBar edited={settings} />
          <button type="button" class="button primary" onClick={() => setEdited({})}>
            <Icon name="plus" size={18} /> {t('newBot')}
          </button>
        </>
      }
    >
      <Failed reason={bots.reason ?? settings.reason} />
      <ul class="cards">
        {bots.value?.map((bot) => (
          <li key={bot.id} class="card-row">
            <Avatar person={{ id: bot.id, name: bot.name, role: 'bot' }} size={32} />
            <button type="button" class="card-main" onClick={() => setEdited(bot)}>
              <b>{bot.name}</b>
              <small>{bot.engine === 'openai' ? `${bot.model ?? ''} · ${bot.url}` : bot.url}</small>
            </button>
            <Toggle
              bare
              label={`${t('enabled')}: ${bot.name}`}
              on={bot.enabled}
              set={(enabled) => void bots.attempt(() => api('PATCH', `${PATH}/${bot.id}`, { enabled })).then(changed)}
            />
            <button
              type="button"
              class="icon-button"
              aria-label={t('deleteIt', { name: bot.name })}
              onClick={() => bots.remove(bot, bot.name, changed)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {bots.value?.length === 0 ? <p class="quiet">{t('noBots')}</p> : null}
      {first ? (
        <div class="form">
          <Select
            label={t('firstAnswerer')}
            value={first.agent ?? ''}
            set={(id) => settings.set({ firstAssignee: { ...first, agent: id || null } })}
            options={answerers}
          />
          <Select
            label={t('firstPeer')}
            value={first.peer ?? ''}
            set={(id) => settings.set({ firstAssignee: { ...first, peer: id || null } })}
            options={answerers}
          />
        </div>
      ) : null}
      {edited ? <Edit bot={edited} bots={bots} close={() => setEdited(undefined)} saved={changed} /> : null}
    </SettingsPage>
  );
}

type EditProps = { bot: Partial<Bot>; bots: Resource<Bot[]>; close(): void; saved(): Promise<void> };

function Edit({ bot, bots, close, saved }: EditProps) {
  const [values, setValues] = useState({
    engine: 'webhook',
    format: 'parley',
    name: '',
    url: '',
    model: '',
    prompt: '',
    actions: true,
    ...bot,
    key: '',
  } as Bot & { key: string });
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change });
  const isModel = values.engine === 'openai';
  const save = async (event: Event) => {
    event.preventDefault();
    const { name, engine, url, format, model, prompt, actions, key } = values;
    const secret = key ? (isModel ? { key } : { secret: key }) : {};
    const own = isModel ? { model, actions, ...(prompt ? { prompt } : {}) } : { format };
    const body = { name, url, ...own, ...secret };
    const done = await bots.attempt(() =>
      bot.id ? api('PATCH', `${PATH}/${bot.id}`, body) : api('POST', PATH, { engine, ...body }),
    );
    if (done) await saved();
  };
  return (
    <Dialog title={bot.name ?? t('newBot')} close={close}>
      <form class="form" onSubmit={save}>
        <TextField label={t('name')} value={values.name} set={(name) => set({ name })} required maxLength={200} />
        {bot.id ? null : (
          <Segments
            label={t('engine')}
            value={values.engine}
            set={(engine) => set({ engine })}
            options={[
              ['webhook', t('engineWebhook')],
              ['openai', t('engineModel')],
            ]}
          />
        )}
        <TextField
          label={t('address')}
          value={values.url}
          set={(url) => set({ url })}
          type="url"
          required
          placeholder="https://"
        />
        {isModel ? (
          <>
            <TextField label={t('model')} value={values.model ?? ''} set={(model) => set({ model })} required />
            <TextField label={t('prompt')} value={values.prompt ?? ''} set={(prompt) => set({ prompt })} long />
            <Toggle label={t('modelActions')} on={values.actions ?? false} set={(actions) => set({ actions })} />
          </>
        ) : (
          <Segments
            label={t('format')}
            value={values.format ?? 'parley'}
            set={(format) => set({ format })}
            options={[
              ['parley', 'Parley'],
              ['n8n', 'n8n'],
            ]}
          />
        )}
        <TextField
          label={t(isModel ? 'modelKey' : 'webhookSecret')}
          value={values.key}
          set={(key) => set({ key })}
          type="password"
          hint={t(bot.hasKey ? 'keyKept' : 'keyHint')}
        />
        <Failed reason={bots.reason} />
        <span class="form-buttons">
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
          <button type="submit" class="button primary">
            {t('save')}
          </button>
        </span>
      </form>
    </Dialog>
  );
}
