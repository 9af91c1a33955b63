/**
 * A search's place between one page and the next. It is a message's key, which counts everything that was ever stored:
 * so it is told enciphered, and nobody reads from two of them how much was written in between.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { misshapen } from '../protocol/refusal.ts';
import type { SearchPlace } from './readings/search.ts';

const ALGORITHM = 'aes-128-ecb';
const KEY_BYTES = 16;
/** One block: the key, how many are skipped, and zeros by which one of ours is known. */
const BLOCK_BYTES = 16;

/** @param secret of the server's own, for nothing else */
export function searchCursors(secret: Buffer) {
  const key = secret.subarray(0, KEY_BYTES);
  return {
    encode({ before, skip }: SearchPlace): string {
      const block = Buffer.alloc(BLOCK_BYTES);
      block.writeBigUInt64BE(BigInt(before), 0);
      block.writeUInt32BE(skip, 8);
      return createCipheriv(ALGORITHM, key, null).setAutoPadding(false).update(block).toString('base64url');
    },

    /** Throws `VALIDATION` for what no page of a search gave. */
    decode(cursor: string): SearchPlace {
      const given = Buffer.from(cursor, 'base64url');
      const block =
        given.length === BLOCK_BYTES
          ? createDecipheriv(ALGORITHM, key, null).setAutoPadding(false).update(given)
          : null;
      const before = Number(block?.readBigUInt64BE(0) ?? 0);
      if (block === null || block.readUInt32BE(12) !== 0 || !Number.isSafeInteger(before)) {
        throw misshapen('cursor', 'must be the `next` of a page of a search');
      }
      return { before, skip: block.readUInt32BE(8) };
    },
  };
}
