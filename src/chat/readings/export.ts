/**
 * All about one user, in pages: who they are, how they come in, what they wrote, and what others wrote to them as far as
 * who asks may read it. Each page asks anew whether it may be taken.
 */
import type { Questions } from '../../db/questions.ts';
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import { isId, normaliseId } from '../../protocol/id.ts';
import type { Message } from '../../protocol/message.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { hashOfAvatar } from '../attachments/avatar-path.ts';
import { type Caller, hasScope } from '../caller.ts';
import { sessionView, userView } from '../people/people-view.ts';
import { timeOf, timeOrNull } from '../views.ts';
import { prepareExportStatements } from './export-statements.ts';
import { hasFiles, type MessageViews } from './message-views.ts';
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

export function createExport(db: Questions, { rows, threads, messages: views }: Parts) {
  const statement = prepareExportStatements(db);

  /** Who asks as they are now, and whom they ask about; throws as for what is not there. */
  async function judged(caller: Caller, userId: string): Promise<{ asking: Caller; user: UserRow }> {
    const user = isId(userId) ? await rows.userByUuid.get({ uuid: normaliseId(userId) }) : undefined;
    if (user === undefined || user.erasedAt !== null || user.mergedInto !== null) throw new Refusal('NOT_FOUND');
    const asking = await asIsNow(caller);
    const may = asking.kind === 'key' ? hasScope(asking, 'users') : asking.id === user.id || asking.role === 'admin';
    if (!may) throw new Refusal('FORBIDDEN');
    return { asking, user };
  }

  async function asIsNow(caller: Caller): Promise<Caller> {
    if (caller.kind === 'key') {
      const key = await statement.apiKey.get({ id: caller.key });
      if (key === undefined) throw new Refusal('UNAUTHENTICATED');
      return { ...caller, scopes: key.scopes };
    }
    const row = await rows.user.get({ id: caller.id });
    if (row === undefined || row.disabledAt !== null || row.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
    return { ...caller, role: row.role };
  }

  /** Whether all of a thread is theirs to take: they are in it, and who asks may read it. Else what they wrote. */
  async function whole(asking: Caller, user: UserRow, row: ConversationRow, main: ConversationRow): Promise<boolean> {
    if (row !== main) return main.customer === user.id && (await threads.seen(asking, row)) !== null;
    const participant = await rows.participant.get({ conversation: main.id, user: user.id });
    return participant !== undefined && participant.leftAt === null && threads.reads(asking, main);
  }

  async function aboutConversation(
    asking: Caller,
    user: UserRow,
    row: ConversationRow,
    side: ConversationRow | undefined,
  ) {
    const { uuid: id, kind, externalId, createdAt } = row;
    const participant = await rows.participant.get({ conversation: row.id, user: user.id });
    const { status, subject, queue, closedAt, rating, comment } = row;
    const theirs = row.kind === 'support' && row.customer === user.id;
    return {
      id,
      kind,
      externalId,
      createdAt: timeOf(createdAt),
      ...((await whole(asking, user, row, row)) ? { status, subject, closedAt: timeOrNull(closedAt) } : {}),
      ...(theirs ? { queue, rating: rating === null ? null : { score: rating, comment } } : {}),
      ...(theirs && side !== undefined && (await whole(asking, user, side, row)) ? await besides(side) : {}),
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

  async function besides({ id, ip, userAgent, context }: ConversationRow) {
    const tags = await rows.tags.all({ conversation: id });
    return { tags: tags.map(({ tag }) => tag), ip, userAgent, context };
  }

  async function filesOf(found: readonly MessageRow[]): Promise<ExportedFile[]> {
    const files = await Promise.all(found.filter(hasFiles).map(({ id }) => statement.filesOf.all({ message: id })));
    return files.flat();
  }

  return {
    statement,

    readings: {
      /** Throws `NOT_FOUND` and `FORBIDDEN`. */
      async exportUser(caller: Caller, userId: string) {
        const { user } = await judged(caller, userId);
        const [known, pushes, uploads] = await Promise.all([
          statement.identities.all({ user: user.id }),
          statement.pushes.all({ user: user.id }),
          statement.uploads.all({ user: user.id }),
        ]);
        const host = known.find(({ provider }) => provider === 'host')?.subject ?? null;
        const avatar = hashOfAvatar(user.avatar);
        return {
          about: {
            ...userView(user, host),
            notifications: user.notifications,
            identities: known,
            pushes: pushes.map(({ endpoint, createdAt }) => ({
              // The rest of the address is what lets one push.
              service: new URL(endpoint).host,
              createdAt: timeOf(createdAt),
            })),
          },
          files: [
            ...(avatar === null ? [] : [{ id: 'avatar', name: 'avatar', hash: avatar }]),
            ...uploads,
          ] satisfies ExportedFile[],
        };
      },

      async exportSessions(caller: Caller, userId: string, before: number): Promise<ExportPage<object>> {
        const { user } = await judged(caller, userId);
        const found = await statement.sessions.all({ user: user.id, before, limit: LINES });
        return pageOf(found, LINES, (row) => {
          const { current, ...session } = sessionView(row, false);
          return { ...session, revokedAt: timeOrNull(row.revokedAt) };
        });
      },

      /** What they did that was noted: for those who may read the audit. */
      async exportAudit(caller: Caller, userId: string, before: number): Promise<ExportPage<object>> {
        const { asking, user } = await judged(caller, userId);
        if (asking.kind === 'key' || asking.role !== 'admin') return { items: [], next: null };
        const found = await statement.audit.all({ user: user.id, before, limit: LINES });
        return pageOf(found, LINES, ({ uuid: id, at, action, targetType, targetUuid, details, address }) => {
          const target = targetType === null ? null : { type: targetType, id: targetUuid };
          return { id, at: timeOf(at), action, target, details, address };
        });
      },

      /** The keys of the conversations that they are in, or were. */
      async exportOwn(caller: Caller, userId: string, after: number): Promise<ExportPage<number>> {
        const { user } = await judged(caller, userId);
        const found = await statement.ownConversations.all({ user: user.id, after, limit: CONVERSATIONS });
        return pageOf(found, CONVERSATIONS, ({ id }) => id);
      },

      /** The keys of the support conversations of others in which they wrote. */
      async exportAnswered(caller: Caller, userId: string, after: number): Promise<ExportPage<number>> {
        const { user } = await judged(caller, userId);
        if ((await statement.forTeam.get({ user: user.id })) === undefined) return { items: [], next: null };
        const found = await statement.support.all({ after, limit: CONVERSATIONS });
        const { next } = pageOf(found, CONVERSATIONS, ({ id }) => id);
        const others = found.filter(({ customer }) => customer !== user.id);
        const wrote = await Promise.all(
          others.map(({ id }) => statement.wroteIn.get({ conversation: id, user: user.id })),
        );
        return { items: others.flatMap(({ id }, index) => (wrote[index] === undefined ? [] : id)), next };
      },

      /** Null: it is gone meanwhile. */
      async exportConversation(caller: Caller, userId: string, key: number): Promise<ExportedConversation | null> {
        const { asking, user } = await judged(caller, userId);
        const row = await rows.conversation.get({ id: key });
        if (row === undefined) return null;
        const side = await rows.side.get({ parent: row.id });
        const besideToo = side !== undefined && (row.customer !== user.id || (await whole(asking, user, side, row)));
        return {
          thread: row.id,
          side: besideToo ? side.id : null,
          about: await aboutConversation(asking, user, row, side),
        };
      },

      /** Of a thread, as much as is theirs. */
      async exportMessages(caller: Caller, userId: string, thread: number, after: number) {
        const { asking, user } = await judged(caller, userId);
        const row = await rows.conversation.get({ id: thread });
        const main = row?.kind === 'side' ? await rows.conversation.get({ id: row.parent ?? 0 }) : row;
        if (row === undefined || main === undefined) return { items: [], files: [], next: null };
        const all = (await whole(asking, user, row, main)) ? 1 : 0;
        const to = after + MESSAGES;
        const found = await statement.written.all({ conversation: thread, after, to, all, user: user.id });
        const page: ExportPage<Message> & { files: ExportedFile[] } = {
          items: await views.show(found, row.uuid),
          files: await filesOf(found),
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
