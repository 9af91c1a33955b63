/** What is written and not sent, by conversation and mode. It survives a reload. */
import { type Signal, signal } from '@preact/signals';
import { me } from './desk.ts';

export type Mode = 'reply' | 'note';

const drafts = new Map<string, Signal<string>>();
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

export function modeOf(id: string): Signal<Mode> {
  const mode = modes.get(id) ?? signal<Mode>(kept(keyOf(id, 'note')) && !kept(keyOf(id, 'reply')) ? 'note' : 'reply');
  modes.set(id, mode);
  return mode;
}
