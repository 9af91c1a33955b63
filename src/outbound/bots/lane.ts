/** So many at a time, the others in the order in which they came: one bot's customers hold back nobody else's. */
export class Lane {
  private readonly room: number;
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(room: number) {
    this.room = room;
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside >= this.room) await new Promise<void>((enter) => this.waiting.push(enter));
    else this.inside += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.inside -= 1;
      else next();
    }
  }
}
