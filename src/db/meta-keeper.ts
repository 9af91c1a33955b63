/**
 * Keeps the one row of `meta` in the file. While one batch follows another its clock and its last key are kept ahead of
 * what was used, so that the row is written some times a second and not with every batch, of which it would be a sixth of
 * the pages. Whoever opens the file after a kill goes on behind what was kept: nothing is ever handed out twice.
 */
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { there } from '../protocol/there.ts';
import { tableWriter } from './row-writer.ts';
import type { MetaRow } from './rows.ts';
import { meta } from './schema/meta.ts';

/** µs. After a kill the clock is ahead of the wall clock by no more than this, and has it behind before anybody is back. */
const AHEAD_US = 250_000;
/** As many as a quarter of a second uses at most. */
const KEYS_AHEAD = 4_000;

export class MetaKeeper {
  private select!: { get(): MetaRow | undefined };
  private save!: { run(row: MetaRow): unknown };
  /** What was used: the row that was given last. */
  private used: MetaRow | null = null;
  /** What the file says; null: that is not known. */
  private kept: MetaRow | null = null;
  /** The position at which that was written. */
  private keptAt = 0;
  /** The highest position that was ever written. A copy of the file may have it: the file never says less. */
  private highest = 0;

  /** @param database the file's connection from now on */
  use(database: Database.Database): void {
    const db = drizzle(database, { casing: 'snake_case' });
    this.select = db.select().from(meta).prepare();
    this.save = tableWriter(db, meta, ['id']).save;
    this.forget();
  }

  read(): MetaRow {
    return there(this.select.get(), 'the table meta has no row');
  }

  /** A row for the next batches to move on: what the file says, but for what it only keeps ahead. */
  begin(): MetaRow {
    const row = this.read();
    this.highest = Math.max(this.highest, row.position);
    if (this.used !== null) {
      row.position = this.used.position;
      row.lastId = this.used.lastId;
    }
    this.used = row;
    return row;
  }

  /** As part of the caller's transaction: the file is not behind `row` from then on. */
  keep(row: MetaRow): void {
    const { kept } = this;
    const onlyMoved = kept !== null && isOnlyMoved(kept, row);
    if (onlyMoved && row.position <= kept.position && row.lastId <= kept.lastId) return;
    // Nobody needs a quarter of a second ahead of a batch that none follows.
    const ahead = onlyMoved && row.position < this.keptAt + 2 * AHEAD_US;
    const position = ahead ? row.position + AHEAD_US : Math.max(row.position, this.highest);
    this.write({ ...row, position, lastId: ahead ? row.lastId + KEYS_AHEAD : row.lastId });
    this.keptAt = row.position;
  }

  /** As part of the caller's transaction: ends what is kept ahead of `row`, which goes on behind it. */
  settle(row: MetaRow): void {
    if (this.highest <= row.position) return;
    row.position = this.highest + 1;
    this.write({ ...row });
  }

  /** What was kept may not have been committed. */
  forget(): void {
    this.kept = null;
  }

  private write(row: MetaRow): void {
    this.save.run(row);
    this.kept = row;
    this.highest = row.position;
  }
}

/** Whether nothing but the clock and the last key differs. */
function isOnlyMoved(kept: MetaRow, row: MetaRow): boolean {
  return (
    row.fileBytes === kept.fileBytes &&
    row.searchMark === kept.searchMark &&
    row.searchVersion === kept.searchVersion &&
    row.epoch === kept.epoch
  );
}
