/** A real file whose rows a test puts there itself, and the readings over it. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Test } from 'tap';
import type { KeyCaller, UserCaller } from '../../../src/chat/caller.ts';
import { createReadings, type Readings } from '../../../src/chat/readings/readings.ts';
import { Store } from '../../../src/db/open.ts';
import {
  type ConversationRow,
  type MessageRow,
  newConversation,
  type ParticipantRow,
  type UserRow,
} from '../../../src/db/rows.ts';
import { conversations, participants, reads } from '../../../src/db/schema/conversations.ts';
import { messages } from '../../../src/db/schema/messages.ts';
import { meta } from '../../../src/db/schema/meta.ts';
import { authors, users } from '../../../src/db/schema/people.ts';
import { addIndexedText } from '../../../src/db/search-index.ts';
import type { Role } from '../../../src/protocol/person.ts';

export const MAX_LENGTH = 1000;
/** Times are shown and order nothing: one will do. */
const AT = Date.UTC(2026, 0, 31, 12);

export type Shelf = ReturnType<typeof openShelf>;

export function openShelf(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-shelf-'));
  const limits = { maxWaiting: 1_000, batchSize: 256 };
  const store = new Store({ folder, pid: 1, newEpoch: randomUUIDv7, now: Date.now, ...limits });
  const database = new Database(join(folder, 'parley.db'));
  addIndexedText(database);
  const db = drizzle(database, { casing: 'snake_case' });
  t.teardown(async () => {
    database.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let lastId = 0;
  let position = Date.now() * 1000;
  db.update(meta).set({ position }).run();

  const nextId = () => ++lastId;
  /** The store's clock moves on: the position of the next change. */
  const tick = (): number => {
    position += 1;
    db.update(meta).set({ position }).run();
    return position;
  };
  const authorIds = new Map<number, number>();

  function user(name: string, role: Role = 'user'): UserRow {
    const row: UserRow = {
      ...{ id: nextId(), uuid: randomUUIDv7(), role, anonymous: false, name, email: null, title: null, avatar: null },
      ...{ password: null, fields: {}, createdAt: AT, lastSeenAt: null, blockedAt: null, disabledAt: null },
      ...{ erasedAt: null, mergedInto: null, notifications: {} },
    };
    db.insert(users).values(row).run();
    return row;
  }

  function authorOf({ id, role, name, title, avatar }: UserRow): number {
    let author = authorIds.get(id);
    if (author === undefined) {
      author = nextId();
      db.insert(authors).values({ id: author, user: id, role, name, title, avatar }).run();
      authorIds.set(id, author);
    }
    return author;
  }

  function conversation(given: Partial<ConversationRow> & Pick<ConversationRow, 'kind'>): ConversationRow {
    const row = newConversation({ id: nextId(), uuid: randomUUIDv7(), position: tick(), createdAt: AT, ...given });
    db.insert(conversations).values(row).run();
    return row;
  }

  function joinIn(row: ConversationRow, who: UserRow, given: Partial<ParticipantRow> = {}): ParticipantRow {
    const participant: ParticipantRow = {
      ...{ conversation: row.id, user: who.id, title: null, moderator: false, joinedAt: AT, leftAt: null },
      ...{ rev: row.rev, readSeq: row.seq, readAt: null, deliveredSeq: row.seq, ownAfterRead: 0 },
      ...{ markPosition: row.position, memberPosition: row.position },
      ...given,
    };
    db.insert(participants).values(participant).run();
    if (participant.leftAt === null) change(row, { participantCount: row.participantCount + 1 });
    return participant;
  }

  /** Writes columns of a conversation, into the row given as well. */
  function change(row: ConversationRow, to: Partial<ConversationRow>): void {
    Object.assign(row, to);
    db.update(conversations).set(to).where(eq(conversations.id, row.id)).run();
  }

  /** With its side conversation. */
  function support(customer: UserRow, given: Partial<ConversationRow> = {}) {
    const row = conversation({ kind: 'support', customer: customer.id, queue: 'agent', ...given });
    const side = conversation({ kind: 'side', parent: row.id, ip: '192.0.2.1', userAgent: 'Test/1' });
    joinIn(row, customer);
    return { row, side };
  }

  function direct(a: UserRow, b: UserRow): ConversationRow {
    const row = conversation({ kind: 'direct' });
    for (const who of [a, b]) joinIn(row, who);
    return row;
  }

  function room(people: readonly UserRow[], given: Partial<ConversationRow> = {}): ConversationRow {
    const row = conversation({ kind: 'room', ...given });
    for (const who of people) joinIn(row, who);
    return row;
  }

  /** A message at the end of a thread, at its next rev. */
  function say(
    row: ConversationRow,
    who: UserRow | null,
    content: string,
    given: Partial<MessageRow> = {},
  ): MessageRow {
    const system = given.kind === 'system';
    const at = tick();
    change(row, {
      seq: row.seq + 1,
      rev: row.rev + 1,
      position: at,
      ...(system
        ? { lastUncounted: row.seq + 1 }
        : {
            activity: at,
            lastSeq: row.seq + 1,
            lastUser: who?.id ?? null,
            lastKind: 'text',
            lastText: content.slice(0, 120),
            lastAt: AT,
          }),
    });
    const message: MessageRow = {
      ...{ id: nextId(), uuid: randomUUIDv7(), conversation: row.id, seq: row.seq, rev: row.rev, kind: 'text' },
      ...{ author: who === null ? null : authorOf(who), ai: who?.role === 'bot', content, state: null, extra: null },
      ...{ afterSeq: null, changed: false, createdAt: AT, editedAt: null, deletedAt: null },
      ...given,
    };
    db.insert(messages).values(message).run();
    return message;
  }

  /** An edit, or a deletion, at the thread's next rev. */
  function alter(row: ConversationRow, message: MessageRow, to: Partial<MessageRow>): void {
    change(row, { rev: row.rev + 1, position: tick() });
    if (to.deletedAt != null) change(row, { lastUncounted: Math.max(row.lastUncounted, message.seq) });
    Object.assign(message, to, { rev: row.rev, changed: true });
    db.update(messages).set(message).where(eq(messages.id, message.id)).run();
  }

  /** A read mark's move in a direct conversation, as it is kept beside the mark. */
  function read(row: ConversationRow, who: UserRow, seq: number): void {
    db.insert(reads)
      .values({ conversation: row.id, user: who.id, seq, at: AT + seq })
      .run();
  }

  const oneOf = (row: ConversationRow, who: UserRow) =>
    and(eq(participants.conversation, row.id), eq(participants.user, who.id));

  /** Moves a mark; where many would have to hear of it the conversation's own position stays. */
  function mark(row: ConversationRow, who: UserRow, readSeq: number, ownAfterRead = 0): void {
    const position = tick();
    db.update(participants)
      .set({ readSeq, readAt: AT, ownAfterRead, markPosition: position })
      .where(oneOf(row, who))
      .run();
    if (row.kind !== 'room' || row.participantCount <= 50) change(row, { position });
  }

  function leave(row: ConversationRow, who: UserRow): void {
    const position = tick();
    change(row, { rev: row.rev + 1, position, participantCount: row.participantCount - 1 });
    db.update(participants).set({ leftAt: AT, rev: row.rev, memberPosition: position }).where(oneOf(row, who)).run();
  }

  const readings: Readings = createReadings({ store, config: { maxLength: MAX_LENGTH }, running: () => undefined });
  return {
    store,
    db,
    readings,
    tick,
    user,
    authorOf,
    conversation,
    change,
    join: joinIn,
    leave,
    support,
    direct,
    room,
    say,
    alter,
    mark,
    read,
    /** Runs many writes in one transaction: a test of thousands of rows is not about fsync. */
    fast: <T>(write: () => T): T => database.transaction(write)(),
  };
}

export function as({ id, uuid, role, anonymous }: UserRow): UserCaller {
  return { kind: 'user', id, uuid, role, anonymous, session: null, expiresAt: Number.MAX_SAFE_INTEGER, line: null };
}

export function key(...scopes: string[]): KeyCaller {
  return { kind: 'key', key: 1, scopes };
}

/** What a `Refusal` of that code looks like to `t.rejects`. */
export const refused = (code: string) => ({ name: 'Refusal', code });
