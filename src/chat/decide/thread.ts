/**
 * The thread that a change names, as far as who asks may know it: the conversation itself, and for a side
 * conversation its parent, by which it is judged. What may not be read is not found.
 */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { mayRead, mayReadSide, mayWrite } from '../access.ts';

export interface Thread {
  /** Where the message is. */
  row: ConversationRow;
  /** The conversation that people know: `row` itself, or the parent of a side conversation. */
  main: ConversationRow;
  /** The asker's participation in `main`, if they are in it now. */
  me: ParticipantRow | null;
}

/** The thread of that uuid for `user`; null stands for the host's key, which reads by its scopes. */
export function threadFor(set: WorkingSet, user: UserRow | null, uuid: string): Thread {
  const row = set.conversationsByUuid.get(uuid);
  if (!row) throw new Refusal('NOT_FOUND');
  return threadOf(set, user, row);
}

function threadOf(set: WorkingSet, user: UserRow | null, row: ConversationRow): Thread {
  const main = row.kind === 'side' ? set.conversations.get(row.parent as number) : row;
  if (main === undefined) throw new Refusal('NOT_FOUND');
  const me = user === null ? null : (set.participantsOf(main.id).get(user.id) ?? null);
  const inside = me !== null && me.leftAt === null;
  if (user !== null) {
    const readable = row.kind === 'side' ? mayReadSide(user, main) : mayRead(user, main, inside);
    if (!readable) throw new Refusal('NOT_FOUND');
  }
  return { row, main, me: inside ? me : null };
}

/** {@link threadFor} where `user` may also write; a reader who may not is told so. */
export function writableThread(set: WorkingSet, user: UserRow | null, row: ConversationRow): Thread {
  const thread = threadOf(set, user, row);
  if (user !== null && row.kind !== 'side' && !mayWrite(user, thread.main)) throw new Refusal('FORBIDDEN');
  return thread;
}
