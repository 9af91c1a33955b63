/**
 * Events of the outbox as they are told: in the team's view, and of what is there now, not of what was there then. So a
 * message that was deleted meanwhile is told as deleted, and nobody outside is sent what is gone.
 */
import type { ConversationRow, OutboxRow } from '../../db/rows.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { DurableEvent } from '../../protocol/events.ts';
import type { KeyCaller } from '../caller.ts';
import type { ConversationViews } from '../readings/conversation-views.ts';
import type { MessageViews } from '../readings/message-views.ts';
import { participantView, seenAs } from '../views.ts';
import type { EventRows } from './event-rows.ts';

/** What happened, without how it looks. `uuid` is the event's own. */
export type Happening = Pick<OutboxRow, 'rev' | 'subject'> & {
  uuid: string;
  conversation: number | null;
  type: string;
};

export interface EventBodyParts {
  conversations: ConversationViews;
  messages: MessageViews;
  /** Whether receivers are told the customer's address and browser. */
  withAddress: boolean;
}

/** The host's key sees what the team sees, and has no marks of its own. */
const TEAM: KeyCaller = { kind: 'key', key: 0, scopes: ['*'] };

/** Gives the function that words an event of what was read for it; it gives null when nothing of it is left. */
export function eventBodies({ conversations, messages, withAddress }: EventBodyParts) {
  const shownOf = (main: ConversationRow, rows: EventRows): Conversation =>
    seenAs(conversations.shown(TEAM, main, rows), withAddress ? 'team' : 'assigned-peer');

  function threadOf(main: ConversationRow, conversation: number, rows: EventRows): ConversationRow | undefined {
    const side = rows.side.get({ parent: main.id });
    return [main, side].find((thread) => thread?.id === conversation);
  }

  return ({ conversation: key, rev, type, subject }: Happening, rows: EventRows): DurableEvent | null => {
    const main = key === null ? undefined : rows.conversation(key);
    // A deleted conversation is none that is read.
    if (main === undefined || main.kind === 'side') return null;
    const shown = () => shownOf(main, rows);
    switch (type) {
      case 'conversation.created':
        return { type, conversationId: main.uuid, rev, conversation: shown() };
      case 'conversation.updated': {
        const reset = rev === main.resetRev ? { reset: true as const } : {};
        return { type, conversationId: main.uuid, rev, conversation: shown(), ...reset };
      }
      case 'participant.updated': {
        const row = subject === null ? undefined : rows.participant(main.id, subject);
        const user = subject === null ? undefined : rows.user.get({ id: subject });
        if (row === undefined || user === undefined) return null;
        return { type, conversationId: main.uuid, rev, participant: participantView(row, user) };
      }
      case 'message.created':
      case 'message.updated':
      case 'message.deleted': {
        const row = subject === null ? undefined : rows.message(subject);
        const thread = row === undefined ? undefined : threadOf(main, row.conversation, rows);
        const [message] = row === undefined || thread === undefined ? [] : messages.shown([row], thread.uuid, rows);
        if (message === undefined || thread === undefined) return null;
        // To others it is told when more changed than a new message tells; here a little too often.
        const tells = main.kind === 'support' || type !== 'message.created';
        return {
          type: message.deletedAt === null ? type : 'message.deleted',
          conversationId: thread.uuid,
          ...(thread === main ? {} : { parentId: main.uuid }),
          rev,
          message,
          ...(tells ? { conversation: shown() } : {}),
        };
      }
      default:
        return null;
    }
  };
}
