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

/** Of those who sent at another server: their buckets are the same ones. */
export interface Taken extends Bucket {
  key: number;
}

export class Rates {
  private readonly left = new Map<number, { tokens: number; at: number }>();
  /** A batch that fails is judged again: what was paid for stays paid for. */
  private readonly paid = new WeakSet<object>();
  private readonly elapsed: () => number;
  private readonly onTaken: (taken: Taken) => void;

  /**
   * @param elapsed monotonic, in ms
   * @param onTaken told of each token that is taken
   */
  constructor(elapsed: () => number, onTaken: (taken: Taken) => void = () => {}) {
    this.elapsed = elapsed;
    this.onTaken = onTaken;
  }

  /**
   * Takes one token of `key`, once for each `change`.
   * @returns 0 when it was there, else the ms until it will be
   */
  take(key: number, bucket: Bucket, change: object): number {
    if (this.paid.has(change)) return 0;
    const at = this.elapsed();
    const tokens = this.tokensOf(key, bucket, at);
    if (tokens < 1) return Math.ceil(((1 - tokens) * 1000) / bucket.rate);
    this.keep(key, tokens - 1, at);
    this.paid.add(change);
    this.onTaken({ key, rate: bucket.rate, burst: bucket.burst });
    return 0;
  }

  /** Another server has taken one. Sends that came in at several at once may leave a debt. */
  wasTaken({ key, ...bucket }: Taken): void {
    const at = this.elapsed();
    this.keep(key, this.tokensOf(key, bucket, at) - 1, at);
  }

  private tokensOf(key: number, { rate, burst }: Bucket, at: number): number {
    const held = this.left.get(key);
    return held === undefined ? burst : Math.min(burst, held.tokens + ((at - held.at) * rate) / 1000);
  }

  private keep(key: number, tokens: number, at: number): void {
    const held = this.left.get(key);
    if (held !== undefined) {
      held.tokens = tokens;
      held.at = at;
      return;
    }
    if (this.left.size >= BUCKETS_KEPT) this.left.clear();
    this.left.set(key, { tokens, at });
  }
}
