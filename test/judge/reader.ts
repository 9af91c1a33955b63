import type { Body } from '../helper.ts';

/**
 * What one line has heard, judged as it comes: of every conversation that it hears, each rev exactly once and in order,
 * whether as an event or as the `ok` in place of one's own.
 */
export class Reader {
  private readonly heard = new Map<string, number>();

  /**
   * @param synced of a `sync` that the frame answers: whose thread it is
   * @returns null, or how the order was broken
   */
  take(frame: Body, synced?: string): string | null {
    if (frame.type === 'welcome') return this.welcome(frame);
    if (synced !== undefined && frame.sync !== undefined) return this.synced(synced, frame.sync);
    if (frame.type === 'ok') return frame.message === undefined ? null : this.ok(frame.message);
    if (frame.re !== undefined) return null;
    return frame.rev === undefined ? this.markless(frame) : this.durable(frame);
  }

  private welcome({ conversations }: Body): null {
    for (const { id, rev, team } of conversations) {
      this.heard.set(id, rev);
      if (team !== undefined) this.heard.set(team.id, team.rev);
    }
    return null;
  }

  /** What it brought of a thread that the line hears does not come as events too. */
  private synced(id: string, { rev }: Body): null {
    const known = this.heard.get(id);
    if (known !== undefined) this.heard.set(id, Math.max(known, rev));
    return null;
  }

  private ok({ conversationId, rev }: Body): string | null {
    const known = this.heard.get(conversationId);
    if (known === undefined || rev <= known) return null;
    if (rev > known + 1) return `ok with rev ${rev} after ${known} of ${conversationId}`;
    this.heard.set(conversationId, rev);
    return null;
  }

  private markless(frame: Body): null {
    if (frame.type === 'conversation.removed') this.heard.delete(frame.conversationId);
    return null;
  }

  private durable(frame: Body): string | null {
    const { type, conversationId, parentId, rev, conversation, reset } = frame;
    const known = this.heard.get(conversationId);
    this.heard.set(conversationId, rev);
    const comesIn = type === 'conversation.created';
    const begins = comesIn || reset === true;
    // What a request does to the side is told by events of its own, but for who comes in or reads anew by it.
    if (comesIn && conversation.team !== undefined) this.heard.set(conversation.team.id, conversation.team.rev);
    if (reset === true && conversation.team !== undefined) this.heard.delete(conversation.team.id);
    // A request may be several changes of the side: the parent is told as it is after all of them.
    if (parentId === undefined && conversation !== undefined && conversation.rev !== rev) {
      return `${type} of rev ${rev} with a conversation of rev ${conversation.rev}`;
    }
    if (parentId !== undefined && !(conversation?.team.rev >= rev && conversation.id === parentId)) {
      return `${type} of the side's rev ${rev} without its parent after it`;
    }
    if (known === undefined) return null;
    // A line that had ceased to hear it begins again, perhaps where it stood.
    if (begins ? rev >= known : rev === known + 1) return null;
    return `${type} with rev ${rev} after ${known} of ${conversationId}`;
  }
}
