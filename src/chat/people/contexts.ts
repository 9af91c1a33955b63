/** Where customers are while they write, as last told: what a new support conversation of theirs begins with. */
import type { Bus } from '../../db/bus.ts';
import type { Context } from '../../protocol/context.ts';

const KEPT = 20_000;
const SUBJECT = 'context';

/** For the other servers, where the next request may come in. */
type Said = { user: number; context: Context } | { from: number; to: number };

export class Contexts {
  private readonly told = new Map<number, Context>();
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
    bus.hear(SUBJECT, (body) => {
      const said = body as Said;
      if ('context' in said) this.keep(said.user, said.context);
      else this.move(said.from, said.to);
    });
  }

  /** @param user their key */
  tell(user: number, context: Context): void {
    this.keep(user, context);
    this.say({ user, context });
  }

  /** What was told by one user holds for another, who they are now. */
  pass(from: number, to: number): void {
    this.move(from, to);
    this.say({ from, to });
  }

  of(user: number): Context | undefined {
    return this.told.get(user);
  }

  private say(said: Said): void {
    if (this.bus.others.size > 0) this.bus.tell(SUBJECT, said);
  }

  private keep(user: number, context: Context): void {
    this.told.delete(user);
    this.told.set(user, context);
    if (this.told.size <= KEPT) return;
    const [oldest] = this.told.keys();
    if (oldest !== undefined) this.told.delete(oldest);
  }

  private move(from: number, to: number): void {
    const context = this.told.get(from);
    this.told.delete(from);
    if (context !== undefined) this.keep(to, context);
  }
}
