/** Whether a line is told every rev of what it hears once, in its place: of a conversation and of its side. */
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { Message } from '../../src/protocol/message.ts';

export class HeardRevs {
  /** The newest rev of each thread that is heard. */
  private readonly revs = new Map<string, number>();
  private readonly faults: string[];

  /** @param faults where to say what must not happen */
  constructor(faults: string[]) {
    this.faults = faults;
  }

  clear(): void {
    this.revs.clear();
  }

  /** From here on every rev is told. */
  begins({ id, rev, team }: Conversation): void {
    this.raise(id, rev);
    if (team !== undefined) this.raise(team.id, team.rev);
  }

  ends({ id, team }: Pick<Conversation, 'id' | 'team'>): void {
    this.revs.delete(id);
    if (team !== undefined) this.revs.delete(team.id);
  }

  event({
    type,
    conversationId: id,
    rev,
    parentId,
  }: {
    type: string;
    conversationId: string;
    rev: number;
    parentId?: string;
  }) {
    const last = this.revs.get(id);
    if (last !== undefined && rev !== last + 1) this.faults.push(`${type} of ${id}: rev ${rev} after ${last}`);
    // Of a side conversation that one begins to read with this change, its first event is where hearing begins.
    if (last !== undefined || parentId !== undefined) this.revs.set(id, rev);
  }

  /** An `ok` stands in place of the event, where the rev is the next; an older one only settles its request. */
  answer({ conversationId: id, rev }: Message): void {
    const last = this.revs.get(id);
    if (last === undefined) return;
    if (rev > last + 1) this.faults.push(`ok of ${id}: rev ${rev} after ${last}`);
    if (rev === last + 1) this.revs.set(id, rev);
  }

  /** A reading of the thread brought everything up to `rev`: events up to it come no more. */
  reading(id: string, rev: number, begins: boolean): void {
    if (begins || this.revs.has(id)) this.raise(id, rev);
  }

  private raise(id: string, rev: number): void {
    this.revs.set(id, Math.max(rev, this.revs.get(id) ?? 0));
  }
}
