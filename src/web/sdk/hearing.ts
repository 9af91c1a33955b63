import type { Event } from '../../protocol/events.ts';
import type { ClientEvents } from './client.ts';
import type { Emitter } from './events.ts';
import { takeDelta, takeEvent } from './held.ts';
import { forget, type Store, takeMark } from './store.ts';
import type { Typists } from './typing.ts';

/** The events that have a rev. */
const DURABLE = /^(message|participant|conversation)\.(created|updated|deleted)$/;

/** Takes an event into the store, or tells the page of what is not held: presence, viewers, counts. */
export function hear(store: Store, emitter: Emitter<ClientEvents>, typists: Typists, event: Event): void {
  switch (event.type) {
    case 'message.delta':
      takeDelta(store, event);
      break;
    case 'participant.read':
      takeMark(store, event);
      break;
    case 'conversation.removed':
      forget(store, event.conversationId);
      break;
    case 'me.updated':
      store.me = event.user;
      emitter.emit('user', event.user);
      break;
    case 'typing':
      if (event.user.id !== store.me?.id) typists.take(event);
      break;
    case 'viewer':
      emitter.emit('viewers', event);
      break;
    case 'presence':
      emitter.emit('presence', event.users);
      break;
    case 'inbox.counts':
      emitter.emit('counts', event);
      break;
    default:
      // A type that a later server has is left to the page.
      if (DURABLE.test(event.type) && 'rev' in event) takeEvent(store, event);
  }
}
