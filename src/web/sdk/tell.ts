import type { Message } from '../../protocol/message.ts';
import type { ClientEvents } from './client.ts';
import type { Emitter } from './events.ts';
import type { Following } from './following.ts';
import type { Note, Store } from './store.ts';

/** Tells the page, and those who ask the server, what taking something in came to. */
export function createTeller(
  store: Store,
  emitter: Emitter<ClientEvents>,
  following: Pick<Following, 'behind' | 'loaded' | 'removed'>,
  heard: (message: Message, added: boolean) => void,
  unknown: (conversationId: string, messageId?: string) => void,
): () => void {
  function tell(note: Note): void {
    if (note.type === 'conversation') {
      const { conversation } = note;
      // Unless a later copy of it follows in these notes.
      if (store.conversations.get(conversation.id) === conversation) emitter.emit('conversation', conversation);
      return;
    }
    const { conversationId } = note;
    if (note.type === 'behind') following.behind(conversationId, note.sure);
    else if (note.type === 'unknown') unknown(conversationId);
    else if (note.type === 'short') unknown(conversationId, note.messageId);
    else if (note.type === 'message') {
      const { message, added } = note;
      heard(message, added);
      emitter.emit('message', { conversationId, message, added });
    } else {
      if (note.type !== 'participants') following[note.type](conversationId);
      emitter.emit(note.type, { conversationId });
    }
  }
  return () => {
    const notes = store.notes;
    store.notes = [];
    for (const note of notes) tell(note);
  };
}
