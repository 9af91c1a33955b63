/**
 * Lays people, conversations and messages down in a data folder before a server opens it, by the tables' own schema,
 * with the numbers that the server itself would have given.
 */
import { createHash, randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { getTableColumns, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { directKey, externalKey, supportKey } from '../../src/db/conversation-keys.ts';
import { flush } from '../../src/db/copy.ts';
import { Store } from '../../src/db/open.ts';
import { openForWriting } from '../../src/db/pragmas.ts';
import { type AuthorRow, type ConversationRow, newConversation, type UserRow } from '../../src/db/rows.ts';
import { bots, turns } from '../../src/db/schema/bots.ts';
import { conversations, participants } from '../../src/db/schema/conversations.ts';
import { sessions } from '../../src/db/schema/credentials.ts';
import { messages } from '../../src/db/schema/messages.ts';
import { meta } from '../../src/db/schema/meta.ts';
import { authors, users } from '../../src/db/schema/people.ts';
import { indexAll } from '../../src/db/search-index.ts';
import type { Role } from '../../src/protocol/person.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ROWS_A_TRANSACTION = 20_000;

export interface Person {
  row: UserRow;
  author: AuthorRow;
  /** Null where nobody comes in as them. */
  token: string | null;
}

export class Seed {
  private readonly file: string;
  private readonly database;
  private readonly insert;
  private readonly start = Date.now() - DAY_MS;
  private lastId = 0;
  private position: number = this.start * 1000;
  private rows = 0;

  /** Begins a data folder that holds nothing yet. */
  static async in(folder: string): Promise<Seed> {
    await makeFile(folder);
    return new Seed(folder);
  }

  private constructor(folder: string) {
    this.file = join(folder, 'parley.db');
    this.database = openForWriting(this.file);
    // Nobody waits for these rows to be durable, and conversations are written after their messages.
    this.database.pragma('synchronous = OFF');
    this.database.pragma('foreign_keys = OFF');
    const db = drizzle(this.database, { casing: 'snake_case' });
    const inserter = (table: SQLiteTable) => {
      const names = Object.keys(getTableColumns(table));
      const statement = db
        .insert(table)
        .values(Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])))
        .prepare();
      return (row: object) => {
        statement.run(row as Record<string, unknown>);
        this.wrote();
      };
    };
    this.insert = {
      users: inserter(users),
      authors: inserter(authors),
      sessions: inserter(sessions),
      conversations: inserter(conversations),
      participants: inserter(participants),
      messages: inserter(messages),
      bots: inserter(bots),
      turns: inserter(turns),
    };
    this.database.exec('BEGIN IMMEDIATE');
  }

  /** @param token whether they come in: a session is made for them */
  person(role: Role, name: string, token: boolean): Person {
    const row = userRow(this.nextId(), role, name, this.start);
    this.insert.users(row);
    const author: AuthorRow = { id: this.nextId(), user: row.id, role, name, title: null, avatar: null };
    this.insert.authors(author);
    return { row, author, token: token ? this.session(row) : null };
  }

  /** One that thinks at `url`, and answers for as long as it likes. */
  bot(name: string, url: string): Person {
    const bot = this.person('bot', name, false);
    this.insert.bots({
      id: bot.row.id,
      engine: 'webhook',
      url,
      format: 'parley',
      model: null,
      prompt: null,
      temperature: null,
      actions: false,
      history: 20,
      timeoutMs: 600_000,
      fallback: null,
      key: null,
      secret: null,
    });
    return bot;
  }

  /** It is the bot's turn to answer all that was written. */
  turn(thread: ConversationRow, bot: Person): void {
    this.insert.turns({
      id: this.nextId(),
      uuid: randomUUIDv7(),
      conversation: thread.id,
      bot: bot.row.id,
      upTo: thread.seq,
      state: 'waiting',
      reply: null,
      until: null,
      createdAt: this.start,
    });
  }

  /** Exactly two people. */
  direct(a: Person, b: Person): ConversationRow {
    const row = this.conversation('direct', { openKey: directKey(a.row.id, b.row.id), participantCount: 2 });
    this.insert.conversations(row);
    for (const one of [a, b]) this.participant(row, one.row.id);
    return row;
  }

  room(externalId: string, people: readonly Person[]): ConversationRow {
    const row = this.conversation('room', {
      externalId,
      openKey: externalKey(externalId),
      participantCount: people.length,
    });
    this.insert.conversations(row);
    for (const one of people) this.participant(row, one.row.id);
    return row;
  }

  /** A support conversation at its beginning; {@link write} gives it messages, {@link put} keeps it. */
  support(customer: Person, assignee: Person | null, status: 'open' | 'closed'): ConversationRow {
    return this.conversation('support', {
      customer: customer.row.id,
      assignee: assignee?.row.id ?? null,
      queue: 'agent',
      status,
      closedAt: status === 'closed' ? this.start : null,
      openKey: status === 'open' ? supportKey('agent', customer.row.id) : null,
      participantCount: 1,
    });
  }

  /** Adds a message to a conversation that is not kept yet. */
  write(thread: ConversationRow, { row: user, author }: Person, content: string): void {
    this.position += 1000;
    thread.seq += 1;
    thread.rev += 1;
    const createdAt = Math.floor(this.position / 1000);
    this.insert.messages({
      id: this.nextId(),
      uuid: randomUUIDv7(),
      conversation: thread.id,
      seq: thread.seq,
      rev: thread.rev,
      kind: 'text',
      author: author.id,
      ai: false,
      content,
      state: null,
      extra: null,
      afterSeq: null,
      changed: false,
      createdAt,
      editedAt: null,
      deletedAt: null,
    });
    thread.position = this.position;
    thread.activity = this.position;
    Object.assign(thread, { lastSeq: thread.seq, lastUser: user.id, lastKind: 'text', lastText: content });
    thread.lastAt = createdAt;
  }

  /**
   * Keeps a support conversation with its side and its customer, who has not seen the last two messages: one of the
   * team's, one of their own.
   */
  put(thread: ConversationRow): void {
    thread.teamReadSeq = thread.seq;
    this.insert.conversations(thread);
    this.insert.conversations(this.conversation('side', { parent: thread.id }));
    if (thread.customer === null) throw new Error('a support conversation without a customer');
    const unseen = thread.seq > 2 ? { readSeq: thread.seq - 2, ownAfterRead: 1 } : {};
    this.participant(thread, thread.customer, unseen);
  }

  /** Writes what is left, the clock and the last key, and closes the file. */
  end(): void {
    this.database.exec('COMMIT');
    const db = drizzle(this.database, { casing: 'snake_case' });
    db.update(meta).set({ position: this.position, lastId: this.lastId }).run();
    indexAll(this.database);
    this.database.pragma('foreign_keys = ON');
    const orphans = this.database.pragma('foreign_key_check') as unknown[];
    if (orphans.length > 0) throw new Error('rows were laid down that refer to nothing');
    this.database.close();
    // Else the system would write it down while somebody measures.
    flush(this.file);
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  private conversation(kind: ConversationRow['kind'], more: Partial<ConversationRow>): ConversationRow {
    this.position += 1;
    const { position, start } = this;
    return newConversation({ id: this.nextId(), uuid: randomUUIDv7(), kind, position, createdAt: start, ...more });
  }

  private participant(thread: ConversationRow, user: number, more: object = {}): void {
    this.insert.participants({
      conversation: thread.id,
      user,
      title: null,
      moderator: false,
      joinedAt: this.start,
      leftAt: null,
      rev: 1,
      readSeq: thread.seq,
      readAt: null,
      deliveredSeq: 0,
      ownAfterRead: 0,
      markPosition: thread.position,
      memberPosition: thread.position,
      ...more,
    });
  }

  private session({ id, uuid }: UserRow): string {
    const token = `pv_${createHash('sha256').update(uuid).digest('base64url')}`;
    this.insert.sessions({
      id: this.nextId(),
      uuid: randomUUIDv7(),
      user: id,
      kind: 'token',
      hash: createHash('sha256').update(token).digest('hex'),
      previousHash: null,
      rotatedAt: null,
      createdAt: this.start,
      expiresAt: this.start + 30 * DAY_MS,
      // Seen today: else each hello would write a row.
      usedDay: Math.floor(Date.now() / DAY_MS) + 1,
      revokedAt: null,
      address: null,
      userAgent: null,
    });
    return token;
  }

  private wrote(): void {
    this.rows += 1;
    if (this.rows % ROWS_A_TRANSACTION === 0) this.database.exec('COMMIT; BEGIN IMMEDIATE');
  }
}

/** A data folder as a first start makes it: the newest schema, an epoch and a clock. */
export async function makeFile(folder: string): Promise<void> {
  const store = new Store({
    folder,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: () => Date.now() - DAY_MS,
    maxWaiting: 1,
    batchSize: 1,
  });
  await store.close();
}

function userRow(id: number, role: Role, name: string, createdAt: number): UserRow {
  return {
    id,
    uuid: randomUUIDv7(),
    role,
    anonymous: false,
    name,
    email: null,
    title: null,
    avatar: null,
    password: null,
    fields: {},
    createdAt,
    lastSeenAt: null,
    blockedAt: null,
    disabledAt: null,
    erasedAt: null,
    mergedInto: null,
    notifications: {},
  };
}
