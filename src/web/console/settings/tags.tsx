/** The tags in use: how often, and another name for one, or none. */
import { useState } from 'preact/hooks';
import type { TagCount } from '../../../protocol/tag-count.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { client } from '../state/desk.ts';
import { follow, pathTo, type Route } from '../state/route.ts';
import { t } from '../words.ts';
import { TextField } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { useList } from './resource.ts';

const PAGE = 100;

/**
 * Takes a tag from all conversations that have it. Each is a change of its own, which the team reads there.
 *
 * @param to what stands in its place; null: nothing
 * @param told of how many were changed so far
 */
async function replaceTag(tag: string, to: string | null, told: (count: number) => void): Promise<void> {
  const { conversations } = client();
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await conversations.load({ kind: 'support', tag, limit: PAGE, cursor });
    for (const { id, team } of page.items) {
      const others = (team?.tags ?? []).filter((one) => one !== tag && one !== to);
      await client().patch(id, { tags: to === null ? others : [...others, to] });
      told(++count);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

export function Tags() {
  const list = useList<TagCount>('/v1/tags');
  const [edited, setEdited] = useState<TagCount>();
  const [removed, setRemoved] = useState<TagCount>();
  const [changed, setChanged] = useState<number>();
  const replace = async (tag: string, to: string | null) => {
    setEdited(undefined);
    setRemoved(undefined);
    setChanged(0);
    await list.attempt(() => replaceTag(tag, to, setChanged));
    setChanged(undefined);
    await list.load();
  };
  return (
    <SettingsPage title={t('tags')} about={t('tagsAbout')}>
      <Failed reason={list.reason} />
      <p class="quiet" role="status">
        {changed === undefined
          ? list.value?.length === 0
            ? t('noTagsYet')
            : ''
          : t('tagsChanged', { count: changed })}
      </p>
      {list.value && list.value.length > 0 ? (
        <table class="table">
          <thead>
            <tr>
              <th>{t('tag')}</th>
              <th class="end">{t('openOnes')}</th>
              <th class="end">{t('inAll')}</th>
              <th class="end">
                <span class="sr-only">{t('menu')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.value.map((one) => (
              <tr key={one.tag}>
                <td>
                  <TagLink tag={one.tag} />
                </td>
                <td class="end">{one.open}</td>
                <td class="end">{one.conversations}</td>
                <td class="end nowrap">
                  <button
                    type="button"
                    class="icon-button"
                    disabled={changed !== undefined}
                    aria-label={t('renameIt', { name: one.tag })}
                    onClick={() => setEdited(one)}
                  >
                    <Icon name="pen" />
                  </button>
                  <button
                    type="button"
                    class="icon-button"
                    disabled={changed !== undefined}
                    aria-label={t('deleteIt', { name: one.tag })}
                    onClick={() => setRemoved(one)}
                  >
                    <Icon name="trash" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {edited ? (
        <Rename {...edited} close={() => setEdited(undefined)} rename={(to) => replace(edited.tag, to)} />
      ) : null}
      {removed ? (
        <Dialog title={t('deleteIt', { name: removed.tag })} close={() => setRemoved(undefined)}>
          <p>{t('tagGoesFrom', { count: removed.conversations })}</p>
          <span class="form-buttons">
            <button type="button" class="button" onClick={() => setRemoved(undefined)}>
              {t('cancel')}
            </button>
            <button type="button" class="button primary" onClick={() => void replace(removed.tag, null)}>
              {t('delete')}
            </button>
          </span>
        </Dialog>
      ) : null}
    </SettingsPage>
  );
}

function TagLink({ tag }: { tag: string }) {
  const to: Route = { name: 'inbox', view: `tag/${tag}`, conversation: undefined };
  return (
    <a class="tag" href={pathTo(to)} onClick={(event) => follow(event, to)}>
      {tag}
    </a>
  );
}

function Rename({
  tag,
  conversations,
  close,
  rename,
}: TagCount & { close(): void; rename(to: string): Promise<void> }) {
  const [name, setName] = useState(tag);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const to = name.trim();
    if (to && to !== tag) void rename(to);
    else close();
  };
  return (
    <Dialog title={t('renameIt', { name: tag })} close={close}>
      <form class="form" onSubmit={onSubmit}>
        <TextField
          label={t('name')}
          value={name}
          set={setName}
          required
          maxLength={50}
          hint={t('tagChangesIn', { count: conversations })}
        />
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
