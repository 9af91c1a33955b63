/** Where customers are while they write, as last told: what a new support conversation of theirs begins with. */
import type { Context } from '../../protocol/context.ts';

const KEPT = 20_000;

export class Contexts {
  private readonly told = new Map<number, Context>();

  /** @param user their key */
  tell(user: number, context: Context): void {
    this.told.delete(user);
    this.told.set(user, context);
    if (this.told.size <= KEPT) return;
    const [oldest] = this.told.keys();
    if (oldest !== undefined) this.told.delete(oldest);
  }

  /** What was told by one user holds for another, who they are now. */
  pass(from: number, to: number): void {
    const context = this.told.get(from);
    this.told.delete(from);
    if (context !== undefined) this.tell(to, context);
  }

  of(user: number): Context | undefined {
    return this.told.get(user);
  }
}
