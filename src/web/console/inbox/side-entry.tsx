/** What the side bar is made of: sections of entries, each a way to somewhere with its number. */
import type { ComponentChildren } from 'preact';
import { follow, pathTo, type Route } from '../state/route.ts';
import { t } from '../words.ts';

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="side-section">
      <h2>{title}</h2>
      <ul class="side-list">{children}</ul>
    </section>
  );
}

type EntryProps = {
  to: Route;
  current: boolean;
  label: string;
  count?: number | undefined;
  unread?: number | undefined;
  alarm?: boolean;
  class?: string;
  children: ComponentChildren;
};

export function Entry({ to, current, label, count, unread, alarm, class: cls = '', children }: EntryProps) {
  return (
    <li class={cls}>
      <a
        class="side-entry"
        href={pathTo(to)}
        aria-current={current ? 'page' : undefined}
        title={label}
        onClick={(event) => follow(event, to)}
      >
        {children}
        <span class="side-label">{label}</span>
        {count !== undefined ? (
          <span class={`side-count${alarm ? ' alarm' : ''}${count === 0 ? ' zero' : ''}`}>{count}</span>
        ) : null}
        <Unread n={unread} />
      </a>
    </li>
  );
}

export function Unread({ n }: { n: number | undefined }) {
  return n ? (
    <span class="badge">
      <span class="sr-only">{t('unreadCount', { count: n })}</span>
      <span aria-hidden="true">{n > 99 ? '99+' : n}</span>
    </span>
  ) : null;
}
