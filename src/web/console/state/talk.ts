/** Direct conversations and rooms that are begun here. */
import { client } from './desk.ts';
import { go } from './route.ts';

/** Opens the conversation with somebody, which is made by the first who does. */
export async function talkTo(userId: string): Promise<void> {
  const { id } = await client().createConversation({ kind: 'direct', userId });
  go({ name: 'inbox', view: 'among', conversation: id });
}

/** Makes a room and opens it. Who makes it is its moderator. */
export async function makeRoom(subject: string, userIds: readonly string[]): Promise<void> {
  const participants = userIds.map((userId) => ({ userId }));
  const { id } = await client().createConversation({ kind: 'room', subject, participants });
  go({ name: 'inbox', view: 'among', conversation: id });
}
