/**
 * What is brought in, put in order before it is laid down: files tell their rows in any order, and messages get their
 * numbers by time. It is a database of its own beside Parley's, so that no size of a file is one of the memory's; it is
 * gone when the import ends.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { STAGING } from '../../db/left-over.ts';
import type { ConnectionOptions } from '../../db/pragmas.ts';
import { withStablePlans } from '../../db/stable-plans.ts';
import { type PackedMessage, unpacked } from './packed.ts';
import type { Place, StagedConversation, StagedMessage, StagedParticipant, StagedPerson } from './staged.ts';

const PAGE = 500;
const COMMIT_ROWS = 50_000;
/** A conversation's messages lie all over the file. */
const CACHE_KIB = 64 * 1024;
const SORTING_THREADS = 1;

const TABLES = `
  CREATE TABLE people (key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE conversations (key TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE names (name TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE participants (conversation TEXT NOT NULL, data TEXT NOT NULL);
  CREATE TABLE messages (place INTEGER PRIMARY KEY, conversation TEXT NOT NULL, at INTEGER NOT NULL, file INTEGER NOT NULL,
    line INTEGER NOT NULL, data TEXT NOT NULL);`;

const INDEXES = `
  CREATE INDEX messages_order ON messages (conversation, at, place);
  CREATE INDEX conversations_order ON conversations (at, key);
  CREATE INDEX participants_of ON participants (conversation);`;

export class Staging {
  private readonly file: string;
  private readonly database: Database.Database;
  private readonly statement;
  private rows = 0;
  messages = 0;

  /** @param folder the data folder */
  constructor(folder: string, connection: ConnectionOptions = {}) {
    this.file = join(folder, STAGING);
    // What an import that was broken off has left says nothing about the files of today.
    this.remove();
    this.database = withStablePlans(new Database(this.file, connection));
    this.database.pragma('journal_mode = OFF');
    this.database.pragma('synchronous = OFF');
    this.database.pragma(`cache_size = -${CACHE_KIB}`);
    // Of them the engine makes use when it sorts.
    this.database.pragma(`threads = ${SORTING_THREADS}`);
    this.database.exec(TABLES);
    this.database.exec('BEGIN');
    this.statement = this.prepare();
  }

  private prepare() {
    const { database } = this;
    const one = (text: string) => database.prepare(text);
    return {
      person: one('INSERT INTO people VALUES (?, ?) ON CONFLICT DO UPDATE SET data = excluded.data'),
      conversation: one('INSERT INTO conversations VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data'),
      name: one('INSERT INTO names VALUES (?, ?) ON CONFLICT DO NOTHING'),
      participant: one('INSERT INTO participants VALUES (?, ?)'),
      message: one('INSERT INTO messages (conversation, at, file, line, data) VALUES (?, ?, ?, ?, ?)'),
      personOf: one('SELECT data FROM people WHERE key = ?').pluck(),
      peopleAfter: one(`SELECT data FROM people WHERE key > ? ORDER BY key LIMIT ${PAGE}`).pluck(),
      conversationsAfter: one(
        `SELECT at, data FROM conversations WHERE (at, key) > (?, ?) ORDER BY at, key LIMIT ${PAGE}`,
      ),
      participantsOf: one('SELECT data FROM participants WHERE conversation = ?').pluck(),
      messagesAfter: one(
        `SELECT at, place, file, line, data FROM messages WHERE conversation = ? AND (at, place) > (?, ?)
         ORDER BY at, place LIMIT ${PAGE}`,
      ).raw(),
      // One by one each is a look at an end of the index.
      bounds: one(`SELECT (SELECT min(at) FROM messages WHERE conversation = $key) AS first,
        (SELECT max(at) FROM messages WHERE conversation = $key) AS last`),
      nameAfter: one('SELECT conversation FROM messages WHERE conversation > ? ORDER BY conversation LIMIT 1').pluck(),
      strayAfter: one(
        `SELECT place, conversation, at, file, line, data FROM messages
         WHERE place > ? AND conversation NOT IN (SELECT name FROM names) ORDER BY place LIMIT ${PAGE}`,
      ),
      isNamed: one('SELECT 1 FROM names WHERE name = ?'),
      rename: one(`UPDATE messages SET conversation = (SELECT key FROM names WHERE name = conversation)
        WHERE conversation IN (SELECT name FROM names WHERE name <> key)`),
    };
  }

  person(person: StagedPerson): void {
    this.statement.person.run(person.key, JSON.stringify(person));
    this.wrote();
  }

  conversation(conversation: StagedConversation): void {
    const { key, names } = conversation;
    this.statement.conversation.run(key, conversation.createdAt ?? 0, JSON.stringify(conversation));
    for (const name of names) this.statement.name.run(name, key);
    this.wrote();
  }

  participant(participant: StagedParticipant): void {
    this.statement.participant.run(participant.conversation, JSON.stringify(participant));
    this.wrote();
  }

  message({ conversation, at, line, data }: PackedMessage, file: number): void {
    this.statement.message.run(conversation, at, file, line, data);
    this.messages += 1;
    this.wrote();
  }

  private wrote(): void {
    this.rows += 1;
    if (this.rows % COMMIT_ROWS === 0) this.database.exec('COMMIT; BEGIN');
  }

  /** All files were read: from now on it can be told what belongs together. */
  inOrder(): void {
    this.database.exec(INDEXES);
    // Outside of a transaction each reading would ask the system for locks anew, which takes longer than most readings.
    this.database.exec('COMMIT; BEGIN');
  }

  /** The names by which messages speak of conversations that nothing is told of. */
  *unknownNames(): Generator<string> {
    let name = this.statement.nameAfter.get('') as string | undefined;
    while (name !== undefined) {
      if (this.statement.isNamed.get(name) === undefined) yield name;
      name = this.statement.nameAfter.get(name) as string | undefined;
    }
  }

  /** Of a conversation with several names, the messages of all are together from now on. */
  unite(): void {
    this.statement.rename.run();
  }

  personOf(key: string): StagedPerson | null {
    const data = this.statement.personOf.get(key) as string | undefined;
    return data === undefined ? null : JSON.parse(data);
  }

  *people(): Generator<StagedPerson> {
    let after = '';
    for (;;) {
      const found = this.statement.peopleAfter.all(after) as string[];
      const people = found.map((data) => JSON.parse(data) as StagedPerson);
      yield* people;
      const last = people.at(-1);
      if (last === undefined) return;
      after = last.key;
    }
  }

  /** By the time at which they began. */
  *conversations(): Generator<StagedConversation> {
    let after: [number, string] = [-1, ''];
    for (;;) {
      const found = this.statement.conversationsAfter.all(...after) as { at: number; data: string }[];
      let last: [number, string] | null = null;
      for (const { at, data } of found) {
        const conversation = JSON.parse(data) as StagedConversation;
        yield conversation;
        last = [at, conversation.key];
      }
      if (last === null) return;
      after = last;
    }
  }

  participantsOf(conversation: StagedConversation): StagedParticipant[] {
    const found = conversation.names.flatMap((name) => this.statement.participantsOf.all(name) as string[]);
    return found.map((data) => JSON.parse(data) as StagedParticipant);
  }

  /** When its first and its last message was written; null: there is none. */
  timesOf(key: string): { first: number; last: number } | null {
    const { first, last } = this.statement.bounds.get({ key }) as { first: number | null; last: number | null };
    return first === null || last === null ? null : { first, last };
  }

  /** By time; of one time in the order of the files. */
  *messagesOf(key: string): Generator<StagedMessage & Place> {
    let after: [number, number] = [-1, 0];
    for (;;) {
      const found = this.statement.messagesAfter.all(key, ...after) as [number, number, number, number, string][];
      for (const [, , file, line, data] of found) yield unpacked(data, file, line);
      const last = found.at(-1);
      if (last === undefined || found.length < PAGE) return;
      after = [last[0], last[1]];
    }
  }

  /** Messages whose conversation nothing is told of, as the files have them. */
  *strays(): Generator<StagedMessage & Place> {
    let after = 0;
    for (;;) {
      const found = this.statement.strayAfter.all(after) as ({ place: number; data: string } & Place)[];
      for (const { data, file, line } of found) yield unpacked(data, file, line);
      const last = found.at(-1);
      if (last === undefined) return;
      after = last.place;
    }
  }

  end(): void {
    this.database.close();
    this.remove();
  }

  private remove(): void {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(this.file + suffix, { force: true });
  }
}
