/** What people were told by a server, to be held against what is found after it was killed. */
import { createHash } from 'node:crypto';
import type { Message } from '../../src/protocol/message.ts';

/** A message that somebody sent: acknowledged or not. */
export interface Fate {
  id: string;
  /** Who sent it, by the user's id. */
  author: string;
  /** As it was acknowledged; null while that is not known. */
  place: { conversationId: string; seq: number } | null;
  /** What it may say now: one text once the last change was acknowledged, two while one is not. Null: deleted. */
  may: Set<string | null>;
  /** The SHA-256 of the file that was sent with it. */
  file: string | null;
  /** Somebody is changing it: a second change would leave open which was the last. */
  busy: boolean;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export class Told {
  readonly fates = new Map<string, Fate>();
  /** The highest mark that each reader was told, by `<conversation> <user>`. */
  readonly marks = new Map<string, number>();
  /** How much was acknowledged, and of what. */
  readonly counts: Record<string, number> = {};
  /** What must never happen, in words. */
  readonly faults: string[] = [];
  private total = 0;
  private awaited: { count: number; reached: () => void } | null = null;

  /** Resolves at the moment in which `more` further things are acknowledged. */
  grownBy(more: number): Promise<void> {
    return new Promise((reached) => {
      this.awaited = { count: this.total + more, reached };
    });
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    this.total += 1;
    if (this.awaited !== null && this.total >= this.awaited.count) this.awaited.reached();
  }

  sending(id: string, author: string, content: string, file: string | null): void {
    this.fates.set(id, { id, author, place: null, may: new Set([content]), file, busy: true });
  }

  sent({ id, conversationId, seq }: Message): void {
    const fate = this.fates.get(id);
    if (fate === undefined) throw new Error(`${id} was acknowledged and not sent`);
    fate.place = { conversationId, seq };
    fate.busy = false;
    this.count(fate.file === null ? 'sends' : 'files');
  }

  /** Runs a change of a message; it may have come about though nobody was told. */
  async changing(fate: Fate, what: 'edits' | 'deletes', to: string | null, change: Promise<unknown>): Promise<void> {
    fate.busy = true;
    fate.may.add(to);
    try {
      await change;
      fate.may = new Set([to]);
      this.count(what);
    } finally {
      fate.busy = false;
    }
  }

  read(conversationId: string, user: string, seq: number): void {
    const key = `${conversationId} ${user}`;
    const before = this.marks.get(key) ?? 0;
    this.marks.set(key, Math.max(before, seq));
    this.count('reads');
  }

  /** One's own message that can be changed now; undefined where there is none. */
  changeable(author: string): Fate[] {
    return [...this.fates.values()].filter(
      (fate) => fate.author === author && !fate.busy && fate.place !== null && !fate.may.has(null),
    );
  }
}
