/**
 * Takes all that one store holds into another, and what its server signs with. It is laid down in pages, each in one transaction, so that one that was
 * cut off goes on where it was; and both are read from the beginning to the end before the other counts as a database.
 */
import { createHash } from 'node:crypto';
import { StartError } from '../start-error.ts';
import type { Side, Source, Target } from './side.ts';
import { keyOf, metaValue, type Row, type Table, tables, unindexed, type Value } from './table.ts';

/** Rows of a page, and of a transaction. */
const PAGE_ROWS = 5_000;

export interface Transferred {
  rows: number;
  /** Those that were there already, of one that was cut off. */
  before: number;
  /** Texts of which a character could not be kept. */
  replaced: number;
}

/**
 * Throws {@link StartError} where the other side is not the same in the end.
 *
 * @param onStep told what is being done, and the share of it that is done
 */
export async function transfer(
  source: Source,
  target: Target,
  onStep: (what: string, share: number) => void,
): Promise<Transferred> {
  const meta = await source.meta();
  const goesOn = await target.begin({
    epoch: String(metaValue(meta, 'epoch')),
    position: Number(metaValue(meta, 'position')),
  });
  const secret = await source.secret();
  if (secret !== null) await target.keepSecret(secret);
  const counts = new Map<Table, number>();
  for (const table of tables) counts.set(table, await source.count(table));
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const steps = (what: string) => {
    let done = 0;
    return (some: number) => {
      done += some;
      onStep(what, done / Math.max(rows, 1));
    };
  };

  let before = 0;
  const copied = steps('copying');
  for (const table of tables) {
    const there = goesOn ? await target.count(table) : 0;
    before += there;
    copied(there);
    await copyTable(source, target, table, copied);
  }
  const replaced = await compare(source, target, steps('comparing'));
  await target.finish(unindexed(meta), (share) => onStep('indexing', share));
  return { rows, before, replaced };
}

async function copyTable(source: Source, target: Target, table: Table, copied: (rows: number) => void): Promise<void> {
  let after = await target.lastKey(table);
  for (;;) {
    const rows = await source.rows(table, after, PAGE_ROWS);
    const last = rows.at(-1);
    if (last === undefined) return;
    await target.put(
      table,
      rows.map((row) => row.map(target.keeps)),
    );
    copied(rows.length);
    after = keyOf(table, last);
  }
}

/** Reads both; gives how many values the target has otherwise because it cannot keep them. */
async function compare(source: Source, target: Target, compared: (rows: number) => void): Promise<number> {
  let replaced = 0;
  const kept = (value: Value): Value => {
    const one = target.keeps(value);
    if (one !== value) replaced += 1;
    return one;
  };
  const differing: string[] = [];
  for (const table of tables) {
    const [given, taken] = await Promise.all([
      sumOf(source, table, kept, compared),
      sumOf(
        target,
        table,
        (value) => value,
        () => {},
      ),
    ]);
    if (given !== taken) differing.push(table.name);
  }
  if (differing.length === 0) return replaced;
  await target.spoil();
  throw new StartError(
    `What was copied is not what was there (${differing.join(', ')}): run it again, it begins anew.`,
  );
}

/** Of all rows of a table, in the order of their keys: how many there are, and their SHA-256. */
async function sumOf(
  side: Side,
  table: Table,
  kept: (value: Value) => Value,
  read: (rows: number) => void,
): Promise<string> {
  const sum = createHash('sha256');
  let count = 0;
  let after: Row | null = null;
  for (;;) {
    const rows: Row[] = await side.rows(table, after, PAGE_ROWS);
    const last = rows.at(-1);
    if (last === undefined) return `${count} ${sum.digest('hex')}`;
    for (const row of rows) sum.update(`${JSON.stringify(row.map(kept))}\n`);
    count += rows.length;
    read(rows.length);
    after = keyOf(table, last);
  }
}
