/**
 * Deleting with a few seconds' grace. What the server deletes is erased there at once and comes back for nobody, so the
 * grace lies before: what goes is shown no more, and the request goes out when it can no longer be taken back. That is
 * also when another thing is offered in its place, and when the page is hidden: nothing later is sure to be told to a
 * page that is closed. The request outlives the page.
 */
import { signal } from '@preact/signals';
import { client } from './desk.ts';
import { offerUndo, settlePending } from './undo.ts';

/** What one deletes should be gone soon: shorter than what else can be taken back, ms. */
const GRACE_MS = 5_000;

/** Paths in the API of what is about to be deleted, or was from here. */
export const deleted = signal<ReadonlySet<string>>(new Set());

function mark(path: string, on: boolean): void {
  const next = new Set(deleted.peek());
  if (on) next.add(path);
  else next.delete(path);
  deleted.value = next;
}

type Deletion = {
  path: string;
  /** Beside what it is told, and in which words. */
  id: string;
  text: string;
  done?(): void;
  failed(error: unknown): void;
};

export function deleteSoon({ path, id, text, done, failed }: Deletion): void {
  mark(path, true);
  const go = () =>
    client()
      .http.json('DELETE', path, undefined, { fetch: (to, init) => fetch(to, { ...init, keepalive: true }) })
      .then(done, (error) => {
        mark(path, false);
        failed(error);
      });
  offerUndo({ id, text, run: () => mark(path, false) }, { ms: GRACE_MS, settle: () => void go() });
}

/** @returns what ends it */
export function settleWhenHidden(): () => void {
  const hidden = () => document.visibilityState === 'hidden' && settlePending();
  document.addEventListener('visibilitychange', hidden);
  addEventListener('pagehide', settlePending);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    removeEventListener('pagehide', settlePending);
  };
}
