/** Where the bytes of files lie, each named by the SHA-256 of what is in it: a folder, or a bucket of an S3 store. */
import type { Readable } from 'node:stream';
import type { Incoming } from './incoming.ts';

/** Bytes from `start` to `end`, both of them with it, as HTTP counts. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Every method throws a {@link PlaceError} where the place does not do its part, and errors of the file system as they
 * are.
 */
export interface Place {
  /** For people. */
  readonly name: string;
  /** Whether other servers may have their files there too. */
  readonly shared: boolean;
  /** Where what arrives is written until it is whole. What lies there belongs to nobody else, or is young. */
  readonly incoming: string;
  /** Makes what is missing for files to come. */
  make(): void;
  /** Of the last that was asked of it: why nothing can be kept or read there; null when all is well. */
  readonly trouble: string | null;
  /** What may take long before {@link settle}. */
  bring(file: Incoming): Promise<void>;
  /** Has the file there whole and for good, whatever lay there under its name. Its path may be gone then. */
  settle(file: Incoming): Promise<void>;
  /** The bytes, of which the first are there; null: there are none (any more). */
  read(hash: string, range?: ByteRange): Promise<Readable | null>;
  /** Writes the bytes into a new file, flushed to the disk; false: there are none. */
  fetch(hash: string, path: string): Promise<boolean>;
  has(hash: string): Promise<boolean>;
  /** Takes the bytes away, if they are there. */
  remove(hash: string): Promise<void>;
  /** The hashes that begin so, with one hex digit. */
  list(digit: string): AsyncIterable<string>;
  /** A short text that lies beside the files; null: it is not there. */
  readNote(name: string): Promise<string | null>;
  writeNote(name: string, text: string): Promise<void>;
  /** Asks for whether it can be reached, when it could not be: {@link trouble} tells. Never throws. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** A place that does not do its part. The message is for whoever runs the server, and holds no secret. */
export class PlaceError extends Error {
  override readonly name = 'PlaceError';
  /** It refuses what it is asked as the server is set up: waiting does not help. */
  readonly isRefusal: boolean;

  constructor(message: string, { isRefusal = false, cause }: { isRefusal?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.isRefusal = isRefusal;
  }
}

const HASH = /^[0-9a-f]{64}$/;

/** Whether it is one: what a database of unknown hands calls a hash is made no name before. */
export function isHash(text: string): boolean {
  return HASH.test(text);
}

/** The name of the bytes within their place, as a path of two parts. */
export function nameOf(hash: string): string {
  if (!isHash(hash)) throw new Error(`${JSON.stringify(hash)} is not the hash of a file.`);
  return `${hash.slice(0, 2)}/${hash}`;
}
