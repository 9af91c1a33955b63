/** Brings in what `parley export` wrote. */
import { basename, dirname, join } from 'node:path';
import { eq, or } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import { files as fileTable } from '../../db/schema/attachments.ts';
import { bots } from '../../db/schema/bots.ts';
import { cannedReplies, SETTINGS, settings } from '../../db/schema/setup.ts';
import { StartError } from '../../db/start-error.ts';
import { bringTo, isWhole } from '../../files/copies.ts';
import { Folder } from '../../files/folder.ts';
import { isHash, type Place } from '../../files/place.ts';
import { VERSION } from '../export/records.ts';
import type { Outcomes } from './outcome.ts';
import { OwnPeople } from './own-people.ts';
import { type OwnConversation, type OwnMessage, type OwnParticipant, OwnThread } from './own-thread.ts';
import { piecesIn, recognised } from './read-file.ts';

export interface OwnParts {
  /** `parley.jsonl`; its files lie beside it. */
  path: string;
  bulk: Bulk;
  outcomes: Outcomes;
  /** Where attached files are kept. */
  place: Place;
  size: number;
  onProgress: (what: string, share: number) => void;
}

const COMMIT_RECORDS = 1_000;
const NOT_WHOLE = 'the conversation is not in whole in the file';

/** The records as the file has them: their shapes are what `parley export` writes. */
type Given = { type: string; conversation: string } & Record<string, unknown>;

export async function bringInOwn(parts: OwnParts): Promise<void> {
  const own = new OwnRecords(parts);
  let read = 0;
  for await (const { rows, bytes } of piecesIn(recognised({ path: parts.path, table: 'own' }))) {
    read += bytes;
    parts.onProgress('reading', read / Math.max(parts.size, 1));
    for (const row of rows) {
      if ('problem' in row) own.skip(row.line, row.problem);
      else await own.take(row.values as Given, row.line);
    }
  }
  own.end();
}

class OwnRecords {
  private readonly parts: OwnParts;
  private readonly people: OwnPeople;
  private readonly thread: OwnThread;
  private begun = false;
  private ended = false;
  private sinceCommit = 0;
  /** The line of the conversation that is being laid down. */
  private open: number | null = null;
  /** Why it cannot be. */
  private broken: string | null = null;
  /** Conversations whose records pass by: it was told of them once. */
  private left = new Set<string>();

  constructor(parts: OwnParts) {
    this.parts = parts;
    this.people = new OwnPeople(parts.bulk, parts.outcomes);
    this.thread = new OwnThread(parts.bulk, this.people);
  }

  skip(line: number, why: string): void {
    this.parts.outcomes.skip(basename(this.parts.path), line, why);
  }

  async take(record: Given, line: number): Promise<void> {
    if (!this.begun) this.checkBeginning(record);
    this.sinceCommit += 1;
    try {
      if (!this.ofThread(record, line)) await this.besides(record);
    } catch (error) {
      // SQLite's own words name tables and columns, and quote nothing.
      const why = (error as Error).message;
      if (this.open === null) this.skip(line, why);
      else this.broken ??= why;
    }
  }

  private checkBeginning({ type, version }: Given): void {
    if (type !== 'parley') throw new StartError(`${this.parts.path} was not written by parley export.`);
    if (version !== VERSION) throw new StartError(`${this.parts.path} was written by another Parley: use that one.`);
    this.begun = true;
  }

  /** Conversations and what is in them; false: it is something else. */
  private ofThread(record: Given, line: number): boolean {
    const { type, ...given } = record;
    if (type === 'conversation') {
      if (given.kind !== 'side') this.openThread(line);
      else if (!this.thread.has(String(given.parent))) this.closeThread();
      const side = given.kind === 'side' && this.open === null;
      if (side || this.broken !== null) this.left.add(String(given.uuid));
      else this.thread.begin(given as unknown as OwnConversation);
      return true;
    }
    if (type === 'end') {
      this.closeThread();
      this.ended = true;
      return true;
    }
    if (!['participant', 'message', 'read'].includes(type)) return false;
    const { conversation, ...rest } = given;
    if (!this.thread.has(conversation)) {
      if (this.broken === null && !this.left.has(conversation)) this.skip(line, 'its conversation is not before it');
      return true;
    }
    if (this.broken !== null) return true;
    if (type === 'participant') this.thread.participant(conversation, rest as unknown as OwnParticipant);
    else if (type === 'message') this.thread.message(conversation, rest as unknown as OwnMessage);
    else this.thread.read(conversation, rest as unknown as { user: string; seq: number; at: number });
    return true;
  }

  private openThread(line: number): void {
    this.closeThread();
    if (this.sinceCommit >= COMMIT_RECORDS) {
      this.parts.bulk.commit();
      this.sinceCommit = 0;
    }
    this.parts.bulk.db.$client.exec('SAVEPOINT thread');
    this.open = line;
    this.broken = null;
    this.left = new Set();
  }

  /** What is not there in whole is taken back: a conversation has no holes. */
  private closeThread(): void {
    if (this.open === null) return;
    const client = this.parts.bulk.db.$client;
    if (this.broken === null && !this.thread.end(this.parts.outcomes)) this.broken = NOT_WHOLE;
    if (this.broken !== null) {
      client.exec('ROLLBACK TO thread');
      this.thread.forget();
      this.skip(this.open, this.broken);
    }
    client.exec('RELEASE thread');
    this.open = null;
    this.broken = null;
  }

  /** Files, people and what the team has set up. */
  private async besides({ type, ...given }: Given): Promise<void> {
    const { bulk } = this.parts;
    const { db } = bulk;
    if (type === 'user') this.people.take(given as never);
    else if (type === 'file') await this.file(given as never);
    else if (type === 'bot') {
      const { user, ...bot } = given;
      const id = this.people.of(String(user));
      if (db.select().from(bots).where(eq(bots.id, id)).get() === undefined) {
        bulk.insert('bots', { ...bot, id, key: null, secret: null } as never);
      }
    } else if (type === 'settings') {
      if (db.select().from(settings).get() === undefined) bulk.insert('settings', { ...given, id: SETTINGS } as never);
    } else if (type === 'cannedReply') {
      const same = or(eq(cannedReplies.uuid, String(given.uuid)), eq(cannedReplies.shortcut, String(given.shortcut)));
      const there = db.select().from(cannedReplies).where(same).get();
      if (there === undefined) bulk.insert('cannedReplies', { ...given, id: bulk.nextId() } as never);
    } else if (type !== 'parley') throw new Error('it is of no kind that is known here');
  }

  private async file(given: { hash: string; size: number; avatar: string | null; createdAt: number }): Promise<void> {
    const { bulk, path, place } = this.parts;
    if (!isHash(given.hash)) throw new Error('a file is not named by its hash');
    const there = bulk.db.select().from(fileTable).where(eq(fileTable.hash, given.hash)).get();
    if (there !== undefined) return;
    const from = new Folder(join(dirname(path), 'files'));
    const whole = await isWhole(from, given.hash);
    if (whole === false) throw new Error('the file beside the export is not what it was');
    if (whole === null || !(await bringTo(place, from, given))) {
      throw new Error('the bytes of a file are not beside the export');
    }
    bulk.insert('files', { ...given, id: bulk.nextId(), records: 0 });
    bulk.addFileBytes(given.size);
  }

  end(): void {
    if (!this.ended) {
      this.broken ??= this.open === null ? null : NOT_WHOLE;
      this.closeThread();
      this.skip(0, 'the file is cut: its last line is missing');
    }
    this.parts.bulk.commit();
  }
}
