/** Whom new messages of a conversation concern who may not be there. */
import type { ConversationRow, NoticeRow, UserRow } from '../../db/rows.ts';
import { isPersonOfTeam } from '../access.ts';
import type { UserCaller } from '../caller.ts';
import type { ConversationViews } from '../readings/conversation-views.ts';
import type { Rows } from '../readings/rows.ts';
import { asTeam, type Threads } from '../readings/threads.ts';
import type { NoticeReadings } from './notice-readings.ts';

export interface RecipientsParts {
  rows: Rows;
  threads: Threads;
  views: ConversationViews;
  readings: NoticeReadings;
  /** Whether mails can be sent. */
  mail: boolean;
  /** How long messages stay unread, and customers wait, before somebody is told, ms. */
  delayMs: number;
  queueMs: number;
}

export type NewNotice = Omit<NoticeRow, 'id' | 'failures' | 'told'>;

export function createRecipients({ rows, threads, views, readings, mail, delayMs, queueMs }: RecipientsParts) {
  /** Who reads it as that user would, with what they have not read of it; null: they do not, or are nobody to be told. */
  async function readerOf(
    user: UserRow,
    conversation: ConversationRow,
  ): Promise<{ readSeq: number; unread: number } | null> {
    if (user.disabledAt !== null || user.blockedAt !== null || user.erasedAt !== null || user.mergedInto !== null) {
      return null;
    }
    const caller = callerOf(user);
    if (!(await threads.reads(caller, conversation))) return null;
    // Of the team it concerns who is in charge; the others have the queue.
    if (asTeam(caller, conversation) && conversation.assignee !== user.id) return null;
    return views.my(caller, conversation);
  }

  /** By which ways somebody can be told, by their own choice. */
  async function waysTo({ id, email, notifications }: UserRow): Promise<{ mail: boolean; push: boolean }> {
    return {
      mail: mail && email !== null && notifications.mail !== false,
      push: notifications.push !== false && (await readings.anyPush.get({ user: id })) !== undefined,
    };
  }

  async function people(conversation: ConversationRow): Promise<UserRow[]> {
    if (conversation.kind !== 'support') {
      return (await rows.present.all({ conversation: conversation.id })).map(({ user }) => user);
    }
    // They may be one: a customer may be of the team by now.
    const both = new Set([conversation.customer, conversation.assignee].filter((id) => id !== null));
    const found = await Promise.all([...both].map((id) => rows.user.get({ id })));
    return found.flatMap((user) => (user === undefined || user.role === 'bot' ? [] : [user]));
  }

  const isNew = async (conversation: number, kind: NoticeRow['kind'], user: number | null) =>
    (await readings.about.get({ conversation, kind, user })) === undefined;

  async function hasUnread(user: UserRow, conversation: ConversationRow): Promise<boolean> {
    const ways = await waysTo(user);
    if (!ways.mail && !ways.push) return false;
    return ((await readerOf(user, conversation))?.unread ?? 0) > 0 && isNew(conversation.id, 'unread', user.id);
  }

  return {
    readerOf,
    waysTo,

    /** The looks that its newest messages make due, of those that are not due anyway. */
    async of(conversation: ConversationRow, now: number): Promise<NewNotice[]> {
      const { id } = conversation;
      const readers = await people(conversation);
      const unread = await Promise.all(readers.map((user) => hasUnread(user, conversation)));
      const found = readers
        .filter((_, index) => unread[index])
        .map((user): NewNotice => ({ kind: 'unread', conversation: id, user: user.id, dueAt: now + delayMs }));
      if (isWaiting(conversation) && (await isNew(id, 'queue', null))) {
        found.push({
          kind: 'queue',
          conversation: id,
          user: null,
          dueAt: (conversation.waiting ?? 0) / 1000 + queueMs,
        });
      }
      return found.map((notice) => ({ ...notice, dueAt: Math.ceil(notice.dueAt) }));
    },

    /** Of the team those who chose to be told of the queue, and who see it. */
    async ofQueue(conversation: ConversationRow): Promise<UserRow[]> {
      const team = await readings.team.all();
      const chose = team.filter((user) => user.notifications.queue === true && isPersonOfTeam(user.role));
      const sees = await Promise.all(chose.map((user) => threads.reads(callerOf(user), conversation)));
      return chose.filter((_, index) => sees[index]);
    },
  };
}

/** A customer waits, and nobody is in charge. */
export function isWaiting({ kind, status, waiting, assignee }: ConversationRow): boolean {
  return kind === 'support' && status === 'open' && waiting !== null && assignee === null;
}

function callerOf({ id, uuid, role, anonymous }: UserRow): UserCaller {
  return { kind: 'user', id, uuid, role, anonymous, session: null, expiresAt: 0, line: null };
}
