/** Conversations as one caller is shown them: their view of it, with `my`. */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Caller, UserCaller } from '../caller.ts';
import { type ConversationParts, conversationView, seenAs } from '../views.ts';
import type { ConversationRows, RowsOfMany } from './rows-of-many.ts';
import { asTeam, type Threads, viewFor } from './threads.ts';
import type { Counted, UnreadCount } from './unread-count.ts';

export type ConversationViews = ReturnType<typeof createConversationViews>;

/** What of a row `my` is worked out from. */
export type Marked = Counted & Pick<ConversationRow, 'kind' | 'status' | 'customer' | 'assignee' | 'queue'>;

/**
 * @param rows out of the file one by one, or out of what was read for many
 * @param maxLength the server's own, in code points
 */
export function createConversationViews(
  rows: ConversationRows,
  threads: Threads,
  unread: UnreadCount,
  maxLength: number,
) {
  /** The caller's mark and what lies above it: in support, for the team, the team's. */
  function my(caller: UserCaller, row: Marked, reader = participationIn(caller, row)) {
    if (asTeam(caller, row)) return { readSeq: row.teamReadSeq, unread: unread.ofTeam(row) };
    if (reader === null) return null;
    const { readSeq, moderator } = reader;
    return { readSeq, unread: unread.ofReader(row, reader), ...(row.kind === 'room' ? { moderator } : {}) };
  }

  function participationIn(caller: UserCaller, row: Marked): ParticipantRow | null {
    return asTeam(caller, row) ? null : threads.participation(caller, row.id);
  }

  function view(caller: Caller, row: ConversationRow, from: ConversationRows, mine: Conversation['my'] | null) {
    const seen = viewFor(caller, row);
    const conversation = seenAs(conversationView(row, parts(row, from, seen !== 'plain'), { maxLength }), seen);
    return mine == null ? conversation : { ...conversation, my: mine };
  }

  return {
    my,

    /** Of a conversation that the caller may read. */
    show: (caller: Caller, row: ConversationRow): Conversation =>
      view(caller, row, rows, caller.kind === 'key' ? null : my(caller, row)),

    /** Gives what shows each of `found`, which the caller may read, of what is read for all of them at once. */
    ofMany(
      many: RowsOfMany,
      caller: Caller,
      found: readonly ConversationRow[],
    ): (row: ConversationRow) => Conversation {
      const around = many.around(found, (row) => viewFor(caller, row) !== 'plain');
      if (caller.kind === 'key') return (row) => view(caller, row, around, null);
      /** Rooms are told without their people. */
      const reader = ({ id, kind }: ConversationRow): ParticipantRow | null => {
        if (kind === 'room') return threads.participation(caller, id);
        const among = around.present.all({ conversation: id });
        return among.find(({ user }) => user.id === caller.id)?.participant ?? null;
      };
      return (row) => view(caller, row, around, my(caller, row, reader(row)));
    },
  };
}

function parts(row: ConversationRow, from: ConversationRows, sideShown: boolean): ConversationParts {
  const user = (id: number | null): UserRow | null => (id === null ? null : (from.user.get({ id }) ?? null));
  const side = sideShown && row.kind === 'support' ? from.side.get({ parent: row.id }) : undefined;
  const participants = row.kind === 'room' ? [] : from.present.all({ conversation: row.id });
  return {
    assignee: user(row.assignee),
    participants: participants.map(({ participant, user }): [ParticipantRow, UserRow] => [participant, user]),
    lastAuthorUuid: user(row.lastUser)?.uuid ?? null,
    ...(side === undefined ? {} : { side }),
    tags: side === undefined ? [] : from.tags.all({ conversation: side.id }).map(({ tag }) => tag),
  };
}
