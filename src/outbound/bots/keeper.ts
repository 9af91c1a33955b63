/**
 * Has texts that are being written kept every half second: a few at a time, in turn. Bots that begin at one moment would
 * else all be written down at one moment, and whoever sends something then would wait for all of them.
 */
const EVERY_MS = 500;
/** Each of them has its moment of the half second. */
const SLOTS = 10;

export class Keeper {
  private readonly slots = Array.from({ length: SLOTS }, () => new Set<() => void>());
  private timer: NodeJS.Timeout | null = null;
  private turn = 0;

  /** @returns ends it */
  add(keep: () => void): () => void {
    const slot = this.slots.reduce((emptiest, other) => (other.size < emptiest.size ? other : emptiest));
    slot.add(keep);
    this.timer ??= setInterval(() => this.next(), EVERY_MS / SLOTS).unref();
    return () => {
      slot.delete(keep);
      if (this.timer === null || this.slots.some(({ size }) => size > 0)) return;
      clearInterval(this.timer);
      this.timer = null;
    };
  }

  private next(): void {
    for (const keep of this.slots[this.turn] ?? []) keep();
    this.turn = (this.turn + 1) % SLOTS;
  }
}
