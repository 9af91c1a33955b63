/** How long something takes, counted in a fixed number of buckets: it never grows, whatever is noted. */

/** The upper bound of the first bucket, ms; of each further one a quarter more, the last takes all the rest. */
const FIRST_MS = 0.1;
const GROWTH = 1.25;
const BUCKETS = 64;

export class Histogram {
  private readonly buckets = new Uint32Array(BUCKETS);
  count = 0;
  maxMs = 0;

  note(ms: number): void {
    const place = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH));
    const bucket = Math.min(BUCKETS - 1, place);
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1;
    this.count += 1;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** @param part from 0 to 1. The upper bound of the bucket in which it lies, never above the longest; 0 without any */
  percentile(part: number): number {
    let rest = Math.ceil(this.count * part);
    for (let bucket = 0; bucket < BUCKETS && this.count > 0; bucket += 1) {
      rest -= this.buckets[bucket] as number;
      if (rest <= 0 && bucket < BUCKETS - 1) return Math.min(this.maxMs, FIRST_MS * GROWTH ** bucket);
    }
    return this.maxMs;
  }
}
