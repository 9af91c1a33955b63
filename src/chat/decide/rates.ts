/**
 * Token buckets of those who send, in memory: how many sends each has left. They fill by time that passes and not by
 * the store's clock, which stands still for as long as the wall clock was set back.
 */
export interface Bucket {
  /** Sends a second. */
  rate: number;
  /** Sends at once. */
  burst: number;
}

const BUCKETS_KEPT = 50_000;

export class Rates {
  private readonly left = new Map<number, { tokens: number; at: number }>();
  /** A batch that fails is judged again: what was paid for stays paid for. */
  private readonly paid = new WeakSet<object>();
  private readonly elapsed: () => number;

  /** @param elapsed monotonic, in ms */
  constructor(elapsed: () => number) {
    this.elapsed = elapsed;
  }

  /**
   * Takes one token of `key`, once for each `change`.
   * @returns 0 when it was there, else the ms until it will be
   */
  take(key: number, bucket: Bucket, change: object): number {
    if (this.paid.has(change)) return 0;
    const at = this.elapsed();
    const held = this.left.get(key);
    const since = held === undefined ? 0 : at - held.at;
    const tokens =
      held === undefined ? bucket.burst : Math.min(bucket.burst, held.tokens + (since * bucket.rate) / 1000);
    if (tokens < 1) return Math.ceil(((1 - tokens) * 1000) / bucket.rate);
    if (held === undefined) {
      if (this.left.size >= BUCKETS_KEPT) this.left.clear();
      this.left.set(key, { tokens: tokens - 1, at });
    } else {
      held.tokens = tokens - 1;
      held.at = at;
    }
    this.paid.add(change);
    return 0;
  }
}
