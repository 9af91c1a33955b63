/** Latencies, every one of them kept: nothing is lost in buckets, and a percentile is a sample that was measured. */

const FIRST = 1 << 16;

export class Latencies {
  private samples = new Float64Array(FIRST);
  private count = 0;

  add(ms: number): void {
    if (this.count === this.samples.length) {
      const more = new Float64Array(this.count * 2);
      more.set(this.samples);
      this.samples = more;
    }
    this.samples[this.count] = ms;
    this.count += 1;
  }

  /** The samples below which these shares of all lie, in ms; NaN when there are none. */
  percentiles<const S extends readonly number[]>(...shares: S): { [K in keyof S]: number } {
    const sorted = this.samples.slice(0, this.count).sort();
    const at = (share: number) => sorted[Math.min(this.count - 1, Math.floor(share * this.count))] ?? Number.NaN;
    return shares.map(at) as { [K in keyof S]: number };
  }
}
