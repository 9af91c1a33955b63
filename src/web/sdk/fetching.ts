import type { Message } from '../../protocol/message.ts';
import { type Clock, sleep } from './clock.ts';
import type { Conversations } from './conversations.ts';
import { takeMessage } from './held.ts';
import { type Http, pathOf } from './http.ts';
import type { Store } from './store.ts';

/**
 * Fetches what events speak of and is not held: a conversation, or (with its id) a message whose streamed text is short.
 * Asked for by many events, each is fetched once at a time.
 */
export function createFetching(
  store: Store,
  http: Http,
  clock: Clock,
  conversations: Conversations,
  flush: () => void,
): (conversationId: string, messageId?: string) => void {
  const under = new Set<string>();

  /** Text that begins beyond what is held: the message has it so far, if not at once then in a second. */
  async function fetchText(conversationId: string, messageId: string): Promise<void> {
    const length = () => conversations.message(conversationId, messageId)?.content?.length ?? 0;
    const before = length();
    const message = await http.json<Message>('GET', pathOf(conversationId, `/messages/${messageId}`));
    takeMessage(store, message, false);
    flush();
    if (length() === before) await sleep(clock, 1000);
  }

  return (id, messageId) => {
    const name = messageId ?? id;
    if (under.has(name)) return;
    under.add(name);
    (messageId === undefined ? conversations.fetch(id) : fetchText(id, messageId))
      .catch(() => {})
      .finally(() => under.delete(name));
  };
}
