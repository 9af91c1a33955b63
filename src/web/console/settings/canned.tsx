/** Canned replies: a word behind a slash, and the text that it stands for. */
import { useState } from 'preact/hooks';
import { type CannedReply, cannedReplies } from '../inbox/canned.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { t } from '../words.ts';
import { TextField } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { api, useList } from './resource.ts';

const PATH = '/v1/canned-replies';

export function Canned() {
  const list = useList<CannedReply>(PATH);
  const [edited, setEdited] = useState<Partial<CannedReply>>();
  const changed = async () => {
    setEdited(undefined);
    // The editor asks for them anew.
    cannedReplies.value = null;
    await list.load();
  };
  return (
    <SettingsPage
      title={t('cannedReplies')}
      about={t('cannedAbout')}
      actions={
        <button type="button" class="button primary" onClick={() => setEdited({})}>
          <Icon name="plus" size={18} /> {t('newCanned')}
        </button>
      }
    >
      <Failed reason={list.reason} />
      {list.value?.length === 0 ? <p class="quiet">{t('noCanned')}</p> : null}
      <ul class="cards">
        {list.value?.map((reply) => (
          <li key={reply.id} class="card-row">
            <button type="button" class="card-main" onClick={() => setEdited(reply)}>
              <b>/{reply.shortcut}</b>
              <span>{reply.text}</span>
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={t('deleteIt', { name: reply.shortcut })}
              onClick={() => list.remove(reply, reply.shortcut, changed)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {edited ? (
        <Edit
          reply={edited}
          close={() => setEdited(undefined)}
          saved={changed}
          attempt={list.attempt}
          reason={list.reason}
        />
      ) : null}
    </SettingsPage>
  );
}

type EditProps = {
  reply: Partial<CannedReply>;
  close(): void;
  saved(): Promise<void>;
  attempt<R>(run: () => Promise<R>): Promise<R | undefined>;
  reason: string | undefined;
};

function Edit({ reply, close, saved, attempt, reason }: EditProps) {
  const [shortcut, setShortcut] = useState(reply.shortcut ?? '');
  const [text, setText] = useState(reply.text ?? '');
  const save = async (event: Event) => {
    event.preventDefault();
    const body = { shortcut: shortcut.replace(/^\//, ''), text };
    const done = await attempt(() => (reply.id ? api('PATCH', `${PATH}/${reply.id}`, body) : api('POST', PATH, body)));
    if (done) await saved();
  };
  return (
    <Dialog title={t(reply.id ? 'cannedReply' : 'newCanned')} close={close}>
      <form class="form" onSubmit={save}>
        <TextField label={t('shortcut')} value={shortcut} set={setShortcut} required hint={t('shortcutHint')} />
        <TextField label={t('text')} value={text} set={setText} required long hint={t('cannedHint')} />
        <Failed reason={reason} />
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
