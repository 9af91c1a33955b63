/**
 * The rows that a batch of changes names, as `decide` reads and changes them. Each row marked here is written once,
 * however many changes of the batch touched it. SQLite's writer is the only one by its lock, so the set is kept from
 * batch to batch and thrown away when one fails or when it grows too large.
 */
import type {
  AttachmentRow,
  AuthorRow,
  CannedReplyRow,
  ConversationRow,
  FileRow,
  MessageRow,
  MetaRow,
  ParticipantRow,
  TagRow,
  TurnRow,
  UserRow,
} from './rows.ts';
import { type KeyedTable, keyedTables, type RowOf, type TableName, writtenTables } from './written-tables.ts';

/** What has to be written of a row: all of it for the first time, its busy columns, or all of it again. */
export type Mark = 'insert' | 'touch' | 'save' | 'delete';

/** Marked rows of one table. A stronger mark stays: a row to be inserted is inserted as it is at the end. */
export class Marked<Row> extends Map<Row, Mark> {
  /** Whether any row is to be deleted, and whether any is to be written again as a whole. */
  deleting = false;
  saving = false;
  insert(row: Row): void {
    this.set(row, 'insert');
  }
  /** Only the columns that a send or a read mark moves: no index that they do not stand in is written. */
  touch(row: Row): void {
    if (!this.has(row)) this.set(row, 'touch');
  }
  save(row: Row): void {
    if (this.get(row) === 'insert') return;
    this.set(row, 'save');
    this.saving = true;
  }
  remove(row: Row): void {
    this.set(row, 'delete');
    this.deleting = true;
  }
}

/** The newest message of a person in a conversation, and the newest by anybody else: answers `ifSeq` at once. */
export interface Tail {
  user: number | null;
  seq: number;
  otherSeq: number;
}

/** The seqs above `from` that unread never counts (tombstones, system messages), ascending. */
export interface Uncounted {
  from: number;
  seqs: number[];
}

/**
 * A text that is being written, of which this batch writes the end: what it says so far is read and written whole
 * within SQLite alone.
 */
export interface Growing {
  /** The message's key. */
  message: number;
  /** Code points that stand. */
  from: number;
  /** What follows them; null: nothing is to be written. */
  more: string | null;
}

/** What only the table of messages can tell about moving a mark to `seq` (see {@link WorkingSet.passed}). */
export interface Passed {
  /** How many of the reader's own counted messages lie above the old mark and not above `seq`. */
  own: number;
  /** How many own counted messages stand directly behind `seq`, with nothing unread between. */
  behind: number;
  /** The last seq of that run; `seq` itself when there is none. */
  stepTo: number;
}

/** A conversation that passes from one user to another. */
export interface Passing {
  conversation: number;
  /** Messages of either above the higher of their marks: not unread once they are one. */
  own: number;
  /** In a direct one, what the first had read when. */
  reads: ReadRow[];
}

/** A page of a conversation that is to go. */
export interface Removing {
  conversation: ConversationRow;
  participants: ParticipantRow[];
  messages: MessageRow[];
  turns: TurnRow[];
  reads: ReadRow[];
  tags: RowOf<'tags'>[];
  /** There is no more of it than this. */
  whole: boolean;
}

export interface IdentityRow {
  provider: string;
  subject: string;
  user: number;
}

export interface ReadRow {
  conversation: number;
  user: number;
  seq: number;
  at: number;
}

const NO_BELONGINGS = {
  sessions: [],
  identities: [],
  uploads: [],
  pushes: [],
  notices: [],
  removals: [],
  linked: false,
  participates: false,
  more: false,
};

const tableNames = Object.keys(writtenTables) as TableName[];

/** No row's key. */
const NOBODY = -1;

export class WorkingSet {
  readonly meta: MetaRow;
  readonly users = new Map<number, UserRow>();
  readonly usersByUuid = new Map<string, UserRow | null>();
  /** By their shortcuts. */
  readonly cannedReplies = new Map<string, CannedReplyRow | null>();
  readonly usersByEmail = new Map<string, UserRow | null>();
  readonly identities = new Map<string, IdentityRow | null>();
  /** The host's own id of a user; null when there is none. */
  readonly externalIds = new Map<number, string | null>();
  readonly authors = new Map<number, AuthorRow>();
  readonly authorsOf = new Map<number, AuthorRow[]>();
  /** Rows that are named by their key; null: there is none. */
  readonly rows = Object.fromEntries(keyedTables.map((name) => [name, new Map()])) as unknown as {
    [T in KeyedTable]: Map<number, RowOf<T> | null>;
  };
  /** Of the kinds of events, those that any receiver takes; null: the rules are to work it out of the rows. */
  taken: ReadonlySet<string> | null = null;
  /** Whether all receivers and webhooks are among the rows. */
  receiversHeld = false;
  readonly conversations = new Map<number, ConversationRow>();
  readonly conversationsByUuid = new Map<string, ConversationRow | null>();
  readonly conversationsByOpenKey = new Map<string, ConversationRow | null>();
  /** A support conversation's side, by the parent's key. */
  readonly sides = new Map<number, ConversationRow>();
  readonly participants = new Map<number, Map<number, ParticipantRow | null>>();
  private participations = 0;
  /** Of a side conversation, by its key. */
  readonly tags = new Map<number, TagRow[]>();
  /** Of a support conversation, by its key: its open turns, the first one first. */
  readonly turns = new Map<number, TurnRow[]>();
  readonly tails = new Map<number, Tail>();
  readonly uncounted = new Map<number, Uncounted>();
  /** Of this batch alone: messages by conversation and UUID, and what was found out about marks and deletions. */
  messages = new Map<number, Map<string, MessageRow | null>>();
  /** By UUID; null: it is not being written. */
  growing = new Map<string, Growing | null>();
  passed = new Map<string, Passed>();
  lastBefore = new Map<number, MessageRow | null>();
  sentBefore = new Map<string, MessageRow | null>();
  /** What passes to another user in this batch, and whether there is more than that. */
  passing: { conversations: Passing[]; waiting: AttachmentRow[]; more: boolean } = noPassing();
  /** By what somebody comes in who is no more, and whether there is more than that. */
  belongings: {
    sessions: RowOf<'sessions'>[];
    identities: IdentityRow[];
    uploads: AttachmentRow[];
    pushes: RowOf<'pushes'>[];
    notices: RowOf<'notices'>[];
    removals: RowOf<'removals'>[];
    /** Whether any link is theirs, used or over. */
    linked: boolean;
    /** Whether they are in any conversation. */
    participates: boolean;
    more: boolean;
  } = NO_BELONGINGS;
  /** Messages whose text goes in this batch. */
  erasing: MessageRow[] = [];
  /** What is to go in this batch: sides before what they are sides of. */
  removing: Removing[] = [];
  attachments = new Map<string, AttachmentRow | null>();
  /** By the message's key, in their order. */
  attachmentsOf = new Map<number, AttachmentRow[]>();
  files = new Map<number, FileRow>();
  filesByHash = new Map<string, FileRow | null>();
  /** By an avatar's path: whether anybody shows it, or wrote while they did. */
  shown = new Map<string, boolean>();
  /** How many attachments of a user's no message has. */
  waitingOf = new Map<number, number>();

  readonly marked = Object.fromEntries(tableNames.map((name) => [name, new Marked<unknown>()])) as unknown as {
    [T in TableName]: Marked<RowOf<T>>;
  };

  private readonly held: readonly ReadonlyMap<unknown, unknown>[] = [
    this.cannedReplies,
    this.usersByUuid,
    this.usersByEmail,
    this.identities,
    this.authors,
    this.conversationsByUuid,
    this.conversationsByOpenKey,
    ...Object.values(this.rows),
  ];

  constructor(meta: MetaRow) {
    this.meta = meta;
  }

  /** The next key for a new row of any table; never handed out twice, not even after a deletion. */
  nextId(): number {
    return ++this.meta.lastId;
  }

  /** How many rows are held: the writer begins a new set when there are too many. Asked for by every batch. */
  get size(): number {
    let size = this.participations;
    for (const map of this.held) size += map.size;
    return size;
  }

  /** The row of a user whom another row names; null where it names nobody. */
  userOf(key: number | null | undefined): UserRow | null {
    return this.users.get(key ?? NOBODY) ?? null;
  }

  /** The same for an author. */
  authorOf(key: number | null | undefined): AuthorRow | null {
    return this.authors.get(key ?? NOBODY) ?? null;
  }

  /** The key of the user who wrote it; null for a system message. */
  writerOf(message: Pick<MessageRow, 'author'> | null): number | null {
    return this.authorOf(message?.author)?.user ?? null;
  }

  /** The conversation that a thread is of: itself, or the one whose side it is. */
  mainOf(thread: ConversationRow): ConversationRow {
    return this.conversations.get(thread.parent ?? thread.id) ?? thread;
  }

  addUser(row: UserRow): void {
    this.users.set(row.id, row);
    this.usersByUuid.set(row.uuid, row);
  }

  addConversation(row: ConversationRow): void {
    this.conversations.set(row.id, row);
    this.conversationsByUuid.set(row.uuid, row);
    if (row.openKey !== null) this.conversationsByOpenKey.set(row.openKey, row);
    if (row.parent !== null) this.sides.set(row.parent, row);
  }

  addParticipant(row: ParticipantRow): void {
    this.holdParticipant(row.conversation, row.user, row);
  }

  /** @param row null: the user is known not to be in it */
  holdParticipant(conversation: number, user: number, row: ParticipantRow | null): void {
    const held = this.participantsOf(conversation);
    if (!held.has(user)) this.participations += 1;
    held.set(user, row);
  }

  addAuthor(row: AuthorRow): void {
    this.authors.set(row.id, row);
  }

  addMessage(row: MessageRow): void {
    this.messagesOf(row.conversation).set(row.uuid, row);
  }

  addAttachment(row: AttachmentRow): void {
    this.attachments.set(row.uuid, row);
  }

  addFile(row: FileRow): void {
    this.files.set(row.id, row);
    this.filesByHash.set(row.hash, row);
  }

  participantsOf(conversation: number): Map<number, ParticipantRow | null> {
    return getOrMake(this.participants, conversation, () => new Map());
  }

  messagesOf(conversation: number): Map<string, MessageRow | null> {
    return getOrMake(this.messages, conversation, () => new Map());
  }

  /** Forgets what held for one batch only, and what was marked in it. */
  endBatch(): void {
    this.messages = emptied(this.messages);
    this.growing = emptied(this.growing);
    this.passed = emptied(this.passed);
    this.lastBefore = emptied(this.lastBefore);
    this.sentBefore = emptied(this.sentBefore);
    this.passing = noPassing();
    this.removing = [];
    this.attachments = emptied(this.attachments);
    this.attachmentsOf = emptied(this.attachmentsOf);
    this.files = emptied(this.files);
    this.filesByHash = emptied(this.filesByHash);
    this.waitingOf = emptied(this.waitingOf);
    this.shown = emptied(this.shown);
    this.belongings = NO_BELONGINGS;
    this.erasing = [];
    for (const name of tableNames) this.marked[name] = emptied(this.marked[name] as Marked<never>);
  }
}

/**
 * The map itself where it is empty, else another one. To clear it would make it a table anew even where it is empty, and
 * there are forty of them and hundreds of batches a second.
 */
export function emptied<M extends Map<unknown, unknown> | Set<unknown>>(map: M): M {
  return map.size === 0 ? map : new (map.constructor as new () => M)();
}

const noPassing = (): WorkingSet['passing'] => ({ conversations: [], waiting: [], more: false });

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** The key of {@link WorkingSet.passed}; `user` is `'team'` for the team's mark. */
export function passedKey(conversation: number, user: number | 'team', seq: number): string {
  return `${conversation} ${user} ${seq}`;
}

/** The key of {@link WorkingSet.identities}. */
export function identityKey(provider: string, subject: string): string {
  return `${provider} ${subject}`;
}

/** The key of {@link WorkingSet.sentBefore}: a send by `to` looks for its id in the conversations that one is in. */
export function sentKey(user: number, kind: 'support' | 'direct', uuid: string): string {
  return `${user} ${kind} ${uuid}`;
}
