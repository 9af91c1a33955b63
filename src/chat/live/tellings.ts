/**
 * Tellings that read before they tell: of one thing one after the other, so that the newest state is told last. Who asks
 * for one that has not begun shares it.
 */
export class Tellings {
  private readonly tell: (key: number) => Promise<void>;
  /** Those that have not begun. */
  private readonly next = new Map<number, Promise<void>>();
  /** Settles, well or not, when the last one that was asked for is over. */
  private readonly last = new Map<number, Promise<void>>();

  constructor(tell: (key: number) => Promise<void>) {
    this.tell = tell;
  }

  /** Resolves when it is told as it is now, or later; begins when whoever asks is done with what they do. */
  anew(key: number): Promise<void> {
    const waiting = this.next.get(key);
    if (waiting !== undefined) return waiting;
    const told = (this.last.get(key) ?? Promise.resolve()).then(() => {
      this.next.delete(key);
      return this.tell(key);
    });
    this.next.set(key, told);
    const over: Promise<void> = told
      .catch(() => {})
      .then(() => {
        if (this.last.get(key) === over) this.last.delete(key);
      });
    this.last.set(key, over);
    return told;
  }
}
