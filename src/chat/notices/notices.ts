/**
 * Whom to tell of what they miss. New messages are followed through the outbox, off the way of a send; each makes a
 * look due, and only that look decides: who has read meanwhile, or is there, is told nothing.
 */
import type { Store } from '../../db/open.ts';
import type { ConversationRow, NoticeRow, PushRow, UserRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import type { Hub } from '../../hub/hub.ts';
import { mayRead } from '../access.ts';
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
  store: Pick<Store, 'reader'>;
  writer: Writer<Change, Publication>;
  hub: Hub;
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

const FOLLOWED = 500;
const DUE = 50;
const LINK_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

export type Notices = ReturnType<typeof createNotices>;

export function createNotices(parts: NoticesParts) {
  const { store, writer, hub, readings, outbox, config, now } = parts;
  const rows = prepareRows(store.reader);
  const threads = createThreads(rows);
  const recipients = createRecipients({
    rows,
    threads,
    views: createConversationViews(rows, threads, createUnreadCount(store.reader), config.maxLength),
    readings,
    mail: config.smtpUrl !== undefined,
    delayMs: config.noticeDelayMs,
    queueMs: config.queueNoticeMs,
  });

  const settle = (notice: NoticeRow, next: Partial<Pick<NoticeRow, 'dueAt' | 'told' | 'failures'>> | null) => {
    const { id, dueAt, told, failures } = notice;
    const change = { type: 'notice.settle' as const, notice: id, next: next && { dueAt, told, failures, ...next } };
    return writer.submit<null>(change);
  };
  const again = (notice: NoticeRow, dueAt: number) => settle(notice, { dueAt: Math.ceil(dueAt) });

  function tellingOf(notice: NoticeRow, user: UserRow, news: News, upTo: number): Telling {
    const ways = recipients.waysTo(user);
    const pushes = ways.push ? readings.pushesOf.all({ user: user.id, now: now() }).map(({ push }) => push) : [];
    // In a hurry one way is enough.
    return { notice, user, news, upTo, pushes, mail: ways.mail && (news.kind === 'unread' || pushes.length === 0) };
  }

  async function unread(notice: NoticeRow, conversation: ConversationRow): Promise<Telling[]> {
    const user = notice.user === null ? undefined : rows.user.get({ id: notice.user });
    const reader = user === undefined ? null : recipients.readerOf(user, conversation);
    const readSeq = reader?.readSeq ?? 0;
    const unreadBehind = (seq: number) =>
      readings.nextUnread.get({ conversation: conversation.id, seq, user: notice.user ?? 0 });
    const untold = unreadBehind(Math.max(notice.told, readSeq));
    // After a failure, what browsers were told is still to be mailed.
    const first = notice.failures > 0 ? unreadBehind(readSeq) : untold;
    if (user === undefined || reader === null || reader.unread === 0 || first === undefined) {
      await settle(notice, null);
      return [];
    }
    if (first.createdAt + config.noticeDelayMs > now()) await again(notice, first.createdAt + config.noticeDelayMs);
    else if (!parts.isAway(user.id)) await again(notice, now() + config.noticeDelayMs);
    else {
      const author = conversation.lastUser === null ? undefined : rows.user.get({ id: conversation.lastUser });
      const news: News = {
        kind: 'unread',
        conversation: conversation.uuid,
        unread: reader.unread,
        from: author?.name ?? null,
        text: config.noticeText ? conversation.lastText : null,
      };
      // Written down first: told twice is worse than told once too little.
      await settle(notice, { dueAt: now() + config.noticeQuietMs, told: conversation.seq, failures: 0 });
      const telling = tellingOf(notice, user, news, conversation.seq);
      return [untold === undefined ? { ...telling, pushes: [] } : telling];
    }
    return [];
  }

  async function queue(notice: NoticeRow, conversation: ConversationRow): Promise<Telling[]> {
    const waiting = conversation.waiting ?? 0;
    if (!isWaiting(conversation)) await settle(notice, null);
    else if (notice.told === waiting) await again(notice, now() + config.noticeQuietMs);
    else if (waiting / 1000 + config.queueNoticeMs > now()) await again(notice, waiting / 1000 + config.queueNoticeMs);
    else if (isSeen(conversation)) await again(notice, now() + config.queueNoticeMs);
    else {
      await settle(notice, { dueAt: now() + config.noticeQuietMs, told: waiting, failures: 0 });
      const news: News = {
        kind: 'queue',
        conversation: conversation.uuid,
        waitingMs: Math.round(now() - waiting / 1000),
      };
      return recipients.ofQueue(conversation).map((user) => tellingOf(notice, user, news, waiting));
    }
    return [];
  }

  /** Whether a console is open on which it stands. */
  function isSeen(conversation: ConversationRow): boolean {
    const standing = standingOf(conversation);
    return [...hub.watchers()].some((line) => mayRead({ id: line.user, role: line.role }, standing, false));
  }

  return {
    /** At the start: whether there is anybody who could be told at all. */
    async begin(): Promise<void> {
      const wanted = config.smtpUrl !== undefined || readings.anyPushAtAll.get() !== undefined;
      if (wanted !== (readings.follower.get() !== undefined))
        await writer.submit<null>({ type: 'notices.follow', on: wanted });
    },

    /** Reads what happened since; whether there may be more of it. */
    async follow(): Promise<boolean> {
      const follower = readings.follower.get();
      if (follower === undefined) return false;
      const found = outbox.after.all({ place: follower.place, limit: FOLLOWED });
      const last = found.at(-1);
      if (last === undefined) return false;
      const notices = [...new Set(found.map(({ row }) => row.conversation))].flatMap((id) => {
        const conversation = rows.conversation.get({ id });
        return conversation === undefined || conversation.kind === 'side' ? [] : recipients.of(conversation, now());
      });
      await writer.submit<null>({ type: 'notices.put', receiver: follower.id, place: last.row.id, notices });
      return found.length === FOLLOWED;
    },

    /** The looks whose time has come; whom to tell something because of them. */
    async due(): Promise<Telling[]> {
      const tellings: Telling[] = [];
      for (const notice of readings.due.all({ now: now(), limit: DUE })) {
        const conversation = rows.conversation.get({ id: notice.conversation });
        if (conversation === undefined || conversation.kind === 'side') await settle(notice, null);
        else tellings.push(...(await (notice.kind === 'queue' ? queue : unread)(notice, conversation)));
      }
      return tellings;
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
      const user = uuid === null ? undefined : rows.userByUuid.get({ uuid });
      if (user === undefined) return false;
      await writer.submit<null>({ type: 'user.unsubscribe', user: user.id });
      return true;
    },
  };
}
