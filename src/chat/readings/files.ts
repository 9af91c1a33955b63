/** Attachments for who may read their message, and what the folder of files is compared with. */
import { and, asc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { AttachmentRow } from '../../db/rows.ts';
import { attachments, files } from '../../db/schema/attachments.ts';
import { messages } from '../../db/schema/messages.ts';
import { meta } from '../../db/schema/meta.ts';
import { authors, users } from '../../db/schema/people.ts';
import { isId, normaliseId } from '../../protocol/id.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { avatarPath } from '../attachments/avatar-path.ts';
import type { Caller } from '../caller.ts';
import type { Rows } from './rows.ts';
import { checkKeyMayRead, type Threads } from './threads.ts';

const param = sql.placeholder;
const AVATARS = sql.raw(`'${avatarPath('')}'`);

export type FileReadings = ReturnType<typeof createFileReadings>;

/** An attachment whose bytes are here. */
export interface FoundFile {
  attachment: AttachmentRow;
  hash: string;
  size: number;
}

export function createFileReadings(db: Questions, rows: Rows, threads: Threads) {
  // Word for word what the partial indexes say: SQLite takes one only for a condition that it knows to be the same.
  const waits = sql`"message" is null`;
  const statement = lazily({
    attachment: () =>
      db
        .select({ attachment: attachments, hash: files.hash, size: files.size })
        .from(attachments)
        .innerJoin(files, eq(files.id, attachments.file))
        .where(eq(attachments.uuid, param('uuid')))
        .prepare(),
    conversation: () =>
      db
        .select({ conversation: messages.conversation })
        .from(messages)
        .where(eq(messages.id, param('message')))
        .prepare(),
    waiting: () =>
      db
        .select({ count: sql<number>`count(*)` })
        .from(attachments)
        .where(and(eq(attachments.uploader, param('user')), waits))
        .prepare(),
    orphaned: () =>
      db
        .select({ uuid: attachments.uuid })
        .from(attachments)
        .where(and(waits, lt(attachments.createdAt, param('before'))))
        .orderBy(asc(attachments.createdAt))
        .limit(param('limit'))
        .prepare(),
    bytes: () => db.select({ bytes: meta.fileBytes }).from(meta).where(eq(meta.id, 1)).prepare(),
    file: () =>
      db
        .select()
        .from(files)
        .where(eq(files.hash, param('hash')))
        .prepare(),
    avatars: () =>
      db
        .select({
          hash: files.hash,
          id: files.id,
          shown: sql<boolean>`exists (select 1 from ${users} where ${users.avatar} = ${AVATARS} || ${files.hash})
          or exists (select 1 from ${authors} where ${authors.avatar} = ${AVATARS} || ${files.hash})`.mapWith(Boolean),
        })
        .from(files)
        .where(and(gt(files.id, param('after')), sql`"avatar" is not null`))
        .orderBy(asc(files.id))
        .limit(param('limit'))
        .prepare(),
    hashes: () =>
      db
        .select({ hash: files.hash })
        .from(files)
        .where(and(gte(files.hash, param('from')), lt(files.hash, param('to'))))
        .prepare(),
  });

  /** Of a message for whoever reads it; one that waits, for its uploader alone. */
  async function mayFetch(caller: Caller, { message, uploader }: AttachmentRow): Promise<boolean> {
    if (message === null) return caller.kind === 'user' && uploader === caller.id;
    const found = await statement.conversation.get({ message });
    const conversation = found && (await rows.conversation.get({ id: found.conversation }));
    if (conversation === undefined) return false;
    await threads.find(caller, conversation.uuid);
    return true;
  }

  return {
    statement,

    /** Throws `NOT_FOUND`, also for a link: nothing of it is here. */
    async attachment(caller: Caller, id: string): Promise<FoundFile> {
      checkKeyMayRead(caller);
      const found = isId(id) ? await statement.attachment.get({ uuid: normaliseId(id) }) : undefined;
      if (found === undefined || !(await mayFetch(caller, found.attachment))) throw new Refusal('NOT_FOUND');
      return found;
    },

    /** How many uploads of a user no message has. */
    waiting: async (user: number): Promise<number> => (await statement.waiting.get({ user }))?.count ?? 0,

    /** UUIDs of uploads from before that time (ms) that no message has, oldest first. */
    orphaned: async (before: number, limit: number): Promise<string[]> =>
      (await statement.orphaned.all({ before, limit })).map(({ uuid }) => uuid),

    /** Of all files together. */
    bytes: async (): Promise<number> => (await statement.bytes.get())?.bytes ?? 0,

    /** A picture that anybody may see; null for other bytes. */
    async picture(hash: string): Promise<{ type: string; size: number } | null> {
      const file = await statement.file.get({ hash });
      return file === undefined || file.avatar === null ? null : { type: file.avatar, size: file.size };
    },

    /** The pictures of people behind a key, and whether anybody shows them. */
    avatars: async (after: number, limit: number): Promise<{ hash: string; id: number; shown: boolean }[]> =>
      statement.avatars.all({ after, limit }),

    isKept: async (hash: string): Promise<boolean> => (await statement.file.get({ hash })) !== undefined,

    /** The hashes kept that begin so. */
    hashes: async (prefix: string): Promise<Set<string>> =>
      new Set((await statement.hashes.all({ from: prefix, to: `${prefix}g` })).map(({ hash }) => hash)),
  };
}
