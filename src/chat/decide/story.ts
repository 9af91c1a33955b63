/**
 * What one request did to one conversation, gathered while it is judged: who stood where before, the events in the
 * order of their revs, and at the end the one publication that tells it.
 */
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import { type Standing, viewOf } from '../access.ts';
import type { ThreadEvent, ThreadPublication } from '../publication.ts';
import { seenAs } from '../views.ts';
import { describeConversation, describeMessage } from './describe.ts';
import type { Case } from './rule.ts';

type MessageEvent = 'message.created' | 'message.updated' | 'message.deleted';

export class Story {
  private readonly given: Case;
  private readonly main: ConversationRow;
  private readonly before: Standing | null;
  private readonly line: number | null;
  private readonly events: ThreadEvent[] = [];
  private readonly joined: number[] = [];
  private readonly left: number[] = [];

  /** Begins before anything is changed; `made`: the conversation does not exist yet. */
  constructor(given: Case, main: ConversationRow, line: number | null, made = false) {
    this.given = given;
    this.main = main;
    this.line = line;
    this.before = made ? null : standingOf(main);
  }

  /** @param options.answered the asking line gets an `ok` in place of this event */
  message(
    type: MessageEvent,
    row: MessageRow,
    thread: ConversationRow,
    options: { answered: boolean; tellsMore: boolean },
  ): Message {
    const message = describeMessage(this.given, row, thread);
    const side = thread.kind === 'side';
    this.events.push({
      event: {
        type,
        conversationId: thread.uuid,
        ...(side ? { parentId: this.main.uuid } : {}),
        rev: row.rev,
        message,
      },
      side,
      ...options,
    });
    return message;
  }

  /** What its side tells of it: messages that are written there already. */
  notes(messages: readonly MessageRow[]): void {
    const side = this.given.set.sides.get(this.main.id);
    if (side === undefined) return;
    for (const note of messages) this.message('message.created', note, side, { answered: false, tellsMore: false });
  }

  /**
   * The conversation itself changed.
   *
   * @param reset so much of it that its messages are to be read anew
   */
  updated(reset = false): void {
    const { uuid, rev } = this.main;
    this.events.push({
      event: {
        type: 'conversation.updated',
        conversationId: uuid,
        rev,
        conversation: this.conversation(),
        ...(reset ? { reset } : {}),
      },
      side: false,
      tellsMore: true,
      answered: false,
    });
  }

  participant(participant: Participant): void {
    this.events.push({
      event: { type: 'participant.updated', conversationId: this.main.uuid, rev: participant.rev, participant },
      side: false,
      tellsMore: false,
      answered: false,
    });
  }

  comesIn(user: number): void {
    this.joined.push(user);
  }

  goesOut(user: number): void {
    this.left.push(user);
  }

  /** As it is now. */
  conversation(): Conversation {
    return describeConversation(this.given, this.main);
  }

  /** As it is now and as who asks may see it; null stands for the host's key, which sees all. */
  conversationFor(user: UserRow | null): Conversation {
    return seenAs(this.conversation(), user === null ? 'team' : viewOf(user, this.main));
  }

  /** Whether anybody is told the conversation itself: of a plain message in a direct one or a room nobody is. */
  private isTold(): boolean {
    if (this.main.kind === 'support' || this.before === null || this.joined.length > 0) return true;
    return this.events.some((event) => event.tellsMore);
  }

  end(): ThreadPublication {
    return {
      type: 'thread',
      before: this.before,
      after: standingOf(this.main),
      conversationId: this.main.uuid,
      conversation: this.isTold() ? this.conversation() : null,
      events: this.events,
      readers: directReaders(this.given.set, this.main),
      joined: this.joined,
      left: this.left,
      line: this.line,
    };
  }
}

/** The two of a direct conversation: who hears of it is not said by its standing. */
export function directReaders(set: WorkingSet, row: ConversationRow): number[] {
  if (row.kind !== 'direct') return [];
  // Whoever once asked for it in vain stands among them too, as not being in it.
  return [...set.participantsOf(row.id)].flatMap(([user, participant]) => (participant === null ? [] : [user]));
}

export function standingOf({ id, kind, status, customer, assignee, queue }: ConversationRow): Standing {
  return { id, kind, status, customer, assignee, queue };
}
