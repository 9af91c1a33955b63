/** What is written and not sent, by conversation and mode. The words survive a reload, files what the page does. */
import { type Signal, signal } from '@preact/signals';
import { me } from './desk.ts';

export type Mode = 'reply' | 'note';

const drafts = new Map<string, Signal<string>>();
const files = new Map<string, Signal<readonly File[]>>();
/** What was sent and came back: it stands first in the draft. */
const cameBack = new Map<string, string>();
const modes = new Map<string, Signal<Mode>>();

const keyOf = (id: string, mode: Mode) => `parley.draft.${me.peek().id}.${id}.${mode}`;

function kept(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function draftOf(id: string, mode: Mode): Signal<string> {
  const key = keyOf(id, mode);
  const draft = drafts.get(key) ?? signal(kept(key));
  drafts.set(key, draft);
  return draft;
}

export function setDraft(id: string, mode: Mode, text: string): void {
  draftOf(id, mode).value = text;
  const key = keyOf(id, mode);
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // A full or forbidden storage: the draft lives as long as the page.
  }
}

/** The files that go with it. */
export function filesOf(id: string, mode: Mode): Signal<readonly File[]> {
  const key = keyOf(id, mode);
  const one = files.get(key) ?? signal<readonly File[]>([]);
  files.set(key, one);
  return one;
}

/** What was sent is a draft again: behind what came back before it, ahead of what has been written since. */
export function giveBack(id: string, mode: Mode, text: string, sent: readonly File[]): void {
  const key = keyOf(id, mode);
  const present = draftOf(id, mode).peek();
  const before = cameBack.get(key) ?? '';
  const isFirst = before === '' || !present.startsWith(before);
  const back = isFirst ? text : `${before}\n\n${text}`;
  const since = (isFirst ? present : present.slice(before.length)).trim();
  cameBack.set(key, back);
  setDraft(id, mode, since ? `${back}\n\n${since}` : back);
  const now = filesOf(id, mode);
  now.value = [...sent, ...now.peek()];
}

export function modeOf(id: string): Signal<Mode> {
  const mode = modes.get(id) ?? signal<Mode>(kept(keyOf(id, 'note')) && !kept(keyOf(id, 'reply')) ? 'note' : 'reply');
  modes.set(id, mode);
  return mode;
}
