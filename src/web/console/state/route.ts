/** Which view is shown, as the address has it: `/console/queue/<conversation>`, `/console/settings/team`. */
import { computed, signal } from '@preact/signals';

const BASE = '/console';

export type Route =
  | { name: 'inbox'; view: string; conversation: string | undefined }
  | { name: 'reports' }
  | { name: 'settings'; page: string | undefined };

const path = signal<string>('');

function read(): void {
  path.value = location.pathname.replace(/^\/console\/?/, '').replace(/\/+$/, '');
}

/** Keeps the route in step with the address. */
export function watchPath(): void {
  read();
  addEventListener('popstate', read);
}

/** Views of two parts: `tag/<tag>`, `by/<user>`. */
const TWO_PARTS = new Set(['tag', 'by']);
export const FIRST_VIEW = 'open';

export const route = computed<Route>(() => {
  const [first = '', ...rest] = path.value.split('/').map(decodeURIComponent);
  if (first === 'reports') return { name: 'reports' };
  if (first === 'settings') return { name: 'settings', page: rest[0] };
  const parts = TWO_PARTS.has(first) ? 1 : 0;
  const view = [first || FIRST_VIEW, ...rest.slice(0, parts)].join('/');
  return { name: 'inbox', view, conversation: rest[parts] };
});

/** The view of the inbox that was shown last: where one comes back to from reports and settings. */
export const lastView = signal<string>(FIRST_VIEW);

export function pathTo(to: Route): string {
  if (to.name === 'reports') return `${BASE}/reports`;
  if (to.name === 'settings') return `${BASE}/settings${to.page ? `/${to.page}` : ''}`;
  const parts = [...to.view.split('/'), ...(to.conversation ? [to.conversation] : [])];
  return `${BASE}/${parts.map(encodeURIComponent).join('/')}`;
}

/** @param how `replace` where going back should skip what is shown now */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  if (to.name === 'inbox') lastView.value = to.view;
  const next = pathTo(to);
  if (next === location.pathname) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', next);
  read();
}

export function goToView(view: string): void {
  go({ name: 'inbox', view, conversation: undefined });
}

/** Opens a conversation in the view that is shown. */
export function goToConversation(id: string | undefined, how: 'push' | 'replace' = 'push'): void {
  const now = route.value;
  go({ name: 'inbox', view: now.name === 'inbox' ? now.view : lastView.value, conversation: id }, how);
}

/** For links: an ordinary click goes there inside the page, all others are the browser's. */
export function follow(event: MouseEvent, to: Route): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(to);
}
