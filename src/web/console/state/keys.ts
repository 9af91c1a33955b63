/** The keyboard: all that can be done can be done by it. */
import { t, type Word } from '../words.ts';
import { assign, claim, close } from './actions.ts';
import { chooseNone, choosing, chosen, outcome, toggleChosen } from './chosen.ts';
import { client, me } from './desk.ts';
import { movedByKey, shownRows } from './moving.ts';
import { openers } from './openers.ts';
import { overlay, palette } from './overlay.ts';
import { go, goToConversation, goToView, route } from './route.ts';
import { undoLast } from './undo.ts';

/** As the help shows them. */
export const KEYS: readonly { title: Word; keys: readonly [string, Word][] }[] = [
  {
    title: 'keysList',
    keys: [
      ['J', 'keyNext'],
      ['K', 'keyPrevious'],
      ['X', 'keyChoose'],
      ['G Q', 'keyQueue'],
      ['G M', 'keyMine'],
      ['G O', 'keyOpen'],
      ['G F', 'keySearch'],
      ['F6', 'keyPanes'],
    ],
  },
  {
    title: 'keysConversation',
    keys: [
      ['R', 'reply'],
      ['N', 'note'],
      ['/', 'cannedReplies'],
      ['C', 'claim'],
      ['A', 'keyAssign'],
      ['T', 'addTag'],
      ['S', 'snooze'],
      ['E', 'toClose'],
      ['Z', 'undo'],
    ],
  },
  {
    title: 'keysAlways',
    keys: [
      ['Ctrl+K', 'searchOrJump'],
      ['?', 'keyboard'],
      ['Esc', 'keyEscape'],
    ],
  },
];

function current() {
  const { value } = route;
  return value.name === 'inbox' && value.conversation ? client().conversations.get(value.conversation) : undefined;
}

/** The next row down or up; focus follows. */
function move(step: number): void {
  const { ids, selected } = shownRows;
  if (ids.length === 0) return;
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  const next = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + step))] as string;
  movedByKey();
  shownRows.open(next, current() ? 'replace' : 'push');
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-id="${CSS.escape(next)}"]`)?.focus());
}

const PANES = ['.sidebar .side-entry', '#list [tabindex="0"]', '#thread', '#editor'];

function nextPane(back: boolean): void {
  const panes = PANES.map((selector) => document.querySelector<HTMLElement>(selector)).filter((one) => one !== null);
  const holds = (pane: HTMLElement) => pane.closest('nav, .list-pane, .thread-hold, .editor-hold') ?? pane;
  const at = panes.findIndex((pane) => holds(pane).contains(document.activeElement));
  panes.at((at + (back ? -1 : 1)) % panes.length)?.focus();
}

let afterG = 0;
const G_MS = 1000;

const GO: Record<string, () => void> = {
  q: () => goToView('queue'),
  m: () => goToView('mine'),
  o: () => goToView('open'),
  s: () => goToView('snoozed'),
  c: () => goToView('closed'),
  f: () => goToView('search'),
  r: () => go({ name: 'reports' }),
};

const PLAIN: Record<string, () => unknown> = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => (document.activeElement?.closest('#list') ? move(1) : false),
  ArrowUp: () => (document.activeElement?.closest('#list') ? move(-1) : false),
  g: () => {
    afterG = Date.now();
  },
  '?': () => {
    overlay.value = { name: 'keys' };
  },
  z: () => outcome.peek()?.undo?.() ?? undoLast(),
  Escape: () => {
    if (overlay.value) overlay.value = null;
    else if (choosing.value || chosen.value.size > 0) chooseNone();
    else if (current()) goToConversation(undefined);
  },
};

/** What needs a conversation. */
const WITH: Record<string, (conversation: NonNullable<ReturnType<typeof current>>) => unknown> = {
  x: ({ id, kind }) => kind === 'support' && toggleChosen(id),
  r: () => openers.editor.open?.('reply'),
  n: ({ kind }) => kind === 'support' && openers.editor.open?.('note'),
  '/': () => openers.editor.open?.('reply', '/'),
  e: (conversation) => conversation.kind === 'support' && conversation.status === 'open' && close(conversation),
  c: (conversation) => (conversation.assignee ? assign(conversation, me.value.id) : claim(conversation.id)),
  a: (conversation) => (conversation.assignee ? openers.assign.open?.() : palette(`${t('assign')} `)),
  t: () => openers.tags.open?.(),
  s: () => openers.snooze.open?.(),
};

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest('input:not([type=checkbox]), textarea, select, [contenteditable]'));
}

function onKey(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented) return;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') palette('');
  else if (key === 'F6') nextPane(event.shiftKey);
  else {
    if (ctrlKey || metaKey || altKey || isWriting(event.target)) return;
    const name = key.length === 1 ? key.toLowerCase() : key;
    if (Date.now() - afterG < G_MS && GO[name]) {
      afterG = 0;
      GO[name]();
    } else {
      const conversation = current();
      const act = PLAIN[name] ?? (conversation && WITH[name] ? () => WITH[name]?.(conversation) : undefined);
      if (!act || act() === false) return;
    }
  }
  event.preventDefault();
}

/** @returns what ends it */
export function listenToKeys(): () => void {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
