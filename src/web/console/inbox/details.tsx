/** What is known of the customer: who they are, where they are right now, what was before. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Conversation } from '../../../protocol/conversation.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Face, Icon } from '../parts/icon.tsx';
import { attempt, block, setTag } from '../state/actions.ts';
import { now } from '../state/clock.ts';
import { customer, transcript } from '../state/customer.ts';
import { me, presence } from '../state/desk.ts';
import { knownTags } from '../state/numbers.ts';
import { openers } from '../state/openers.ts';
import { closeOverlay } from '../state/overlay.ts';
import { cityOf, customerOf, otherOf, titleOf } from '../state/people.ts';
import { goToConversation } from '../state/route.ts';
import { talkTo } from '../state/talk.ts';
import { clockTime, shortDay } from '../times.ts';
import { language, t } from '../words.ts';
import { browserOf } from './browser-name.ts';

export function Details({ conversation, asOverlay }: { conversation: Conversation; asOverlay: boolean }) {
  const { kind, team } = conversation;
  const person = kind === 'support' ? customerOf(conversation) : otherOf(conversation);
  const known = person ? customer(person.id).value : null;
  const user = known?.user;
  const { timeZone, language: speaks, page, title, referrer } = team?.context ?? {};
  const city = cityOf(timeZone);
  return (
    <aside class={`pane details-pane${asOverlay ? ' as-overlay' : ''}`} aria-label={t('details')}>
      <header class="details-head">
        <Avatar person={person} size={42} />
        <div>
          <h2>
            <bdi>{titleOf(conversation)}</bdi>
          </h2>
          <p>{user?.email ? <bdi>{user.email}</bdi> : user?.anonymous === false ? user.externalId : t('unnamed')}</p>
        </div>
        {asOverlay ? (
          <button type="button" class="icon-button" aria-label={t('toClose')} onClick={closeOverlay}>
            <Icon name="close" />
          </button>
        ) : null}
      </header>
      <dl>
        {timeZone ? (
          <Fact name={t('localTime')}>
            {clockTime(now.value, timeZone)}
            {city ? `, ${city}` : ''}
          </Fact>
        ) : null}
        {Object.entries(user?.fields ?? {}).map(([name, value]) => (
          <Fact key={name} name={name}>
            <FieldValue value={value} />
          </Fact>
        ))}
        {user ? <Fact name={t('customer')}>{t('sinceDay', { day: shortDay(user.createdAt) })}</Fact> : null}
        {kind === 'direct' && person ? (
          <Fact name={t('state')}>{t(`${presence.value.get(person.id) ?? 'offline'}State`)}</Fact>
        ) : null}
      </dl>
      {team ? <Tags conversation={conversation} tags={team.tags} /> : null}
      {team ? (
        <section>
          <h3>{t('rightNow')}</h3>
          <dl>
            {page ? (
              <Fact name={t('page')}>
                <Outside address={page}>{title || pathOf(page)}</Outside>
              </Fact>
            ) : null}
            {referrer ? <Fact name={t('cameFrom')}>{hostOf(referrer)}</Fact> : null}
            {speaks ? <Fact name={t('language')}>{languageName(speaks)}</Fact> : null}
            {team.userAgent ? <Fact name={t('browser')}>{browserOf(team.userAgent)}</Fact> : null}
            {team.ip ? <Fact name={t('address')}>{team.ip}</Fact> : null}
          </dl>
        </section>
      ) : null}
      {kind === 'support' ? <Before conversation={conversation} before={known?.before ?? []} /> : null}
      <section>
        <h3>{t('menu')}</h3>
        <button type="button" class="action" onClick={() => void transcript(conversation)}>
          <Icon name="download" size={18} /> {t('transcript')}
        </button>
        {kind === 'support' && user && !user.anonymous ? (
          <button type="button" class="action" onClick={() => void attempt(conversation.id, () => talkTo(user.id))}>
            <Icon name="user" size={18} /> {t('writeDirectly')}
          </button>
        ) : null}
        {kind === 'support' && user && me.value.role !== 'peer' ? (
          <button
            type="button"
            class="action"
            onClick={() => void block(conversation, user.id, user.blockedAt === null)}
          >
            <Icon name="shield" size={18} /> {t(user.blockedAt === null ? 'blockVisitor' : 'unblockVisitor')}
          </button>
        ) : null}
      </section>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

function FieldValue({ value }: { value: string }) {
  return /^https?:\/\//.test(value) ? <Outside address={value}>{value.replace(/^https?:\/\//, '')}</Outside> : value;
}

function Outside({ address, children }: { address: string; children: ComponentChildren }) {
  if (!/^https?:\/\//.test(address)) return <>{children}</>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" title={address}>
      {children}
    </a>
  );
}

function urlOf(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
const pathOf = (address: string) => urlOf(address)?.pathname ?? address;
const hostOf = (address: string) => urlOf(address)?.host.replace(/^www\./, '') ?? address;

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function Before({ conversation, before }: { conversation: Conversation; before: readonly Conversation[] }) {
  const others = before.filter(({ id }) => id !== conversation.id);
  return (
    <section>
      <h3>{t('before')}</h3>
      {others.length === 0 ? <p class="quiet">{t('firstConversation')}</p> : null}
      {others.map((one) => (
        <button key={one.id} type="button" class="action" onClick={() => goToConversation(one.id)}>
          {one.rating ? <Face score={one.rating} size={18} /> : <Icon name="chat" size={18} />}
          <span class="action-text">
            <bdi>{one.subject ?? one.last?.text ?? t('noMessages')}</bdi>
          </span>
          <time>{shortDay(one.createdAt)}</time>
        </button>
      ))}
    </section>
  );
}

function Tags({ conversation, tags }: { conversation: Conversation; tags: readonly string[] }) {
  const [adding, setAdding] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  openers.tags.open = () => setAdding(true);
  useLayoutEffect(() => {
    if (adding) field.current?.focus();
  }, [adding]);
  const add = () => {
    const tag = field.current?.value.trim();
    if (tag && !tags.includes(tag)) void setTag(conversation, tag, true);
    setAdding(false);
  };
  return (
    <section>
      <header class="with-action">
        <h3>{t('tags')}</h3>
        <button type="button" class="icon-button small" aria-label={t('addTag')} onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} />
        </button>
      </header>
      <div class="tags">
        {tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
            <button
              type="button"
              aria-label={t('removeTag', { tag })}
              onClick={() => void setTag(conversation, tag, false)}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        ))}
        {adding ? (
          <input
            ref={field}
            class="tag-field"
            maxLength={50}
            aria-label={t('addTag')}
            list="known-tags"
            onBlur={add}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') add();
              else if (event.key === 'Escape') setAdding(false);
            }}
          />
        ) : tags.length === 0 ? (
          <p class="quiet">{t('noTags')}</p>
        ) : null}
        <KnownTags />
      </div>
    </section>
  );
}

function KnownTags() {
  return (
    <datalist id="known-tags">
      {knownTags.value.map(({ tag }) => (
        <option key={tag} value={tag} />
      ))}
    </datalist>
  );
}
