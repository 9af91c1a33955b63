import type { Changes, Sync } from '../../protocol/catching-up.ts';
import { checkStreaming, takeSync } from './held.ts';
import { checkBehind, forget, type Store, takeConversation } from './store.ts';

/**
 * Takes a page of changes, a `welcome`'s among them: the conversations changed since the cursor as they are now, those
 * that may no longer be read, and what came with it of the conversations whose messages are held.
 *
 * On `reset` all that the page does not name is forgotten, except the threads that are open: they are loaded anew, which
 * tells whether they are still there (a page names 20 conversations, and a stream's `welcome` no thread at all).
 */
export function takeChanges(store: Store, changes: Changes, synced: Record<string, Sync> = {}): void {
  const named = new Set([...changes.conversations.map((one) => one.id), ...Object.keys(synced)]);
  const otherEpoch = store.epoch !== '' && store.epoch !== changes.epoch;
  store.epoch = changes.epoch;
  if (otherEpoch) {
    store.missed.clear();
    // Also what was counted of conversations that are not known: a mark comes ahead of its conversation.
    store.counted.clear();
  }
  for (const id of changes.reset ? [...store.gone] : named) store.gone.delete(id);
  if (changes.reset) {
    store.resets++;
    for (const [id, conversation] of [...store.conversations]) {
      const sides = [id, conversation.team?.id].filter((one) => one !== undefined);
      const open = sides.map((one) => store.threads.get(one)).filter((one) => one !== undefined);
      if (otherEpoch || !sides.some((one) => named.has(one))) {
        // Revs of another epoch say nothing about this one's: the copy must not win over what comes.
        for (const thread of open) thread.held = 0;
        if (otherEpoch && (open.length || named.has(id))) {
          store.conversations.delete(id);
        } else if (!open.length) {
          forget(store, id);
          // Not named is not gone: whoever asks for it has it again.
          store.gone.delete(id);
        }
      }
    }
  }
  for (const id of changes.removed) forget(store, id);
  for (const conversation of changes.conversations) takeConversation(store, conversation);
  for (const [id, sync] of Object.entries(synced)) takeSync(store, id, sync);
  // Pages are read one after another from the page's own cursor; a later one would leave out what is between.
  store.cursor = changes.cursor;
  for (const thread of store.threads.values()) {
    checkBehind(store, thread, true);
    if (!(thread.id in synced)) checkStreaming(store, thread);
  }
  for (const [id, { more }] of Object.entries(synced)) {
    if (more) store.notes.push({ type: 'behind', conversationId: id, sure: true });
  }
}
