/** The conversation that an element in the page names. */
import type { Core as Client } from '../../sdk/core.ts';
import type { Target } from '../place.ts';

/** Its id: a direct conversation is made when there is none, a room is the host's to make. */
export async function find(client: Client, target: Target): Promise<string | undefined> {
  if (target.kind === 'direct') {
    return (await client.createConversation({ kind: 'direct', userExternalId: target.userExternalId })).id;
  }
  if (target.kind === 'one') return (await client.conversations.fetch(target.id)).id;
  if (target.kind === 'support') return undefined;
  const { items } = await client.conversations.load({ kind: 'room', externalId: target.externalId });
  return items[0]?.id;
}
