/**
 * Whom to tell of what they miss. New messages are followed through the outbox, off the way of a send; each makes a
 * look due, and only that look decides: who has read meanwhile, or is there, is told nothing.
 */

import type { ConversationRow, NoticeRow, PushRow, UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Standing } from '../access.ts';
import type { Change } from '../change.ts';
import { standingOf } from '../decide/story.ts';
import type { OutboxReadings } from '../outbox/outbox-readings.ts';
import { hashOf, newCredential } from '../people/credential.ts';
import type { Publication } from '../publication.ts';
import { createConversationViews } from '../readings/conversation-views.ts';
import { prepareRows } from '../readings/rows.ts';
import { createThreads } from '../readings/threads.ts';
import { createUnreadCount } from '../readings/unread-count.ts';
import type { News } from './letter.ts';
import type { NoticeReadings } from './notice-readings.ts';
import { createRecipients, isWaiting } from './recipients.ts';
import type { UnsubscribeTokens } from './unsubscribe.ts';

export interface NoticesParts {
  store: Pick<Store, 'questions' | 'reading'>;
  writer: Writer<Change, Publication>;
  /** Whether somebody of the team has an inbox open in which it stands. */
  isSeen: (conversation: Standing) => boolean;
  readings: NoticeReadings;
  outbox: OutboxReadings;
  unsubscribing: UnsubscribeTokens;
  /** Whether somebody has no line. */
  isAway: (user: number) => boolean;
  config: {
    smtpUrl?: string;
    maxLength: number;
    noticeDelayMs: number;
    noticeQuietMs: number;
    queueNoticeMs: number;
    noticeText: boolean;
  };
  now: () => number;
}

/** Somebody to be told something. */
export interface Telling {
  notice: NoticeRow;
  user: UserRow;
  news: News;
  /** What `told` of the notice is once this has arrived. */
  upTo: number;
  mail: boolean;
  pushes: PushRow[];
}

type Next = Partial<Pick<NoticeRow, 'dueAt' | 'told' | 'failures'>>;

/** What a notice comes to when its time has come: what it is from then on (null: it is no more), and whom to tell. */
interface Look {
  next: Next | null;
  tellings: Telling[];
}

const NO_MORE: Look = { next: null, tellings: [] };

const FOLLOWED = 500;
const DUE = 50;
const LINK_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

export type Notices = ReturnType<typeof createNotices>;

export function createNotices(parts: NoticesParts) {
  const { store, writer, readings, outbox, config, now } = parts;
  const rows = prepareRows(store.questions);
  const threads = createThreads(rows);
  const recipients = createRecipients({
    rows,
    threads,
    views: createConversationViews(rows, threads, createUnreadCount(store.questions), config.maxLength),
    readings,
    mail: config.smtpUrl !== undefined,
    delayMs: config.noticeDelayMs,
    queueMs: config.queueNoticeMs,
  });

  function settle({ id, dueAt, told, failures }: NoticeRow, next: Next | null) {
    const change = { type: 'notice.settle' as const, notice: id, next: next && { dueAt, told, failures, ...next } };
    return writer.submit<null>(change);
  }
  const later = (dueAt: number): Look => ({ next: { dueAt: Math.ceil(dueAt) }, tellings: [] });

  async function tellingOf(notice: NoticeRow, user: UserRow, news: News, upTo: number): Promise<Telling> {
    const ways = await recipients.waysTo(user);
    const pushes = ways.push ? await readings.pushesOf.all({ user: user.id, now: now() }) : [];
    // In a hurry one way is enough.
    const mail = ways.mail && (news.kind === 'unread' || pushes.length === 0);
    return { notice, user, news, upTo, pushes: pushes.map(({ push }) => push), mail };
  }

  async function unread(notice: NoticeRow, conversation: ConversationRow): Promise<Look> {
    const user = notice.user === null ? undefined : await rows.user.get({ id: notice.user });
    const reader = user === undefined ? null : await recipients.readerOf(user, conversation);
    const readSeq = reader?.readSeq ?? 0;
    const unreadBehind = (seq: number) =>
      readings.nextUnread.get({ conversation: conversation.id, seq, user: notice.user ?? 0 });
    const untold = await unreadBehind(Math.max(notice.told, readSeq));
    // After a failure, what browsers were told is still to be mailed.
    const first = notice.failures > 0 ? await unreadBehind(readSeq) : untold;
    if (user === undefined || reader === null || reader.unread === 0 || first === undefined) return NO_MORE;
    if (first.createdAt + config.noticeDelayMs > now()) return later(first.createdAt + config.noticeDelayMs);
    if (!parts.isAway(user.id)) return later(now() + config.noticeDelayMs);
    const author = conversation.lastUser === null ? undefined : await rows.user.get({ id: conversation.lastUser });
    const news: News = {
      kind: 'unread',
      conversation: conversation.uuid,
      unread: reader.unread,
      from: author?.name ?? null,
      text: config.noticeText ? conversation.lastText : null,
    };
    const telling = await tellingOf(notice, user, news, conversation.seq);
    return {
      next: { dueAt: now() + config.noticeQuietMs, told: conversation.seq, failures: 0 },
      tellings: [untold === undefined ? { ...telling, pushes: [] } : telling],
    };
  }

  async function queue(notice: NoticeRow, conversation: ConversationRow): Promise<Look> {
    const waiting = conversation.waiting ?? 0;
    if (!isWaiting(conversation)) return NO_MORE;
    if (notice.told === waiting) return later(now() + config.noticeQuietMs);
    if (waiting / 1000 + config.queueNoticeMs > now()) return later(waiting / 1000 + config.queueNoticeMs);
    if (parts.isSeen(standingOf(conversation))) return later(now() + config.queueNoticeMs);
    const news: News = {
      kind: 'queue',
      conversation: conversation.uuid,
      waitingMs: Math.round(now() - waiting / 1000),
    };
    const team = await recipients.ofQueue(conversation);
    return {
      next: { dueAt: now() + config.noticeQuietMs, told: waiting, failures: 0 },
      tellings: await Promise.all(team.map((user) => tellingOf(notice, user, news, waiting))),
    };
  }

  async function look(notice: NoticeRow): Promise<Look> {
    const conversation = await rows.conversation.get({ id: notice.conversation });
    if (conversation === undefined || conversation.kind === 'side') return NO_MORE;
    return notice.kind === 'queue' ? queue(notice, conversation) : unread(notice, conversation);
  }

  async function noticesOf(conversation: number) {
    const row = await rows.conversation.get({ id: conversation });
    return row === undefined || row.kind === 'side' ? [] : recipients.of(row, now());
  }

  return {
    /** At the start: whether there is anybody who could be told at all. */
    async begin(): Promise<void> {
      const [follower, push] = await Promise.all([readings.follower.get(), readings.anyPushAtAll.get()]);
      const wanted = config.smtpUrl !== undefined || push !== undefined;
      if (wanted !== (follower !== undefined)) await writer.submit<null>({ type: 'notices.follow', on: wanted });
    },

    /** Reads what happened since; whether there may be more of it. */
    async follow(): Promise<boolean> {
      const found = await store.reading(async () => {
        const follower = await readings.follower.get();
        if (follower === undefined) return null;
        const events = await outbox.after.all({ place: follower.place, limit: FOLLOWED });
        const conversations = [...new Set(events.map(({ row }) => row.conversation))];
        const due = await Promise.all(conversations.map(noticesOf));
        return { receiver: follower.id, last: events.at(-1), more: events.length === FOLLOWED, notices: due.flat() };
      });
      if (found?.last === undefined) return false;
      const { receiver, last, more, notices } = found;
      await writer.submit<null>({ type: 'notices.put', receiver, place: last.row.id, notices });
      return more;
    },

    /** The looks whose time has come; whom to tell something because of them. */
    async due(): Promise<Telling[]> {
      const looks = await store.reading(async () => {
        const due = await readings.due.all({ now: now(), limit: DUE });
        return Promise.all(due.map(async (notice) => ({ notice, ...(await look(notice)) })));
      });
      // Written down first: told twice is worse than told once too little.
      await Promise.all(looks.map(({ notice, next }) => settle(notice, next)));
      return looks.flatMap(({ tellings }) => tellings);
    },

    /**
     * It could not be sent: what was told is as it was before.
     *
     * @param told where browsers took it and the mail alone failed: up to what, so that they are not told again
     */
    failed: (notice: NoticeRow, retryAt: number | null, told = notice.told) =>
      settle(notice, retryAt === null ? null : { dueAt: retryAt, failures: notice.failures + 1, told }),

    gone: (pushes: readonly PushRow[]) =>
      writer.submit<null>({ type: 'push.gone', pushes: pushes.map(({ id }) => id) }),

    /** The secret of a link that leads the reader of a mail back. */
    async wayBack({ id: user }: UserRow): Promise<string> {
      const secret = newCredential('link');
      await writer.submit<null>({
        type: 'link.put',
        kind: 'mail',
        user,
        role: null,
        hash: hashOf(secret),
        expiresAt: now() + LINK_LIFE_MS,
        replaces: [],
      });
      return secret;
    },

    unsubscribeToken: ({ uuid }: UserRow): string => parts.unsubscribing.make(uuid),

    /** By the token of a mail; false: it is forged. */
    async unsubscribe(token: string): Promise<boolean> {
      const uuid = parts.unsubscribing.read(token);
      const user = uuid === null ? undefined : await rows.userByUuid.get({ uuid });
      if (user === undefined) return false;
      await writer.submit<null>({ type: 'user.unsubscribe', user: user.id });
      return true;
    },
  };
}
