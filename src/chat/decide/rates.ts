/** Token buckets of those who send, in memory: how many sends each has left at a moment of the store's clock. */
export interface Bucket {
  /** Sends a second. */
  rate: number;
  /** Sends at once. */
  burst: number;
}

const BUCKETS_KEPT = 50_000;

export class Rates {
  private readonly left = new Map<number, { tokens: number; at: number }>();

  /**
   * Takes one token of `key` at `at` (ms).
   * @returns 0 when it was there, else the ms until it will be
   */
  take(key: number, at: number, bucket: Bucket): number {
    const held = this.left.get(key);
    const since = held === undefined ? 0 : Math.max(0, at - held.at);
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
    return 0;
  }
}
