/**
 * Which view is shown, as the address has it: `/console/queue/<conversation>`, `/console/search/<conversation>/<message>?q=…`,
 * `/console/settings/team`.
 */
import { batch, computed, signal } from '@preact/signals';
import { partsOf } from './view-parts.ts';

const BASE = '/console';

export type Route =
  | { name: 'inbox'; view: string; conversation: string | undefined; message?: string | undefined }
  | { name: 'reports' }
  | { name: 'settings'; page: string | undefined };

const path = signal<string>('');
/** What is searched for is the address's query, and part of the view's id. */
const query = signal<string>('');

function read(): void {
  batch(() => {
    path.value = location.pathname.replace(/^\/console\/?/, '').replace(/\/+$/, '');
    query.value = location.search;
  });
}

/** Keeps the route in step with the address. */
export function watchPath(): void {
  read();
  addEventListener('popstate', read);
}

/** Views of two parts: `tag/<tag>`, `by/<user>`. */
const TWO_PARTS = new Set(['tag', 'by']);
const FIRST_VIEW = 'open';

export const route = computed<Route>(() => {
  const [first = '', ...rest] = path.value.split('/').map(decodeURIComponent);
  if (first === 'reports') return { name: 'reports' };
  if (first === 'settings') return { name: 'settings', page: rest[0] };
  const parts = TWO_PARTS.has(first) ? 1 : 0;
  const view = [first || FIRST_VIEW, ...rest.slice(0, parts)].join('/');
  const asked = first === 'search' ? query.value : '';
  return { name: 'inbox', view: view + asked, conversation: rest[parts], message: rest[parts + 1] };
});

export const isSearch = (view: string) => /^search(\?|$)/.test(view);

/** The view of the inbox that was shown last: where one comes back to from reports and settings. */
const lastView = signal<string>(FIRST_VIEW);

export function pathTo(to: Route): string {
  if (to.name === 'reports') return `${BASE}/reports`;
  if (to.name === 'settings') return `${BASE}/settings${to.page ? `/${to.page}` : ''}`;
  const at = isSearch(to.view) ? to.view.indexOf('?') : -1;
  const [view, asked] = at < 0 ? [to.view, ''] : [to.view.slice(0, at), to.view.slice(at)];
  const further = to.conversation ? [to.conversation, ...(to.message ? [to.message] : [])] : [];
  return `${BASE}/${[...partsOf(view), ...further].map(encodeURIComponent).join('/')}${asked}`;
}

/** @param how `replace` where going back should skip what is shown now */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  if (to.name === 'inbox') lastView.value = to.view;
  const next = pathTo(to);
  if (next === location.pathname + location.search) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', next);
  read();
}

export function goToView(view: string): void {
  go({ name: 'inbox', view, conversation: undefined });
}

/** Opens a conversation in the view that is shown. @param message where it is opened; else where one had read to */
export function goToConversation(id: string | undefined, how: 'push' | 'replace' = 'push', message?: string): void {
  const now = route.value;
  go({ name: 'inbox', view: now.name === 'inbox' ? now.view : lastView.value, conversation: id, message }, how);
}

/** For links: an ordinary click goes there inside the page, all others are the browser's. */
export function follow(event: MouseEvent, to: Route): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(to);
}
