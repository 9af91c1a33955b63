/**
 * Ids of what a change makes besides what it names: system messages, side conversations, users known by the host's
 * id. Judging has no chance to draw on, so they come of the row's key and the store's clock: UUIDs of version 7 whose
 * random bits are a hash, which tells nothing of how many rows there are.
 */
import { createHash } from 'node:crypto';
import type { Case } from './rule.ts';

/** @param row the key of the new row, never used before */
export function madeId({ set, position }: Pick<Case, 'set' | 'position'>, row: number): string {
  return idOf(set.meta.epoch, position, row);
}

/** The id of what was made at that position as that row: told of rows that do not keep it. */
export function idOf(epoch: string, position: number, row: number): string {
  const bits = createHash('sha256').update(`${epoch} ${position} ${row}`).digest('hex');
  const time = Math.floor(position / 1000)
    .toString(16)
    .padStart(12, '0');
  const variant = ((Number.parseInt(bits.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-${variant}${bits.slice(4, 7)}-${bits.slice(7, 19)}`;
}
