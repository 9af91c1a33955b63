/**
 * A file that is being uploaded: streamed to a file of its own, hashed on the way, never whole in memory. It is on the
 * disk, and not only on its way there, before anything speaks of it.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { misshapen, Refusal } from '../protocol/refusal.ts';

/** Whoever sends less than this in this time (ms) holds a place that others need. */
const PACE_MS = 10_000;
const PACE_BYTES = 10 * 1024;

export interface Incoming {
  path: string;
  /** SHA-256, hex. */
  hash: string;
  size: number;
}

export interface IncomingLimits {
  /** Of this file. */
  maxBytes: number;
  /** Told of each piece, before it is written; throws to end it. */
  take: (bytes: number) => void;
}

/** Has left nothing behind when it throws: a `Refusal`, or what source or disk say. */
export async function receive(source: Readable, path: string, limits: IncomingLimits): Promise<Incoming> {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > limits.maxBytes) throw new Refusal('TOO_LARGE', { details: { maxFile: limits.maxBytes } });
      limits.take(piece.length);
      hash.update(piece);
      yield piece;
    }
  }
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const endPace = keepPace(source, () => size);
  try {
    await pipeline(source, measured, file);
    return { path, hash: hash.digest('hex'), size };
  } catch (error) {
    // It may still be being opened, which would make it anew after it was taken away.
    if (!file.closed) await new Promise<void>((resolve) => file.once('close', resolve));
    await rm(path, { force: true });
    throw error;
  } finally {
    endPace();
  }
}

function keepPace(source: Readable, sizeNow: () => number): () => void {
  let before = 0;
  const timer = setInterval(() => {
    const size = sizeNow();
    if (size - before < PACE_BYTES) source.destroy(misshapen('file', 'must come faster than this'));
    before = size;
  }, PACE_MS);
  return () => clearInterval(timer);
}
