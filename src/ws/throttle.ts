/**
 * How fast one socket is read. Nobody is refused for being fast: what is left in the socket waits, and TCP tells the
 * other end to slow down. Without a bound one line could keep the loop from all others.
 */
import type { WebSocket } from 'ws';

/** Frames a second, beside those that belong to sends. */
const FRAMES_PER_SECOND = 100;
const FRAMES_AT_ONCE = 200;
/** A send comes with its typing and its marks; the sends themselves are bounded by user where they are judged. */
const FRAMES_A_SEND = 4;

export interface Pace {
  /** Frames a second. */
  rate: number;
  /** Frames at once. */
  burst: number;
}

export function paceFor(sends: { sendRate: number; sendBurst: number }): Pace {
  return {
    rate: FRAMES_PER_SECOND + FRAMES_A_SEND * sends.sendRate,
    burst: FRAMES_AT_ONCE + FRAMES_A_SEND * sends.sendBurst,
  };
}

/** Pauses and resumes a socket: it is too fast, or too much of what it asked has no answer yet. */
export class Throttle {
  private readonly socket: WebSocket;
  private readonly pace: Pace;
  /** Below 0 by what was read in one piece with the last frame that was there for. */
  private tokens: number;
  /** Monotonic, ms. */
  private at: number;
  private crowded = false;
  private waiting: NodeJS.Timeout | null = null;

  constructor(socket: WebSocket, pace: Pace) {
    this.socket = socket;
    this.pace = pace;
    this.tokens = pace.burst;
    this.at = performance.now();
  }

  /** A frame was read. What came in one piece is answered, and only then the socket waits: for all of it. */
  took(): void {
    this.fill();
    this.tokens -= 1;
    if (this.tokens < 0 && this.waiting === null) this.wait();
  }

  crowd(crowded: boolean): void {
    this.crowded = crowded;
    this.apply();
  }

  /** From here on the socket is read as fast as it comes: its close has to be. */
  end(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
    this.crowd(false);
  }

  private wait(): void {
    this.fill();
    const ms = Math.ceil((-this.tokens * 1000) / this.pace.rate);
    this.waiting = ms > 0 ? setTimeout(() => this.wait(), ms).unref() : null;
    this.apply();
  }

  private fill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.pace.burst, this.tokens + ((now - this.at) * this.pace.rate) / 1000);
    this.at = now;
  }

  private apply(): void {
    const pause = this.crowded || this.waiting !== null;
    if (pause === this.socket.isPaused) return;
    if (pause) this.socket.pause();
    else this.socket.resume();
  }
}
