/** Work of one name is done one after another; of others, beside it. */

export class TurnsByName {
  private readonly last = new Map<string, Promise<void>>();

  /** How many names somebody has the turn of, or waits for. */
  get size(): number {
    return this.last.size;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(name) ?? Promise.resolve()).then(work);
    const over = turn.then(
      () => {},
      () => {},
    );
    this.last.set(name, over);
    try {
      return await turn;
    } finally {
      if (this.last.get(name) === over) this.last.delete(name);
    }
  }
}
