/** What a reading has brought of each thread: the events that waited meanwhile and are in it are not told again. */
import type { Frame } from '../../hub/frame.ts';
import type { Changes, Sync } from '../../protocol/catching-up.ts';

export class Held {
  private readonly revs = new Map<string, number>();

  changes({ conversations }: Pick<Changes, 'conversations'>): this {
    for (const { id, rev } of conversations) this.raise(id, rev);
    return this;
  }

  /** @param id of the thread: the conversation's own, or its side's */
  sync(id: string, { rev }: Sync): this {
    this.raise(id, rev);
    return this;
  }

  /** Whether the reading had it. Events without a rev are state, and told again without harm. */
  readonly has = ({ event }: Frame): boolean =>
    'rev' in event && event.rev <= (this.revs.get(event.conversationId) ?? 0);

  private raise(id: string, rev: number): void {
    if (rev > (this.revs.get(id) ?? 0)) this.revs.set(id, rev);
  }
}
