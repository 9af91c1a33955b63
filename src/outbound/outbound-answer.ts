/** An answer from the outside: its head, and a body that never gets longer than was allowed. */
import type { Dispatcher } from 'undici';
import { oneAtATime } from './one-at-a-time.ts';
import { faultOf, OutboundError } from './outbound-error.ts';

type Controller = Pick<Dispatcher.DispatchController, 'abort' | 'pause' | 'resume'>;
type Headers = Record<string, string | string[] | undefined>;

/** So much may wait for its reader; then nothing more is taken in. */
const WAITING_BYTES = 64 * 1024;
const nothing = () => {};
const goesOn = (answer: OutboundAnswer) => answer.goesOn();

export class OutboundAnswer implements Dispatcher.DispatchHandler {
  /** Resolves when the head is there; throws an `OutboundError` when there will be none. */
  readonly begun: Promise<void>;
  private readonly begin: { resolve: () => void; reject: (fault: OutboundError) => void };
  private readonly maxBytes: number;
  private readonly over: () => void;
  private controller: Controller | null = null;
  private code = 0;
  private headers: Headers = {};
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private whole = false;
  private fault: OutboundError | null = null;
  private bytes = 0;
  private wake = nothing;
  private resting: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  private alarm: NodeJS.Timeout | null = null;
  private alarmMs = 0;

  /**
   * @param maxBytes of the body, after decompression
   * @param over called when nobody needs to look after it any more
   */
  constructor(maxBytes: number, over: () => void) {
    const { promise, ...begin } = Promise.withResolvers<void>();
    this.begun = promise;
    this.begin = begin;
    this.maxBytes = maxBytes;
    this.over = over;
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.fault !== null) controller.abort(this.fault);
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    if (status < 200) return;
    this.code = status;
    this.headers = headers;
    this.begin.resolve();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.byteLength;
    if (this.waitingBytes > WAITING_BYTES) controller.pause();
    this.wake();
  }

  onResponseEnd(): void {
    this.whole = true;
    this.over();
    this.tellEnd();
  }

  onResponseError(_controller: Controller, error: unknown): void {
    this.fail(faultOf(error));
  }

  /** Ends the request; what came and was not read is not read any more. */
  end(why: OutboundError): void {
    this.waiting = [];
    this.fail(why);
    this.controller?.abort(why);
  }

  private fail(fault: OutboundError): void {
    this.fault ??= fault;
    this.over();
    this.begin.reject(fault);
    this.tellEnd();
  }

  private get ended(): boolean {
    return this.whole || this.fault !== null;
  }

  private tellEnd(): void {
    this.wake();
    this.goesOn();
  }

  get status(): number {
    return this.code;
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

  /** The body as it comes, once. Whoever leaves the loop ends the request. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) yield chunk;
    } finally {
      this.discard();
    }
  }

  /** Of the body all that waits, or what comes next; null at its end. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const chunk = this.take();
      if (chunk !== null) return chunk;
      if (this.fault !== null) throw this.fault;
      if (this.whole) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /**
   * Of the body all that waits; null: nothing does. Bytes are counted after decompression, piece by piece: a bomb is put
   * out before it is unpacked.
   */
  take(): Uint8Array | null {
    if (this.waiting.length === 0) return null;
    const chunk = Buffer.concat(this.waiting, this.waitingBytes);
    this.waiting = [];
    this.waitingBytes = 0;
    this.controller?.resume();
    this.bytes += chunk.byteLength;
    if (this.bytes > this.maxBytes) {
      throw new OutboundError('size', `the answer is longer than ${this.maxBytes} bytes`);
    }
    return chunk;
  }

  /**
   * Takes nothing in for so long: what comes meanwhile waits outside, and is then read at once. Resolves then, or when the
   * answer has ended before.
   */
  rest(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.resting = { resolve, reject };
      this.setAlarm(ms);
      this.controller?.pause();
      if (this.ended) this.goesOn();
    });
  }

  /** One timer for all its rests: they are many, and mostly of one length. */
  private setAlarm(ms: number): void {
    if (this.alarm !== null && this.alarmMs === ms) {
      this.alarm.refresh();
      return;
    }
    if (this.alarm !== null) clearTimeout(this.alarm);
    this.alarm = setTimeout(goesOn, ms, this);
    this.alarmMs = ms;
  }

  /** Its rest is over: what waits outside comes when it is this answer's turn. */
  goesOn(): void {
    if (this.resting === null) return;
    const { resolve, reject } = this.resting;
    this.resting = null;
    if (this.ended && this.alarm !== null) clearTimeout(this.alarm);
    oneAtATime(() => {
      try {
        this.controller?.resume();
        // It comes within a turn of the loop.
        setImmediate(resolve);
      } catch (error) {
        reject(error);
      }
    });
  }

  /** The whole body as UTF-8, in which what is none becomes U+FFFD. */
  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  /** Ends the request, read or not. A body that was read to its end leaves its connection to the next. */
  discard(): void {
    this.over();
    if (!this.whole) this.end(OutboundError.unwanted());
  }
}
