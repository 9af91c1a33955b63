/** A line over Server-Sent Events: what a WebSocket hears, in one response that does not end. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { UserCaller } from '../chat/caller.ts';
import type { Frame } from '../hub/frame.ts';
import type { Outlet } from '../hub/line.ts';
import { closeCodes } from '../protocol/close-codes.ts';
import type { Endable } from './farewell.ts';
import type { Beating, Pulse } from './pulse.ts';

/** A stream whose other end does not take its end is cut after so long. */
const CUT_AFTER_MS = 5_000;

export interface EventStreamOptions {
  caller: UserCaller;
  pulse: Pulse;
  /** Bytes that may wait for a client that does not drain. */
  bufferBytes: number;
  /** The cursor of everything that was told by now. */
  cursor: () => string;
  /** Told once, when nothing more is written. */
  onEnd: () => void;
}

export class EventStream implements Outlet, Beating, Endable {
  heardAt = 0;
  private readonly response: ServerResponse;
  private readonly options: EventStreamOptions;
  private begun = false;
  private over = false;

  /** Until `begin` nothing is written: what goes wrong before is answered as an ordinary error. */
  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.response = response;
    this.options = options;
    response.on('close', () => this.leave());
    // A client that goes in the middle of a write is no fault of anybody's.
    response.on('error', () => {});
  }

  get ended(): boolean {
    return this.over;
  }

  get expiresAt(): number {
    return this.options.caller.expiresAt;
  }

  /**
   * Writes the headers and the first event, whose id is what the client comes back with.
   * @param headers what the hooks of the request have set
   */
  begin(headers: OutgoingHttpHeaders, welcome: object, cursor: string): void {
    this.begun = true;
    this.response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A proxy that gathers an answer before it passes it on would pass on nothing.
      'x-accel-buffering': 'no',
    });
    this.options.pulse.add(this);
    this.send(`id: ${cursor}\ndata: ${JSON.stringify(welcome)}\n\n`);
  }

  write(frame: Frame): void {
    this.send(`data: ${frame.text}\n\n`);
  }

  private send(text: string): void {
    if (this.over) return;
    if (this.response.writableLength > this.options.bufferBytes) this.end(closeCodes.SLOW, 0);
    else this.response.write(text);
  }

  cork(): void {
    this.response.cork();
  }

  uncork(): void {
    this.response.uncork();
  }

  /** An id without data: the browser keeps it and tells nobody. */
  beat(): void {
    // Nobody answers a stream's heartbeat. That the one before has left is all that can be known.
    if (this.response.writableLength === 0) this.heardAt = this.options.pulse.tick;
    this.send(`id: ${this.options.cursor()}\n\n`);
  }

  missing(): void {
    this.cut();
  }

  expired(): void {
    this.end(closeCodes.TOKEN_EXPIRED, 0);
  }

  end(code: number, retryMs: number): void {
    if (this.over) return;
    this.leave();
    if (!this.begun) return;
    const retry = retryMs > 0 ? `retry: ${retryMs}\n` : '';
    this.response.end(`${retry}data: ${JSON.stringify({ type: 'bye', code, retryMs })}\n\n`);
    setTimeout(() => this.cut(), CUT_AFTER_MS).unref();
  }

  async stop(retryMs: number): Promise<void> {
    this.end(closeCodes.RESTART, retryMs);
  }

  whenGone(): Promise<void> {
    const { response } = this;
    return new Promise((resolve) => {
      if (response.closed || response.destroyed) resolve();
      else response.once('close', () => resolve());
    });
  }

  cut(): void {
    this.response.destroy();
  }

  /** Nothing more is written; what was not begun may be answered otherwise. */
  leave(): void {
    if (this.over) return;
    this.over = true;
    this.options.pulse.remove(this);
    this.options.onEnd();
  }
}
