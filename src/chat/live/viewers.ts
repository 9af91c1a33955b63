/**
 * Who has a conversation before their eyes. Told whole: in support to the team that views it too, in direct
 * conversations to both, and in rooms to those who view them, while they are small.
 */
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import { MAX_WATCHED_USERS, SMALL_ROOM } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/person.ts';
import { misshapen } from '../../protocol/refusal.ts';
import type { UserCaller } from '../caller.ts';
import { hears } from '../publish.ts';
import type { ConversationViews } from '../readings/conversation-views.ts';
import type { Rows } from '../readings/rows.ts';
import type { Threads } from '../readings/threads.ts';
import { personOfUser } from '../views.ts';
import { earshot, viewersOf } from './earshot.ts';

type Conversation = NonNullable<ReturnType<Rows['conversation']['get']>>;

export type Viewers = ReturnType<typeof createViewers>;

export function createViewers(hub: Hub, rows: Rows, threads: Threads, views: ConversationViews) {
  /** The users of each list that was told, by the conversation's key. */
  const told = new Map<number, string>();
  /** What each line has before its eyes: asked when it is no longer in the hub. */
  const viewed = new Map<Line, Set<number>>();

  function people(lines: readonly Line[]): Person[] {
    return [...new Set(lines.map(({ user }) => user))].flatMap((id) => {
      const user = rows.user.get({ id });
      return user === undefined ? [] : [personOfUser(user)];
    });
  }

  function hearers(conversation: Conversation, viewing: readonly Line[]): Iterable<Line> {
    switch (conversation.kind) {
      case 'support':
        return viewing.filter(({ user }) => user !== conversation.customer);
      case 'direct': {
        const both = rows.present.all({ conversation: conversation.id }).map(({ user }) => user.id);
        return earshot(hub, conversation, both);
      }
      default:
        return conversation.participantCount > SMALL_ROOM ? [] : viewing;
    }
  }

  /** Tells the list where it has changed, and to `newcomer` in any case. */
  function tell(conversation: Conversation, newcomer: Line | null): void {
    const viewing = viewersOf(hub, conversation);
    const users = people(viewing);
    const now = users.map(({ id }) => id).join();
    const changed = (told.get(conversation.id) ?? '') !== now;
    if (now === '') told.delete(conversation.id);
    else told.set(conversation.id, now);
    const frame = new Frame({ type: 'viewer', conversationId: conversation.uuid, users });
    for (const line of hearers(conversation, viewing)) if (changed || line === newcomer) hub.deliver(line, frame);
  }

  function tellAnew(conversation: number): void {
    const row = rows.conversation.get({ id: conversation });
    if (row !== undefined) tell(row, null);
  }

  /** Read and told in one turn of the loop: no change is published in between. */
  function created(caller: UserCaller, row: Conversation): Frame {
    const { my: _, ...conversation } = views.show(caller, row);
    const { id: conversationId, rev } = conversation;
    return new Frame({ type: 'conversation.created', conversationId, rev, conversation });
  }

  return {
    /** Who of the team did not hear the conversation hears it from here on, and is told so. */
    async view(caller: UserCaller, line: Line, conversationId: string, viewing: boolean): Promise<void> {
      const { row, main } = threads.find(caller, conversationId);
      if (row !== main) throw misshapen('conversationId', 'must not be a side conversation');
      const own = viewed.get(line) ?? new Set();
      if (viewing && !own.has(main.id) && own.size >= MAX_WATCHED_USERS) {
        throw misshapen('conversationId', `is one too many: a line views at most ${MAX_WATCHED_USERS} conversations`);
      }
      if (viewing) viewed.set(line, own.add(main.id));
      else own.delete(main.id);
      const begins = viewing && !hears(line, main);
      hub.view(line, main.id, viewing);
      if (begins) hub.deliver(line, created(caller, main));
      tell(main, viewing ? line : null);
    },

    /** Those who lost access no longer view; called when somebody may have. */
    changed(conversation: number): void {
      if (told.has(conversation)) tellAnew(conversation);
    },

    /** A line is gone, and no longer in the hub. */
    left(line: Line): void {
      const own = viewed.get(line);
      viewed.delete(line);
      for (const conversation of own ?? []) tellAnew(conversation);
    },
  };
}
