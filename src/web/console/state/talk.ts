/** Direct conversations. */
import { client } from './desk.ts';
import { go } from './route.ts';

/** Opens the conversation with somebody, which is made by the first who does. */
export async function talkTo(userId: string): Promise<void> {
  const { id } = await client().createConversation({ kind: 'direct', userId });
  go({ name: 'inbox', view: 'among', conversation: id });
}
