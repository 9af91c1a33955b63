/**
 * The search index of a file that is being filled, made meanwhile by a thread, in a file beside it: two hands write, and a
 * database takes one at a time. When all is there the index is taken over in one transaction; broken off before that, the
 * database has no index, and whoever opens it makes one.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { IndexOrder, IndexThreadData } from './index-thread.ts';
import { INDEX_ASIDE } from './left-over.ts';
import type { ConnectionOptions } from './pragmas.ts';
import { startThread, type ThreadSource } from './thread.ts';

/** Where the engine keeps an index: its settings are those of the one that takes over. */
const TABLES = ['search_data', 'search_idx'];

export class IndexAside {
  private readonly file: string;
  private readonly thread: Worker;
  private readonly ended: Promise<unknown>;

  /** @param folder the data folder; its database has no message in its index yet */
  constructor(folder: string, source: ThreadSource, connection: ConnectionOptions) {
    this.file = join(folder, INDEX_ASIDE);
    this.remove();
    const data: IndexThreadData = { file: join(folder, 'parley.db'), aside: this.file, connection };
    this.thread = startThread(source, data);
    this.ended = once(this.thread, 'message');
    // Why it failed is told to whoever waits for it, which nobody does before the end.
    this.ended.catch(() => {});
  }

  /** @param upTo the newest key that is committed */
  follow(upTo: number): void {
    this.order({ upTo });
  }

  private order(order: IndexOrder): void {
    this.thread.postMessage(order);
  }

  /** Has the database take over what was indexed; `upTo` is the last that was followed. Rejects when the thread failed. */
  async takeOver(database: Database.Database, upTo: number): Promise<void> {
    this.order('end');
    await this.ended;
    // Else nobody may write in tables of the engine's own, as copying a database row by row does.
    database.unsafeMode(true);
    database.prepare('ATTACH ? AS aside').run(this.file);
    database
      .transaction(() => {
        for (const table of TABLES) {
          database.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM aside.${table}`);
        }
        database.prepare('UPDATE meta SET search_mark = ?').run(upTo);
      })
      .immediate();
    database.exec('DETACH aside');
    database.unsafeMode(false);
  }

  /** Ends the thread and takes its file away. */
  async close(): Promise<void> {
    await this.thread.terminate();
    this.remove();
  }

  private remove(): void {
    rmSync(this.file, { force: true });
  }
}
