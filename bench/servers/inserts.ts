/**
 * Bare better-sqlite3 doing what Parley's store does for a batch of sends, without a server around it: each message, each
 * conversation and each sender's participation once, in one durable transaction; same schema, same indexes, same
 * settings of the file.
 */
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openForWriting } from '../../src/db/pragmas.ts';
import { CONTENT, MessageIds } from '../load/frames.ts';
import { Latencies } from '../load/latencies.ts';
import { answering } from '../process/asking.ts';

export interface Inserts {
  /** A data folder with the people and conversations in it, used by no server. */
  folder: string;
  /** Who sends where, in turn: the keys of the rows. */
  senders: readonly { conversation: number; user: number; author: number }[];
  /** Messages in a transaction. */
  batch: number;
  warmMs: number;
  ms: number;
}

export interface Inserted {
  /** Messages a second. */
  rate: number;
  /** How long the commit alone takes, in ms: the median. */
  commitMs: number;
}

const MESSAGE = `insert into messages (id, uuid, conversation, seq, rev, kind, author, ai, content, state, extra,
  after_seq, changed, created_at, edited_at, deleted_at)
  values (@id, @uuid, @conversation, @seq, @rev, 'text', @author, 0, @content, null, null, null, 0, @at, null, null)`;
const CONVERSATION = `update conversations set seq = @seq, rev = @rev, last_seq = @seq, last_user = @user,
  last_kind = 'text', last_text = @content, last_at = @at, last_uncounted = 0, team_read_seq = 0, team_read_at = null,
  bot_after_read = 0, position = @position, activity = @position, waiting = null where id = @conversation`;
const PARTICIPANT = `update participants set read_seq = @seq, read_at = null, delivered_seq = 0, own_after_read = 0,
  mark_position = @position where conversation = @conversation and user = @user`;

class Keeper {
  readonly database: Database.Database;
  private readonly message: Database.Statement;
  private readonly conversation: Database.Statement;
  private readonly participant: Database.Statement;
  private readonly ids = new MessageIds();
  private readonly seqs = new Map<number, number>();
  private lastId: number;
  private turn = 0;

  constructor(folder: string) {
    this.database = openForWriting(join(folder, 'parley.db'));
    const prepare = (sql: string) => this.database.prepare(sql);
    this.message = prepare(MESSAGE);
    this.conversation = prepare(CONVERSATION);
    this.participant = prepare(PARTICIPANT);
    this.lastId = prepare('select last_id from meta').pluck().get() as number;
    for (const { id, seq } of prepare('select id, seq from conversations').all() as { id: number; seq: number }[]) {
      this.seqs.set(id, seq);
    }
  }

  /** Writes one batch and gives how long its commit took, in ms. */
  write({ senders, batch }: Inserts): number {
    const at = Date.now();
    const position = at * 1000;
    const conversations = new Map<number, object>();
    const participants = new Map<number, object>();
    this.database.exec('BEGIN IMMEDIATE');
    for (let count = 0; count < batch; count += 1) {
      const sender = senders[this.turn % senders.length];
      if (sender === undefined) throw new Error('nobody sends');
      this.turn += 1;
      this.lastId += 1;
      const seq = (this.seqs.get(sender.conversation) ?? 0) + 1;
      this.seqs.set(sender.conversation, seq);
      const { conversation, user, author } = sender;
      const row = { id: this.lastId, uuid: this.ids.next(), seq, rev: seq + 1, content: CONTENT, at };
      this.message.run({ ...row, conversation, author });
      conversations.set(conversation, { ...row, conversation, user, position });
      participants.set(user, { seq, position, conversation, user });
    }
    for (const row of conversations.values()) this.conversation.run(row);
    for (const row of participants.values()) this.participant.run(row);
    const began = performance.now();
    this.database.exec('COMMIT');
    return performance.now() - began;
  }
}

const keepers = new Map<string, Keeper>();

function keeperOf(folder: string): Keeper {
  const keeper = keepers.get(folder) ?? new Keeper(folder);
  keepers.set(folder, keeper);
  return keeper;
}

answering({
  inserts: (job: Inserts): Inserted => {
    const keeper = keeperOf(job.folder);
    const until = (ms: number, each: (commitMs: number) => void): number => {
      const began = performance.now();
      let batches = 0;
      while (performance.now() - began < ms) {
        each(keeper.write(job));
        batches += 1;
      }
      return (batches * job.batch * 1000) / (performance.now() - began);
    };
    until(job.warmMs, () => {});
    const commits = new Latencies();
    const rate = until(job.ms, (ms) => commits.add(ms));
    const [commitMs] = commits.percentiles(0.5);
    return { rate, commitMs };
  },
});
