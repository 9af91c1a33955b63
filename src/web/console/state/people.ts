/** The team: who they are, who is here. And how people are called. */
import { computed, effect, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Person, User } from '../../../protocol/person.ts';
import { firstName } from '../../ui/person.ts';
import { t } from '../words.ts';
import { allOf } from './all-of.ts';
import { client, me, welcomes } from './desk.ts';

const ROLES = ['admin', 'agent', 'peer', 'bot'] as const;
/** As many as a line may watch. */
const MOST_WATCHED = 200;
/** After which a team that did not come is asked for again, ms. */
const AGAIN_MS = 5000;

/** Everybody who can answer, bots too, by name. */
export const team = signal<readonly User[]>([]);
export const teamById = computed(() => new Map(team.value.map((user) => [user.id, user])));

/** Whom something can be assigned to. */
export const assignable = computed(() => team.value.filter(({ disabledAt }) => disabledAt === null));

/** Peers may not ask who else there is. */
export async function loadTeam(): Promise<void> {
  if (me.value.role === 'peer') return;
  const lists = await Promise.all(ROLES.map((role) => allOf<User>('/v1/users', { role })));
  const all = lists.flat();
  team.value = all.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
  await client().watchPresence(all.map(({ id }) => id).slice(0, MOST_WATCHED));
}

/** Knows the team from the first welcome on. */
export function followTeam(): () => void {
  let isKnown = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = () => {
    clearTimeout(timer);
    isKnown = true;
    loadTeam().catch(() => {
      isKnown = false;
      timer = setTimeout(load, AGAIN_MS);
    });
  };
  const end = effect(() => {
    if (welcomes.value > 0 && !isKnown) load();
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

export function nameOfId(id: string | null | undefined): string | undefined {
  if (!id) return undefined;
  return id === me.value.id ? (me.value.name ?? undefined) : (teamById.value.get(id)?.name ?? undefined);
}

/** Somebody of the team, or a participant, in words. */
export function personName(person: Person | null | undefined): string {
  if (!person) return t('nobody');
  return person.name ?? t(person.role === 'user' ? 'visitor' : 'erased');
}

export function customerOf(conversation: Conversation): Person | undefined {
  return conversation.kind === 'support' ? conversation.participants[0]?.user : undefined;
}

/** The other of a direct conversation. */
export function otherOf(conversation: Conversation): Person | undefined {
  return conversation.participants.find(({ user }) => user.id !== me.value.id)?.user;
}

/** A city, as far as a time zone tells: `America/New_York` → `New York`. */
export function cityOf(timeZone: string | undefined): string | undefined {
  if (!timeZone?.includes('/') || timeZone.startsWith('Etc/')) return undefined;
  return timeZone.split('/').at(-1)?.replaceAll('_', ' ');
}

/** What a conversation is called. */
export function titleOf(conversation: Conversation): string {
  const { kind, subject, participants, team: side, externalId } = conversation;
  if (kind === 'room') return subject ?? externalId ?? t('room');
  if (kind === 'direct') return personName(otherOf(conversation) ?? participants[0]?.user);
  const customer = customerOf(conversation);
  if (customer?.name) return customer.name;
  const city = cityOf(side?.context.timeZone);
  if (city) return t('visitorFrom', { city });
  return t('visitorId', { id: (customer?.id ?? conversation.id).slice(-4) });
}

/** How one speaks of the customer in a sentence. */
export function customerName(conversation: Conversation): string {
  const name = customerOf(conversation)?.name;
  return name ? firstName(name) : t('theVisitor');
}
