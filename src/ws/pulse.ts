/**
 * One timer for all lines: heartbeats, spread so that ten thousand are not sent in one turn of the loop; who has been
 * silent for two of them; whose token's time is over.
 */

/** How often a heartbeat's time is divided: the finer, the sooner silence is noticed and the smoother it runs. */
const PARTS = 16;
/** An ended token is noticed within this, however slow the heart beats. */
const MAX_TICK_MS = 500;

/** A line, as the pulse sees it. */
export interface Beating {
  /** The tick of its last sign of life; the line writes it. */
  heardAt: number;
  /** When its credential ends, in ms of Unix time; Infinity before there is one. */
  readonly expiresAt: number;
  /** Sends a heartbeat. */
  beat(): void;
  /** It has missed two heartbeats. */
  missing(): void;
  /** Its credential has ended. */
  expired(): void;
}

export class Pulse {
  /** Counts the ticks since the start. */
  tick = 0;
  private readonly lines = new Map<Beating, number>();
  private readonly ticksPerBeat: number;
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout;
  private added = 0;

  /** @param now wall clock, ms: tokens end by it. Heartbeats are counted in ticks, which no clock can move */
  constructor(heartbeatMs: number, now: () => number) {
    this.now = now;
    const tickMs = Math.max(1, Math.min(MAX_TICK_MS, Math.floor(heartbeatMs / PARTS)));
    this.ticksPerBeat = Math.max(1, Math.round(heartbeatMs / tickMs));
    this.timer = setInterval(() => this.turn(), tickMs).unref();
  }

  add(line: Beating): void {
    line.heardAt = this.tick;
    this.added += 1;
    this.lines.set(line, this.added % this.ticksPerBeat);
  }

  remove(line: Beating): void {
    this.lines.delete(line);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    this.tick += 1;
    const now = this.now();
    const part = this.tick % this.ticksPerBeat;
    for (const [line, own] of this.lines) {
      if (line.expiresAt <= now) line.expired();
      else if (this.tick - line.heardAt > 2 * this.ticksPerBeat) line.missing();
      else if (own === part) line.beat();
    }
  }
}
