/**
 * An answer of which the status and the beginning are all that matters: read as it comes, without a stream around it.
 * What goes wrong behind its head ends it there.
 */
import type { Dispatcher } from 'undici';
import { faultOf, OutboundError } from './outbound-error.ts';

type Controller = Pick<Dispatcher.DispatchController, 'abort'>;

export interface Brief {
  status: number;
  /** The first bytes as UTF-8. */
  excerpt: string;
}

export interface BriefBounds {
  /** Of the body, what is given. */
  keptBytes: number;
  /** What is read at most, so that its connection serves the next. */
  readBytes: number;
}

export class BriefAnswer implements Dispatcher.DispatchHandler {
  /** Throws an `OutboundError` where there was no answer. */
  readonly whole: Promise<Brief>;
  private readonly bounds: BriefBounds;
  private readonly settle: { resolve: (brief: Brief) => void; reject: (error: OutboundError) => void };
  private controller: Controller | null = null;
  private status: number | null = null;
  private readonly kept: Buffer[] = [];
  private bytes = 0;
  private over = false;
  private readonly whenOver: () => void;

  /** @param whenOver called when nobody needs to look after it any more */
  constructor(bounds: BriefBounds, whenOver: () => void) {
    const { promise, ...settle } = Promise.withResolvers<Brief>();
    this.whole = promise;
    this.settle = settle;
    this.bounds = bounds;
    this.whenOver = whenOver;
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    if (this.over) controller.abort(OutboundError.unwanted());
  }

  onResponseStart(_controller: Controller, status: number): void {
    if (status >= 200) this.status = status;
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.bytes < this.bounds.keptBytes) this.kept.push(chunk);
    this.bytes += chunk.byteLength;
    if (this.bytes > this.bounds.readBytes) this.end(OutboundError.unwanted());
  }

  onResponseEnd(): void {
    this.finish(null);
  }

  onResponseError(_controller: Controller, error: unknown): void {
    this.finish(error);
  }

  /** Nobody waits for the rest: ends the request, where it has begun. */
  end(why: OutboundError): void {
    this.finish(why);
    this.controller?.abort(why);
  }

  private finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.whenOver();
    if (this.status === null) this.settle.reject(faultOf(error));
    else this.settle.resolve({ status: this.status, excerpt: this.excerpt() });
  }

  private excerpt(): string {
    return Buffer.concat(this.kept).subarray(0, this.bounds.keptBytes).toString('utf8');
  }
}
