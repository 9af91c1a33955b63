/** What narrows a search down: who wrote it, where, when. */
import { Icon } from '../parts/icon.tsx';
import { client, me } from '../state/desk.ts';
import { personName, team, titleOf } from '../state/people.ts';
import { type Wanted, without } from '../state/search.ts';
import { t } from '../words.ts';

type FiltersProps = { wanted: Wanted; want(next: Wanted): void };

export const isNarrowed = ({ author, conversation, from, to }: Wanted) => Boolean(author || conversation || from || to);

export function Filters({ wanted, want }: FiltersProps) {
  const set = (part: 'author' | 'conversation' | 'from' | 'to', value: string) =>
    want(value ? { ...wanted, [part]: value } : without(wanted, part));
  const within = wanted.conversation === undefined ? undefined : client().conversations.get(wanted.conversation);
  return (
    <div class="search-filters" id="search-filters">
      <label>
        <span>{t('writtenBy')}</span>
        <select value={wanted.author ?? ''} onChange={(event) => set('author', event.currentTarget.value)}>
          <option value="">{t('byAnybody')}</option>
          <option value={me.value.id}>{t('me')}</option>
          {team.value
            .filter(({ id }) => id !== me.value.id)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {personName(one)}
              </option>
            ))}
        </select>
      </label>
      {(['from', 'to'] as const).map((part) => (
        <label key={part}>
          <span>{t(part === 'from' ? 'fromDay' : 'toDay')}</span>
          <input type="date" value={wanted[part] ?? ''} onChange={(event) => set(part, event.currentTarget.value)} />
        </label>
      ))}
      {wanted.conversation ? (
        <span class="tag search-within">
          {within ? t('withinName', { name: titleOf(within) }) : t('withinOne')}
          <button type="button" aria-label={t('everywhere')} onClick={() => set('conversation', '')}>
            <Icon name="close" size={12} />
          </button>
        </span>
      ) : null}
    </div>
  );
}
