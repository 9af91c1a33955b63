/** Read marks: they only rise. A mark takes a position, so that another device's cursor brings the new unread. */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import { SMALL_ROOM } from '../../protocol/limits.ts';
import { misshapen } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { ReadChange } from '../change.ts';
import type { MarkPublication } from '../publication.ts';
import { userAsking, wantAsker } from './asker.ts';
import type { Case, Rule, Ruling } from './rule.ts';
import { directReaders, standingOf } from './story.ts';
import { threadFor } from './thread.ts';
import { moveMark, unreadOf, unreadOfTeam } from './unread.ts';

export const read: Rule<ReadChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    const { user } = change.by;
    if (user === null) return;
    want.participant(change.conversation, user);
    want.passed(change.conversation, user, change.seq);
  },

  decide(given, change) {
    const { set } = given;
    const user = userAsking(set, change.by);
    const { row, main, me } = threadFor(set, user, change.conversation);
    if (row !== main) {
      throw misshapen('conversationId', 'must not be a side conversation');
    }
    return me === null ? readByTeam(given, main, user, change) : readBySelf(given, main, me, user, change);
  },
};

function readBySelf(given: Case, main: ConversationRow, me: ParticipantRow, user: UserRow, change: ReadChange): Ruling {
  const { set, at, position } = given;
  const seq = Math.min(change.seq, main.seq);
  if (seq <= me.readSeq) return standing(me.readSeq, unreadOf(set, main, me));
  const moved = moveMark(set, main, user.id, seq, me.ownAfterRead);
  me.readSeq = moved.readSeq;
  me.ownAfterRead = moved.own;
  me.readAt = at;
  me.deliveredSeq = Math.max(me.deliveredSeq, moved.readSeq, Math.min(change.delivered ?? 0, main.seq));
  me.markPosition = position;
  set.marked.participants.touch(me);
  const small = main.kind !== 'room' || main.participantCount <= SMALL_ROOM;
  if (small) moveConversation(given, main);
  if (main.kind === 'direct') {
    set.marked.reads.insert({ conversation: main.id, user: user.id, seq: moved.readSeq, at });
  }
  return told(
    given,
    main,
    { reader: user.id, userId: user.uuid, readSeq: moved.readSeq },
    unreadOf(set, main, me),
    small,
  );
}

/** The team's one mark: its assignee's reading moves it, and anybody's of the team while nobody or a bot is in charge. */
function readByTeam(given: Case, main: ConversationRow, user: UserRow, change: ReadChange): Ruling {
  const { set, at } = given;
  const seq = Math.min(change.seq, main.seq);
  const assignee = set.userOf(main.assignee);
  const counts = isPersonOfTeam(user.role) && (assignee === null || assignee.role === 'bot' || assignee.id === user.id);
  if (!counts || seq <= main.teamReadSeq) return standing(main.teamReadSeq, unreadOfTeam(set, main));
  const moved = moveMark(set, main, 'team', seq, main.botAfterRead);
  main.teamReadSeq = moved.readSeq;
  main.botAfterRead = moved.own;
  main.teamReadAt = at;
  moveConversation(given, main);
  const mark = { reader: null, userId: 'team', readSeq: moved.readSeq };
  return told(given, main, mark, unreadOfTeam(set, main), true);
}

/** So that a cursor brings the mark to everybody who missed the event. */
function moveConversation({ set, position }: Case, main: ConversationRow): void {
  main.position = position;
  set.marked.conversations.touch(main);
}

function standing(readSeq: number, unread: number): Ruling {
  return { value: { readSeq, unread }, publications: [] };
}

function told(
  { set, at }: Case,
  main: ConversationRow,
  mark: Pick<MarkPublication, 'reader' | 'userId' | 'readSeq'>,
  unread: number,
  toOthers: boolean,
): Ruling {
  const publication: MarkPublication = {
    type: 'mark',
    standing: standingOf(main),
    conversationId: main.uuid,
    readers: directReaders(set, main),
    ...mark,
    readAt: new Date(at).toISOString(),
    unread,
    toOthers,
  };
  return { value: { readSeq: mark.readSeq, unread }, publications: [publication] };
}
