/** Counts a line's bad frames: each is answered, and too many within a minute close the line. */
import { MAX_BAD_FRAMES_PER_MINUTE } from '../protocol/limits.ts';

const MINUTE_MS = 60_000;

export class BadFrames {
  private readonly newest: number[] = [];

  /**
   * @param now monotonic, in ms
   * @returns whether it was one too many
   */
  add(now: number): boolean {
    this.newest.push(now);
    if (this.newest.length > MAX_BAD_FRAMES_PER_MINUTE) this.newest.shift();
    return this.newest.length === MAX_BAD_FRAMES_PER_MINUTE && now - (this.newest[0] ?? now) < MINUTE_MS;
  }
}
