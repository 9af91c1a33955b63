/**
 * All about one user, in pages: who they are, how they come in, what they wrote, and what others wrote to them as far as
 * who asks may read it. Each page asks anew whether it may be taken.
 */
import type { Reader } from '../../db/open.ts';
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import { isId, normaliseId } from '../../protocol/id.ts';
import type { Message } from '../../protocol/message.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { hashOfAvatar } from '../attachments/avatar-path.ts';
import { type Caller, hasScope } from '../caller.ts';
import { sessionView, userView } from '../people/people-view.ts';
import { timeOf, timeOrNull } from '../views.ts';
import { prepareExportStatements } from './export-statements.ts';
import type { MessageViews } from './message-views.ts';
import type { Rows } from './rows.ts';
import type { Threads } from './threads.ts';

/** A file whose bytes are here. */
export interface ExportedFile {
  id: string;
  name: string;
  hash: string;
}

export interface ExportPage<T> {
  items: T[];
  /** What the next page begins behind; null: there is none. */
  next: number | null;
}

export interface ExportedConversation {
  /** What the messages are under in the store; of the side conversation, where who asks may read any of it. */
  thread: number;
  side: number | null;
  about: { id: string } & Record<string, unknown>;
}

/** Messages that are looked at together: a page of the longest takes some megabytes. */
const MESSAGES = 100;
const CONVERSATIONS = 200;
/** Sessions, lines of the audit. */
const LINES = 200;

interface Parts {
  rows: Rows;
  threads: Threads;
  messages: MessageViews;
}

export function createExport(db: Reader, { rows, threads, messages: views }: Parts) {
  const statement = prepareExportStatements(db);

  /** Who asks as they are now, and whom they ask about; throws as for what is not there. */
  function judged(caller: Caller, userId: string): { asking: Caller; user: UserRow } {
    const user = isId(userId) ? rows.userByUuid.get({ uuid: normaliseId(userId) }) : undefined;
    if (user === undefined || user.erasedAt !== null || user.mergedInto !== null) throw new Refusal('NOT_FOUND');
    const asking = asIsNow(caller);
    const may = asking.kind === 'key' ? hasScope(asking, 'users') : asking.id === user.id || asking.role === 'admin';
    if (!may) throw new Refusal('FORBIDDEN');
    return { asking, user };
  }

  function asIsNow(caller: Caller): Caller {
    if (caller.kind === 'key') {
      const key = statement.apiKey.get({ id: caller.key });
      if (key === undefined) throw new Refusal('UNAUTHENTICATED');
      return { ...caller, scopes: key.scopes };
    }
    const row = rows.user.get({ id: caller.id });
    if (row === undefined || row.disabledAt !== null || row.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
    return { ...caller, role: row.role };
  }

  /** Whether all of a thread is theirs to take: they are in it, and who asks may read it. Else what they wrote. */
  function whole(asking: Caller, user: UserRow, row: ConversationRow, main: ConversationRow): boolean {
    if (row !== main) return main.customer === user.id && threads.seen(asking, row) !== null;
    const participant = rows.participant.get({ conversation: main.id, user: user.id });
    return participant !== undefined && participant.leftAt === null && threads.reads(asking, main);
  }

  function aboutConversation(asking: Caller, user: UserRow, row: ConversationRow, side: ConversationRow | undefined) {
    const { uuid: id, kind, externalId, createdAt } = row;
    const participant = rows.participant.get({ conversation: row.id, user: user.id });
    const { status, subject, queue, closedAt, rating, comment } = row;
    const theirs = row.kind === 'support' && row.customer === user.id;
    return {
      id,
      kind,
      externalId,
      createdAt: timeOf(createdAt),
      ...(whole(asking, user, row, row) ? { status, subject, closedAt: timeOrNull(closedAt) } : {}),
      ...(theirs ? { queue, rating: rating === null ? null : { score: rating, comment } } : {}),
      ...(theirs && side !== undefined && whole(asking, user, side, row) ? besides(side) : {}),
      ...(participant === undefined
        ? {}
        : {
            title: participant.title,
            moderator: participant.moderator,
            joinedAt: timeOf(participant.joinedAt),
            leftAt: timeOrNull(participant.leftAt),
            readSeq: participant.readSeq,
            readAt: timeOrNull(participant.readAt),
          }),
    };
  }

  function besides({ id, ip, userAgent, context }: ConversationRow) {
    return { tags: rows.tags.all({ conversation: id }).map(({ tag }) => tag), ip, userAgent, context };
  }

  function filesOf(found: readonly MessageRow[]): ExportedFile[] {
    const withFiles = found.filter(({ kind, deletedAt }) => kind === 'file' && deletedAt === null);
    return withFiles.flatMap(({ id }) => statement.filesOf.all({ message: id }));
  }

  return {
    statement,

    readings: {
      /** Throws `NOT_FOUND` and `FORBIDDEN`. */
      exportUser(caller: Caller, userId: string) {
        const { user } = judged(caller, userId);
        const known = statement.identities.all({ user: user.id });
        const host = known.find(({ provider }) => provider === 'host')?.subject ?? null;
        const avatar = hashOfAvatar(user.avatar);
        return {
          about: {
            ...userView(user, host),
            notifications: user.notifications,
            identities: known,
            pushes: statement.pushes.all({ user: user.id }).map(({ endpoint, createdAt }) => ({
              // The rest of the address is what lets one push.
              service: new URL(endpoint).host,
              createdAt: timeOf(createdAt),
            })),
          },
          files: [
            ...(avatar === null ? [] : [{ id: 'avatar', name: 'avatar', hash: avatar }]),
            ...statement.uploads.all({ user: user.id }),
          ] satisfies ExportedFile[],
        };
      },

      exportSessions(caller: Caller, userId: string, before: number): ExportPage<object> {
        const { user } = judged(caller, userId);
        const found = statement.sessions.all({ user: user.id, before, limit: LINES });
        return pageOf(found, LINES, (row) => {
          const { current, ...session } = sessionView(row, false);
          return { ...session, revokedAt: timeOrNull(row.revokedAt) };
        });
      },

      /** What they did that was noted: for those who may read the audit. */
      exportAudit(caller: Caller, userId: string, before: number): ExportPage<object> {
        const { asking, user } = judged(caller, userId);
        if (asking.kind === 'key' || asking.role !== 'admin') return { items: [], next: null };
        const found = statement.audit.all({ user: user.id, before, limit: LINES });
        return pageOf(found, LINES, ({ uuid: id, at, action, targetType, targetUuid, details, address }) => {
          const target = targetType === null ? null : { type: targetType, id: targetUuid };
          return { id, at: timeOf(at), action, target, details, address };
        });
      },

      /** The keys of the conversations that they are in, or were. */
      exportOwn(caller: Caller, userId: string, after: number): ExportPage<number> {
        const { user } = judged(caller, userId);
        const found = statement.ownConversations.all({ user: user.id, after, limit: CONVERSATIONS });
        return pageOf(found, CONVERSATIONS, ({ id }) => id);
      },

      /** The keys of the support conversations of others in which they wrote. */
      exportAnswered(caller: Caller, userId: string, after: number): ExportPage<number> {
        const { user } = judged(caller, userId);
        if (statement.forTeam.get({ user: user.id }) === undefined) return { items: [], next: null };
        const found = statement.support.all({ after, limit: CONVERSATIONS });
        const { next } = pageOf(found, CONVERSATIONS, ({ id }) => id);
        const wroteIn = (conversation: number) => statement.wroteIn.get({ conversation, user: user.id }) !== undefined;
        const items = found.filter(({ id, customer }) => customer !== user.id && wroteIn(id)).map(({ id }) => id);
        return { items, next };
      },

      /** Null: it is gone meanwhile. */
      exportConversation(caller: Caller, userId: string, key: number): ExportedConversation | null {
        const { asking, user } = judged(caller, userId);
        const row = rows.conversation.get({ id: key });
        if (row === undefined) return null;
        const side = rows.side.get({ parent: row.id });
        const besideToo = side !== undefined && (row.customer !== user.id || whole(asking, user, side, row));
        return {
          thread: row.id,
          side: besideToo ? side.id : null,
          about: aboutConversation(asking, user, row, side),
        };
      },

      /** Of a thread, as much as is theirs. */
      exportMessages(caller: Caller, userId: string, thread: number, after: number) {
        const { asking, user } = judged(caller, userId);
        const row = rows.conversation.get({ id: thread });
        const main = row?.kind === 'side' ? rows.conversation.get({ id: row.parent ?? 0 }) : row;
        if (row === undefined || main === undefined) return { items: [], files: [], next: null };
        const all = whole(asking, user, row, main) ? 1 : 0;
        const to = after + MESSAGES;
        const found = statement.written.all({ conversation: thread, after, to, all, user: user.id });
        const page: ExportPage<Message> & { files: ExportedFile[] } = {
          items: views.show(found, row.uuid),
          files: filesOf(found),
          next: to < row.seq ? to : null,
        };
        return page;
      },
    },
  };
}

function pageOf<R extends { id: number }, T>(found: readonly R[], limit: number, show: (row: R) => T): ExportPage<T> {
  return { items: found.map(show), next: found.length < limit ? null : (found.at(-1)?.id ?? null) };
}
