/**
 * All that people made, as records in an order in which each speaks only of what stands before it: no key of the store,
 * and no credential. Times are ms, positions µs of the store's clock, as the store keeps them.
 */
import { asc, eq, gt, sql } from 'drizzle-orm';
import type { Reader } from '../../db/open.ts';
import type { AuthorRow, ConversationRow, MessageRow } from '../../db/rows.ts';
import { attachments, files } from '../../db/schema/attachments.ts';
import { bots } from '../../db/schema/bots.ts';
import { conversations, participants, reads, tags } from '../../db/schema/conversations.ts';
import { messages } from '../../db/schema/messages.ts';
import { authors, identities, users } from '../../db/schema/people.ts';
import { cannedReplies, settings } from '../../db/schema/setup.ts';

/** What the records are called; another version is another shape. */
export const VERSION = 1;

export type ExportRecord = { type: string } & Record<string, unknown>;

const PAGE = 500;
const MAX_KEPT = 50_000;
const param = sql.placeholder;

/** @param reader in a transaction, so that it is one state that is told */
export function* recordsOf(reader: Reader, about: { parley: string; exportedAt: string }): Generator<ExportRecord> {
  yield { type: 'parley', version: VERSION, ...about };
  const statement = prepare(reader);
  const names = namesIn(reader);
  for (const { id, ...file } of pagesOf((after) => statement.files.all({ after }))) yield { type: 'file', ...file };
  // Who was merged stands behind all whom they may have been merged into.
  for (const merged of [0, 1]) {
    for (const { id, password, mergedInto, ...user } of pagesOf((after) => statement.users.all({ after, merged }))) {
      const known = statement.identities.all({ user: id });
      const mergedTo = mergedInto === null ? null : names.user(mergedInto);
      yield { type: 'user', ...user, mergedInto: mergedTo, identities: known };
    }
  }
  for (const { id, key, secret, ...bot } of statement.bots.all()) yield { type: 'bot', user: names.user(id), ...bot };
  for (const { value } of statement.settings.all()) yield { type: 'settings', value };
  for (const { id, ...reply } of statement.replies.all()) yield { type: 'cannedReply', ...reply };
  for (const row of pagesOf((after) => statement.conversations.all({ after }))) {
    yield* conversationRecords(row, statement, names);
    const side = statement.side.get({ parent: row.id });
    if (side !== undefined) yield* conversationRecords(side, statement, names);
  }
  yield { type: 'end' };
}

type Statements = ReturnType<typeof prepare>;
type Names = ReturnType<typeof namesIn>;

function* conversationRecords(row: ConversationRow, statement: Statements, names: Names): Generator<ExportRecord> {
  const { id, uuid, parent, openKey, position, customer, assignee, lastUser, ...rest } = row;
  const [, a, b] = /^d:(\d+):(\d+)$/.exec(openKey ?? '') ?? [];
  yield {
    type: 'conversation',
    uuid,
    ...rest,
    parent: names.conversation(parent),
    customer: names.user(customer),
    assignee: names.user(assignee),
    lastUser: names.user(lastUser),
    /** Whether it is the one that `to` means; of a direct one, whose it is. */
    open: openKey !== null,
    pair: a === undefined || b === undefined ? null : [names.user(Number(a)), names.user(Number(b))],
    tags: statement.tags.all({ conversation: id }).map(({ tag }) => tag),
  };
  for (const { conversation, user, markPosition, memberPosition, ...participant } of statement.participants.all({
    conversation: id,
  })) {
    yield { type: 'participant', conversation: uuid, user: names.user(user), ...participant };
  }
  for (let after = 0; after < row.seq; after += PAGE) {
    const found = statement.messages.all({ conversation: id, after, to: after + PAGE });
    for (const message of found) yield messageRecord(message, uuid, statement, names);
  }
  if (row.kind !== 'direct') return;
  for (const { user, seq, at } of statement.reads.all({ conversation: id })) {
    yield { type: 'read', conversation: uuid, user: names.user(user), seq, at };
  }
}

function messageRecord(row: MessageRow, conversation: string, statement: Statements, names: Names): ExportRecord {
  const { id, author, extra, ...message } = row;
  const system = extra?.system;
  const said =
    system === undefined ? extra : { ...extra, system: { ...system, ...mapped(system, (key) => names.author(key)) } };
  const attached = row.kind === 'file' ? statement.attachments.all({ message: id }) : [];
  return {
    type: 'message',
    ...message,
    // What is being written here is broken off there.
    state: row.state === 'streaming' ? 'interrupted' : row.state,
    conversation,
    author: names.author(author),
    extra: said,
    ...(attached.length === 0
      ? {}
      : {
          attachments: attached.map(({ uploader, hash, ...rest }) => ({
            ...rest,
            hash,
            uploader: names.user(uploader),
          })),
        }),
  };
}

/** What names people in a system message, by another name. */
function mapped<T>(system: { user?: unknown; by?: unknown; to?: unknown }, name: (key: number | null) => T) {
  const people = ['user', 'by', 'to'] as const;
  const there = people.filter((who) => system[who] !== undefined);
  return Object.fromEntries(there.map((who) => [who, name(system[who] as number | null)]));
}

/** UUIDs by the store's keys, of late kept in memory. */
function namesIn(reader: Reader) {
  const uuidOf = (table: typeof users | typeof conversations) => {
    const statement = reader
      .select({ uuid: table.uuid })
      .from(table)
      .where(eq(table.id, param('id')))
      .prepare();
    return kept((id) => statement.get({ id })?.uuid ?? null);
  };
  const user = uuidOf(users);
  const author = reader
    .select()
    .from(authors)
    .where(eq(authors.id, param('id')))
    .prepare();
  const shown = ({ id, user: who, ...rest }: AuthorRow) => ({ user: user(who), ...rest });
  return {
    user,
    conversation: uuidOf(conversations),
    author: kept((id) => {
      const row = author.get({ id });
      return row === undefined ? null : shown(row);
    }),
  };
}

function kept<T>(find: (id: number) => T | null): (id: number | null) => T | null {
  const known = new Map<number, T | null>();
  return (id) => {
    if (id === null) return null;
    const there = known.get(id);
    if (there !== undefined) return there;
    if (known.size >= MAX_KEPT) known.clear();
    const found = find(id);
    known.set(id, found);
    return found;
  };
}

/** The rows of all pages. */
function* pagesOf<R extends { id: number }>(read: (after: number) => R[]): Generator<R> {
  for (let after = 0; ; ) {
    const page = read(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function prepare(db: Reader) {
  const after = param('after');
  return {
    files: db
      .select({ id: files.id, hash: files.hash, size: files.size, avatar: files.avatar, createdAt: files.createdAt })
      .from(files)
      .where(gt(files.id, after))
      .orderBy(asc(files.id))
      .limit(PAGE)
      .prepare(),
    users: db
      .select()
      .from(users)
      .where(sql`${users.id} > ${after} and (${users.mergedInto} is not null) = ${param('merged')}`)
      .orderBy(asc(users.id))
      .limit(PAGE)
      .prepare(),
    identities: db
      .select({ provider: identities.provider, subject: identities.subject })
      .from(identities)
      .where(eq(identities.user, param('user')))
      .prepare(),
    bots: db.select().from(bots).prepare(),
    settings: db.select().from(settings).prepare(),
    replies: db.select().from(cannedReplies).prepare(),
    conversations: db
      .select()
      .from(conversations)
      .where(sql`${conversations.id} > ${after} and ${conversations.kind} <> 'side'`)
      .orderBy(asc(conversations.id))
      .limit(PAGE)
      .prepare(),
    side: db
      .select()
      .from(conversations)
      .where(eq(conversations.parent, param('parent')))
      .prepare(),
    tags: db
      .select({ tag: tags.tag })
      .from(tags)
      .where(eq(tags.conversation, param('conversation')))
      .prepare(),
    participants: db
      .select()
      .from(participants)
      .where(eq(participants.conversation, param('conversation')))
      .prepare(),
    messages: db
      .select()
      .from(messages)
      .where(
        sql`${messages.conversation} = ${param('conversation')} and ${messages.seq} > ${after}
          and ${messages.seq} <= ${param('to')}`,
      )
      .orderBy(asc(messages.seq))
      .prepare(),
    attachments: db
      .select({
        uuid: attachments.uuid,
        uploader: attachments.uploader,
        place: attachments.place,
        hash: files.hash,
        name: attachments.name,
        type: attachments.type,
        size: attachments.size,
        width: attachments.width,
        height: attachments.height,
        url: attachments.url,
        createdAt: attachments.createdAt,
      })
      .from(attachments)
      .leftJoin(files, eq(files.id, attachments.file))
      .where(eq(attachments.message, param('message')))
      .orderBy(asc(attachments.place))
      .prepare(),
    reads: db
      .select()
      .from(reads)
      .where(eq(reads.conversation, param('conversation')))
      .prepare(),
  };
}
