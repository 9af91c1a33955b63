/** Conversations as one caller is shown them: their view of it, with `my`. */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Caller, UserCaller } from '../caller.ts';
import { type ConversationParts, conversationView, seenAs } from '../views.ts';
import type { ShownRows } from './rows.ts';
import { asTeam, type Threads, viewFor } from './threads.ts';
import type { Counted, UnreadCount } from './unread-count.ts';

export type ConversationViews = ReturnType<typeof createConversationViews>;

/** What of a row `my` is worked out from. */
export type Marked = Counted & Pick<ConversationRow, 'kind' | 'status' | 'customer' | 'assignee' | 'queue'>;

/** @param maxLength the server's own, in code points */
export function createConversationViews(rows: ShownRows, threads: Threads, unread: UnreadCount, maxLength: number) {
  const user = (id: number | null): UserRow | null => (id === null ? null : (rows.user.get({ id }) ?? null));

  function parts(row: ConversationRow, sideShown: boolean): ConversationParts {
    const side = sideShown && row.kind === 'support' ? rows.side.get({ parent: row.id }) : undefined;
    const participants = row.kind === 'room' ? [] : rows.present.all({ conversation: row.id });
    return {
      assignee: user(row.assignee),
      participants: participants.map(({ participant, user }): [ParticipantRow, UserRow] => [participant, user]),
      lastAuthorUuid: user(row.lastUser)?.uuid ?? null,
      ...(side === undefined ? {} : { side }),
      tags: side === undefined ? [] : rows.tags.all({ conversation: side.id }).map(({ tag }) => tag),
    };
  }

  /** The caller's mark and what lies above it: in support, for the team, the team's. */
  function my(caller: UserCaller, row: Marked): NonNullable<Conversation['my']> | null {
    if (asTeam(caller, row)) return { readSeq: row.teamReadSeq, unread: unread.ofTeam(row) };
    const reader = threads.participation(caller, row.id);
    if (reader === null) return null;
    const { readSeq, moderator } = reader;
    return { readSeq, unread: unread.ofReader(row, reader), ...(row.kind === 'room' ? { moderator } : {}) };
  }

  /** Of a conversation that the caller may read. */
  function show(caller: Caller, row: ConversationRow): Conversation {
    const view = viewFor(caller, row);
    const conversation = seenAs(conversationView(row, parts(row, view !== 'plain'), { maxLength }), view);
    const mine = caller.kind === 'key' ? null : my(caller, row);
    return mine === null ? conversation : { ...conversation, my: mine };
  }

  return { show, my };
}
