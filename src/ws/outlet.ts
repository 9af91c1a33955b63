/**
 * What a WebSocket does for its line: writes, gathers writes while a batch is published, and ends. A client that does
 * not drain is cut at a bound: its memory is everybody's.
 *
 * Frames go to the socket beneath ws, which has none of its own under way: nothing is compressed, and nothing is sent
 * in parts. It halves what a delivery costs.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Frame } from '../hub/frame.ts';
import type { Outlet } from '../hub/line.ts';
import { textFrame } from '../hub/text-frame.ts';
import { closeCodes } from '../protocol/close-codes.ts';

/** Whose outlet it is. */
export interface OutletOwner {
  /** Called once, when nothing more is written but the close, whose code it is; a socket that is gone has none. */
  leave(code?: number): void;
}

export class SocketOutlet implements Outlet {
  private readonly socket: WebSocket;
  private readonly raw: Socket;
  private readonly bufferBytes: number;
  private readonly owner: OutletOwner;
  private over = false;

  /**
   * @param raw the TCP or TLS socket beneath `socket`
   * @param bufferBytes that may wait for a client that does not drain
   */
  constructor(socket: WebSocket, raw: Socket, bufferBytes: number, owner: OutletOwner) {
    this.socket = socket;
    this.raw = raw;
    this.bufferBytes = bufferBytes;
    this.owner = owner;
  }

  /** Whether `bye` was said, or the socket is gone. */
  get ended(): boolean {
    return this.over;
  }

  write(frame: Frame): void {
    if (this.fits()) this.raw.write(frame.wire);
  }

  /** Writes an answer, which is one client's and shared by nobody. */
  writeText(text: string): void {
    if (this.fits()) this.raw.write(textFrame(text));
  }

  /** What waits already is judged, not what comes now: one large answer to a client that drains is no fault of its. */
  private fits(): boolean {
    // Once a close is under way nothing may follow it.
    if (this.over || this.socket.readyState !== this.socket.OPEN) return false;
    if (this.socket.bufferedAmount <= this.bufferBytes) return true;
    this.end(closeCodes.SLOW, 0);
    return false;
  }

  cork(): void {
    this.raw.cork();
  }

  uncork(): void {
    this.raw.uncork();
  }

  /**
   * Tells `bye` and closes; ws itself destroys a socket whose other end does not answer the close in time.
   * @param retryMs when to come back, told to clients of the codes 41xx
   */
  end(code: number, retryMs: number): void {
    if (this.over) return;
    this.over = true;
    try {
      this.socket.send(JSON.stringify({ type: 'bye', code, retryMs }));
      this.socket.close(code, comeBackLater(code) ? String(retryMs) : '');
    } finally {
      this.owner.leave(code);
    }
  }

  /** The socket is gone: nothing can be told any more. */
  lost(): void {
    if (this.over) return;
    this.over = true;
    this.owner.leave();
  }
}

function comeBackLater(code: number): boolean {
  return code >= 4100 && code <= 4199;
}
