/** Canned replies: read by the team, written by admins; to everybody else there are none. */
import { desc, eq, lt, sql } from 'drizzle-orm';
import { lazily } from '../../db/lazily.ts';
import type { Questions } from '../../db/questions.ts';
import type { CannedReplyRow } from '../../db/rows.ts';
import { cannedReplies } from '../../db/schema/setup.ts';
import type { Writer } from '../../db/writer.ts';
import type {
  CannedRepliesQuery,
  CannedReply,
  CannedReplyBody,
  CannedReplyPatch,
} from '../../protocol/canned-reply.ts';
import type { Page } from '../../protocol/catching-up.ts';
import { codePointLength } from '../../protocol/code-points.ts';
import { normaliseContent } from '../../protocol/content.ts';
import { normaliseId } from '../../protocol/id.ts';
import { DEFAULT_PAGE, MAX_MESSAGE_LENGTH } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { isAdmin, isPersonOfTeam } from '../access.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import { pageOf, readIdCursor } from '../people/id-cursor.ts';
import type { Publication } from '../publication.ts';

const param = sql.placeholder;

export function cannedReplyView({ uuid, shortcut, text }: CannedReplyRow): CannedReply {
  return { id: uuid, shortcut, text };
}

export function prepareCannedReplies(db: Questions) {
  return lazily({
    before: () =>
      db
        .select()
        .from(cannedReplies)
        .where(lt(cannedReplies.id, param('before')))
        .orderBy(desc(cannedReplies.id))
        .limit(param('limit'))
        .prepare(),
    byUuid: () =>
      db
        .select()
        .from(cannedReplies)
        .where(eq(cannedReplies.uuid, param('uuid')))
        .prepare(),
  });
}

export function createCannedReplies(db: Questions, writer: Writer<Change, Publication>) {
  const statement = prepareCannedReplies(db);

  /** The one of that id, for who may know of it. */
  async function found(caller: Caller, id: string): Promise<CannedReplyRow> {
    const row = await statement.byUuid.get({ uuid: normaliseId(id) });
    if (row === undefined || !reads(caller)) throw new Refusal('NOT_FOUND');
    return row;
  }

  /** {@link found}, for who may change it. */
  async function mine(caller: Caller, id: string): Promise<CannedReplyRow> {
    const row = await found(caller, id);
    if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
    return row;
  }

  return {
    /** Newest first. */
    async list(caller: Caller, { limit = DEFAULT_PAGE, cursor }: CannedRepliesQuery): Promise<Page<CannedReply>> {
      if (!reads(caller)) throw new Refusal('FORBIDDEN');
      const rows = await statement.before.all({ before: readIdCursor(cursor), limit: limit + 1 });
      return pageOf(rows, limit, ({ id }) => id, cannedReplyView);
    },

    async get(caller: Caller, id: string): Promise<CannedReply> {
      return cannedReplyView(await found(caller, id));
    },

    async create(caller: Caller, { shortcut, text }: CannedReplyBody): Promise<CannedReply> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const change = { shortcut, text: textOf(text) };
      return writer.submit<CannedReply>({ type: 'cannedReply.create', by: byOf(caller), ...change });
    },

    async patch(caller: Caller, id: string, { shortcut, text }: CannedReplyPatch): Promise<CannedReply> {
      const { id: reply } = await mine(caller, id);
      return writer.submit<CannedReply>({
        type: 'cannedReply.patch',
        by: byOf(caller),
        reply,
        ...(shortcut === undefined ? {} : { shortcut }),
        ...(text === undefined ? {} : { text: textOf(text) }),
      });
    },

    async delete(caller: Caller, id: string): Promise<void> {
      const { id: reply } = await mine(caller, id);
      await writer.submit<null>({ type: 'cannedReply.delete', by: byOf(caller), reply });
    },
  };
}

function reads(caller: Caller): boolean {
  return caller.kind === 'user' && isPersonOfTeam(caller.role);
}

/** What can be sent as it is. */
function textOf(given: string): string {
  const text = normaliseContent(given);
  if (text === '') throw misshapen('text', 'must not be empty');
  if (codePointLength(text) > MAX_MESSAGE_LENGTH) {
    throw misshapen('text', `must have at most ${MAX_MESSAGE_LENGTH} characters`);
  }
  return text;
}
