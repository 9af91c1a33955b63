/**
 * The answer to a change that was handed to the writer. It can be awaited like a promise; `settled` is called at the
 * very moment of publishing, in the order of the batch, which is how a socket's answers and events keep the order
 * of `rev` (a promise would tell a few events too late).
 */
export class Pending<T> implements PromiseLike<T> {
  private outcome: { value: T } | { error: Error } | undefined;
  private readonly waiting: { done: (value: T) => void; failed: (error: Error) => void }[] = [];

  settled(done: (value: T) => void, failed: (error: Error) => void): void {
    if (this.outcome === undefined) this.waiting.push({ done, failed });
    else if ('value' in this.outcome) done(this.outcome.value);
    else failed(this.outcome.error);
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is what it is for
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => this.settled(resolve, reject)).then(onDone, onFailed);
  }

  resolve(value: T): void {
    this.outcome = { value };
    this.tell(({ done }) => done(value));
  }

  reject(error: Error): void {
    this.outcome = { error };
    this.tell(({ failed }) => failed(error));
  }

  /** Everybody who waits is told; what one of them threw comes out afterwards. */
  private tell(one: (waiting: { done: (value: T) => void; failed: (error: Error) => void }) => void): void {
    const faults: unknown[] = [];
    for (const waiting of this.waiting.splice(0)) {
      try {
        one(waiting);
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
  }
}
