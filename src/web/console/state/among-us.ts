/** Direct conversations and rooms, and the colleagues with whom one may begin one. */
import { computed } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import { me } from './desk.ts';
import { amongUs } from './known.ts';
import { otherOf, team } from './people.ts';

export const colleagues = computed(() =>
  team.value.filter(({ id, role, disabledAt }) => id !== me.value.id && role !== 'bot' && !disabledAt),
);

export const rooms = computed(() => amongUs.value.filter(({ kind }) => kind === 'room'));

const directs = computed(() => amongUs.value.filter(({ kind }) => kind === 'direct'));

/** Those with somebody else, such as a user of the host's; none before it is known who the team is. */
export const otherDirects = computed(() => {
  const ids = new Set(colleagues.value.map(({ id }) => id));
  if (team.value.length === 0 && me.value.role !== 'peer') return [];
  return directs.value.filter((one) => !ids.has(otherOf(one)?.id ?? ''));
});

/** The conversation with that person, when there is one. */
export function directWith(userId: string): Conversation | undefined {
  return directs.value.find(({ participants }) => participants.some(({ user }) => user.id === userId));
}

/** The server lets admins alone, and with nobody else there is nothing to make one for. */
export const mayMakeRooms = computed(() => me.value.role === 'admin' && colleagues.value.length > 0);
