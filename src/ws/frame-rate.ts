/**
 * How fast one line is read. Nobody is refused for being fast: what is left in the socket waits, and TCP tells the
 * other end to slow down. Without a bound one line could keep the loop from all others.
 */

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

/** One line's bucket. It may go into debt by what was already read from the network. */
export class FrameRate {
  private readonly pace: Pace;
  private tokens: number;
  private at: number;

  /** @param now monotonic, in ms */
  constructor(pace: Pace, now: number) {
    this.pace = pace;
    this.tokens = pace.burst;
    this.at = now;
  }

  take(now: number): void {
    this.fill(now);
    this.tokens -= 1;
  }

  /** The ms for which nothing more should be read; 0: go on. */
  wait(now: number): number {
    this.fill(now);
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens * 1000) / this.pace.rate);
  }

  private fill(now: number): void {
    const { rate, burst } = this.pace;
    this.tokens = Math.min(burst, this.tokens + ((now - this.at) * rate) / 1000);
    this.at = now;
  }
}
