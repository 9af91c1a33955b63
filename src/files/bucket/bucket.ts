/**
 * Files in a bucket of an S3 store, below a prefix, by the names that they have in a folder: either can be filled from the
 * other by any program that copies. Nobody reads the bucket but the server: who may have a file is said by it alone.
 */

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Incoming } from '../incoming.ts';
import { type ByteRange, isHash, nameOf, type Place, PlaceError } from '../place.ts';
import { type Answer, type Asked, BucketClient, type BucketOptions, isOfDisk } from './client.ts';
import { keysIn } from './listing.ts';

/** Of a note that lies beside the files. */
const MAX_NOTE_BYTES = 4096;

export class Bucket implements Place {
  readonly name: string;
  readonly shared = true;
  readonly incoming: string;
  trouble: string | null = null;
  private readonly client: BucketClient;
  private readonly prefix: string;

  /** @param incoming a folder of this server's, for what arrives */
  constructor(options: BucketOptions, incoming: string) {
    this.client = new BucketClient(options);
    this.name = this.client.name;
    this.prefix = options.prefix === '' ? '' : `${options.prefix}/`;
    this.incoming = incoming;
  }

  make(): void {
    mkdirSync(this.incoming, { recursive: true, mode: 0o700 });
  }

  /** A bucket takes a file whole or not at all: what is cut off leaves nothing, and what was there stays until then. */
  async bring({ path, hash, size }: Incoming): Promise<void> {
    const open = (moved: () => void) => piecesOf(path, moved);
    await this.done(this.ask({ method: 'PUT', key: nameOf(hash), body: { hash, size, open } }));
  }

  /** Somebody may have taken it away since it was brought: nobody does from now on. */
  async settle(file: Incoming): Promise<void> {
    if (!(await this.has(file.hash))) await this.bring(file);
  }

  async read(hash: string, range?: ByteRange): Promise<Readable | null> {
    const asked: Asked = { method: 'GET', key: nameOf(hash) };
    if (range !== undefined) asked.range = `bytes=${range.start}-${range.end}`;
    const answer = await this.ask(asked);
    if (answer === null) return null;
    if (range !== undefined && answer.statusCode !== 206) {
      await answer.body.dump();
      throw new PlaceError(`${this.name} gives no parts of files.`, { isRefusal: true });
    }
    return answer.body;
  }

  async fetch(hash: string, path: string): Promise<boolean> {
    const bytes = await this.read(hash);
    if (bytes === null) return false;
    try {
      await pipeline(bytes, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
    } catch (error) {
      await rm(path, { force: true });
      throw isOfDisk(error) ? error : this.client.unreachable(error);
    }
    return true;
  }

  async has(hash: string): Promise<boolean> {
    const answer = await this.ask({ method: 'HEAD', key: nameOf(hash) });
    await answer?.body.dump();
    return answer !== null;
  }

  async remove(hash: string): Promise<void> {
    await this.done(this.ask({ method: 'DELETE', key: nameOf(hash) }));
  }

  async *list(digit: string): AsyncGenerator<string> {
    let token: string | null = null;
    do {
      const query = { 'list-type': '2', prefix: `${this.prefix}${digit}` };
      const text = await this.textOf({
        method: 'GET',
        query: token === null ? query : { ...query, 'continuation-token': token },
      });
      const page = keysIn(text ?? '');
      for (const key of page.keys) {
        const hash = key.slice(-64);
        if (isHash(hash) && key === `${this.prefix}${nameOf(hash)}`) yield hash;
      }
      token = page.next;
    } while (token !== null);
  }

  async readNote(name: string): Promise<string | null> {
    return this.textOf({ method: 'GET', key: name, range: `bytes=0-${MAX_NOTE_BYTES - 1}` });
  }

  async writeNote(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const open = () => Readable.from([bytes]);
    await this.done(this.ask({ method: 'PUT', key: name, body: { hash, size: bytes.length, open } }));
  }

  async probe(): Promise<void> {
    await this.textOf({ method: 'GET', query: { 'list-type': '2', prefix: this.prefix, 'max-keys': '1' } }).catch(
      () => {},
    );
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** Notes whether the bucket does its part. */
  private async ask(asked: Asked): Promise<Answer | null> {
    try {
      const answer = await this.client.ask(asked);
      this.trouble = null;
      return answer;
    } catch (error) {
      if (error instanceof PlaceError) this.trouble = error.message;
      throw error;
    }
  }

  private async done(asked: Promise<Answer | null>): Promise<void> {
    await (await asked)?.body.dump();
  }

  private async textOf(asked: Asked): Promise<string | null> {
    const answer = await this.ask(asked);
    try {
      return answer === null ? null : await answer.body.text();
    } catch (error) {
      throw this.client.unreachable(error);
    }
  }
}

async function* piecesOf(path: string, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path)) {
    moved();
    yield piece;
  }
  moved();
}
