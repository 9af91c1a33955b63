/** What a system message tells, in words. */
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Person } from '../../../protocol/person.ts';
import { firstName } from '../../ui/person.ts';
import { now } from '../state/clock.ts';
import { me } from '../state/desk.ts';
import { customerName, personName } from '../state/people.ts';
import { untilTime } from '../times.ts';
import { t, type Word } from '../words.ts';

function nameIn(person: Person | null): string {
  if (!person) return t('theHost');
  if (person.id === me.value.id) return t('selfDid');
  return person.role === 'bot' ? personName(person) : firstName(personName(person));
}

/** To whom something went. */
const toWhom = (person: Person) => (person.id === me.value.id ? t('toSelf') : nameIn(person));

/** `{by}` did it; with nobody, and where that is no person's doing, the sentence without one. */
function done(by: Person | null, conversation: Conversation, word: Word, alone: Word): string {
  if (!by) return t(alone);
  const isCustomer = conversation.participants.some(({ user }) => user.id === by.id) && conversation.kind === 'support';
  return t(word, { by: isCustomer ? customerName(conversation) : nameIn(by) });
}

export function eventText(message: Message, conversation: Conversation): string | undefined {
  const { system } = message;
  if (!system) return message.content ?? undefined;
  switch (system.code) {
    case 'joined':
      return t('cameIn', { by: nameIn(system.user) });
    case 'left':
      return t('wentOut', { by: nameIn(system.user) });
    case 'assigned': {
      const { by, to } = system;
      if (!to) return done(by, conversation, 'passedToQueue', 'wentToQueue');
      if (by?.id === to.id) return t('tookOver', { by: nameIn(by) });
      return by ? t('handedTo', { by: nameIn(by), to: toWhom(to) }) : t('wentTo', { to: toWhom(to) });
    }
    case 'closed':
      return done(system.by, conversation, 'closedThis', 'isClosed');
    case 'reopened':
      return done(system.by, conversation, 'reopenedBy', 'reopenedAlone');
    case 'tags': {
      const { by, added, removed } = system;
      const parts = [
        added.length > 0 ? t('tagsAdded', { by: nameIn(by), tags: added.join(', ') }) : '',
        removed.length > 0 ? t('tagsRemoved', { by: nameIn(by), tags: removed.join(', ') }) : '',
      ];
      return parts.filter(Boolean).join('; ');
    }
    case 'snoozed':
      if (!system.until) return done(system.by, conversation, 'wokenBy', 'wokeUp');
      return t('snoozedBy', { by: nameIn(system.by), until: untilTime(system.until, now.value) });
    case 'rated':
      return conversation.rating ? t('ratedWith', { count: conversation.rating }) : t('rated');
    case 'notice':
      return message.content ?? undefined;
    case 'bot_failed':
      return t('botFailed');
    case 'merged':
      return t('merged');
    default:
      return undefined;
  }
}
