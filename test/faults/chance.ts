/** Choices that are the same for the same seed: each part of a test has its own, so that none disturbs another's. */
export class Chance {
  private state: number;

  /** @param seed numbers that together say which choices these are */
  constructor(...seed: number[]) {
    this.state = seed.reduce((state, number) => Math.imul(state ^ number, 0x9e37_79b1) + 0x7f4a_7c15, 1) >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  number(): number {
    this.state = (this.state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.number() * end);
  }

  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}
