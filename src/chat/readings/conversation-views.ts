/** Conversations as one caller is shown them: their view of it, with `my`. */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Caller, KeyCaller, UserCaller } from '../caller.ts';
import { type ConversationParts, conversationView, seenAs } from '../views.ts';
import type { Rows } from './rows.ts';
import type { ConversationRows, RowsOfMany } from './rows-of-many.ts';
import { asTeam, type Threads, viewFor } from './threads.ts';
import type { Counted, UnreadCount } from './unread-count.ts';

export type ConversationViews = ReturnType<typeof createConversationViews>;

/** What of a row `my` is worked out from. */
export type Marked = Counted & Pick<ConversationRow, 'kind' | 'status' | 'customer' | 'assignee' | 'queue'>;

/** @param maxLength the server's own, in code points */
export function createConversationViews(rows: Rows, threads: Threads, unread: UnreadCount, maxLength: number) {
  /** The caller's mark and what lies above it: in support, for the team, the team's. */
  async function my(caller: UserCaller, row: Marked, reader?: ParticipantRow | null) {
    if (asTeam(caller, row)) return { readSeq: row.teamReadSeq, unread: await unread.ofTeam(row) };
    const among = reader === undefined ? await threads.participation(caller, row.id) : reader;
    if (among === null) return null;
    const { readSeq, moderator } = among;
    return { readSeq, unread: await unread.ofReader(row, among), ...(row.kind === 'room' ? { moderator } : {}) };
  }

  function view(caller: Caller, row: ConversationRow, from: ConversationRows, mine: Conversation['my'] | null) {
    const seen = viewFor(caller, row);
    const conversation = seenAs(conversationView(row, partsOf(row, from, seen !== 'plain'), { maxLength }), seen);
    return mine == null ? conversation : { ...conversation, my: mine };
  }

  /** What one conversation is shown from, by its keys. */
  async function around(row: ConversationRow, sideShown: boolean): Promise<ConversationRows> {
    const user = (id: number | null) => (id === null ? undefined : rows.user.get({ id }));
    const [assignee, lastUser, side, present] = await Promise.all([
      user(row.assignee),
      user(row.lastUser),
      sideShown && row.kind === 'support' ? rows.side.get({ parent: row.id }) : undefined,
      row.kind === 'room' ? [] : rows.present.all({ conversation: row.id }),
    ]);
    const tags = side === undefined ? [] : await rows.tags.all({ conversation: side.id });
    return {
      user: { get: ({ id }) => (id === row.assignee ? assignee : lastUser) },
      side: { get: () => side },
      present: { all: () => present },
      tags: { all: () => tags },
    };
  }

  return {
    my,

    /** Of a conversation that the caller may read. */
    async show(caller: Caller, row: ConversationRow): Promise<Conversation> {
      const [from, mine] = await Promise.all([
        around(row, viewFor(caller, row) !== 'plain'),
        caller.kind === 'key' ? null : my(caller, row),
      ]);
      return view(caller, row, from, mine);
    },

    /** To the host, which has no marks of its own: of what was read before. */
    shown: (caller: KeyCaller, row: ConversationRow, from: ConversationRows): Conversation =>
      view(caller, row, from, null),

    /** Gives what shows each of `found`, which the caller may read, of what is read for all of them at once. */
    async ofMany(
      many: RowsOfMany,
      caller: Caller,
      found: readonly ConversationRow[],
    ): Promise<(row: ConversationRow) => Conversation> {
      const from = await many.around(found, (row) => viewFor(caller, row) !== 'plain');
      if (caller.kind === 'key') return (row) => view(caller, row, from, null);
      /** Rooms are told without their people. */
      const reader = (row: ConversationRow): ParticipantRow | null | undefined => {
        if (row.kind === 'room' || asTeam(caller, row)) return undefined;
        const among = from.present.all({ conversation: row.id });
        return among.find(({ user }) => user.id === caller.id)?.participant ?? null;
      };
      const mine = await Promise.all(found.map((row) => my(caller, row, reader(row))));
      const marks = new Map(found.map((row, index) => [row.id, mine[index] ?? null]));
      return (row) => view(caller, row, from, marks.get(row.id) ?? null);
    },
  };
}

function partsOf(row: ConversationRow, from: ConversationRows, sideShown: boolean): ConversationParts {
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
