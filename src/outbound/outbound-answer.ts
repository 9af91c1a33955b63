/** An answer from the outside: its head, and a body that never gets longer than was allowed. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { faultOf, OutboundError } from './outbound-error.ts';

type Response = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

export class OutboundAnswer {
  readonly status: number;
  private readonly headers: Response['headers'];
  private readonly body: Response['body'];
  private readonly maxBytes: number;
  private readonly end: AbortController;
  private readonly over: () => void;
  private whole = false;

  constructor({ statusCode, headers, body }: Response, maxBytes: number, end: AbortController, over: () => void) {
    this.status = statusCode;
    this.headers = headers;
    this.body = body;
    this.maxBytes = maxBytes;
    this.end = end;
    this.over = over;
    // Whoever ends the request needs not be told of it by the body as well.
    body.on('error', () => {});
  }

  /** A header's value by its name in lower case; of one that came twice the first. */
  header(name: string): string | null {
    const value = this.headers[name];
    return (typeof value === 'string' ? value : value?.[0]) ?? null;
  }

  /** The content type without its parameters, in lower case. */
  get type(): string {
    return (this.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  /**
   * The body as it comes, once. Whoever leaves the loop ends the request. Bytes are counted after decompression, piece
   * by piece: a bomb is put out before it is unpacked.
   *
   * @param breathMs how long what comes is gathered before it is looked at again; nothing: not at all
   */
  async *chunks(breathMs?: () => number): AsyncGenerator<Uint8Array, void> {
    let bytes = 0;
    try {
      for await (const chunk of this.body as AsyncIterable<Uint8Array>) {
        bytes += chunk.byteLength;
        if (bytes > this.maxBytes) {
          throw new OutboundError('size', `the answer is longer than ${this.maxBytes} bytes`);
        }
        yield chunk;
        if (breathMs !== undefined) await pause(breathMs(), undefined, { signal: this.end.signal });
      }
      this.whole = true;
    } catch (error) {
      throw faultOf(error, this.end.signal);
    } finally {
      this.discard();
    }
  }

  /** The whole body as UTF-8, in which what is none becomes U+FFFD. */
  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  /** The body's first bytes as UTF-8; the rest is not waited for. What goes wrong after the head ends it there. */
  async excerpt(maxBytes: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of this.chunks()) {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes >= maxBytes) break;
      }
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
    }
    return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
  }

  /** Ends the request, read or not. A body that was read to its end leaves its connection to the next. */
  discard(): void {
    this.over();
    if (!this.whole) this.end.abort(new OutboundError('aborted', 'the answer is wanted no longer'));
  }
}
