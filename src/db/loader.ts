/**
 * Fills the working set on SQLite: each key is read at once by a prepared statement, over the writing connection, so
 * that what an unfinished transaction holds is seen. What is in the set already is not read again.
 *
 * What goes by a key is in the classes beneath, one for each subject; here is what needs to know the whole batch, and
 * what a change moves or removes by the hundred.
 */
import { directKey, supportKey } from './conversation-keys.ts';
import { MessageLoader } from './message-loader.ts';
import type { ConversationRow } from './rows.ts';
import type { Want } from './want.ts';
import { emptied, type Passing, passedKey, type WorkingSet } from './working-set.ts';

/** What passes to another user in one change: so many conversations, and no more once so many messages were counted. */
const MOST_PASSING = 20;
const MOST_COUNTED = 2_000;
/** Rows that go in one change: it takes some five milliseconds. */
const MOST_REMOVED = 150;

/** A batch's way to its rows. `stale` tells that the change just asked for must begin the next batch. */
export class Loader extends MessageLoader implements Want {
  /** Conversations that changes of this batch have named so far. */
  private named = new Set<string>();
  /** Users of whom changes of this batch have spoken so far. */
  private mentioned = new Set<number>();
  stale = false;

  /** Begins a batch over `set`. */
  begin(set: WorkingSet): void {
    this.set = set;
    this.named = emptied(this.named);
    this.current = null;
    this.mentioned = emptied(this.mentioned);
    this.mentions.length = 0;
    this.stale = false;
    if (!set.receiversHeld) this.receivers();
  }

  /** Who follows the outbox: few, and asked for by every change. */
  private receivers(): void {
    for (const row of this.statement.receivers.all()) this.set.rows.receivers.set(row.id, row);
    for (const row of this.statement.webhooks.all()) this.set.rows.webhooks.set(row.id, row);
    this.set.receiversHeld = true;
  }

  /** Ends one change's keys: what it named counts as touched for those after it. */
  next(): void {
    if (this.current !== null) this.named.add(this.current);
    this.current = null;
    for (const user of this.mentions.splice(0)) this.mentioned.add(user);
  }

  tail(conversation: string): void {
    const row = this.set.conversationsByUuid.get(conversation);
    if (!row || this.set.tails.has(row.id)) return;
    const newest = this.statement.tail.get({ conversation: row.id });
    const other = newest ? this.statement.tailOther.get({ conversation: row.id, user: newest.user }) : undefined;
    this.set.tails.set(row.id, {
      user: newest?.user ?? null,
      seq: newest?.seq ?? 0,
      otherSeq: other?.seq ?? 0,
    });
  }

  passed(conversation: string, user: number, seq: number): void {
    const row = this.set.conversationsByUuid.get(conversation);
    const mark = row ? this.markOf(row, user) : null;
    // Whoever has nothing of their own above their mark, and wrote nothing in this batch, passes others' alone.
    const wrote = this.mentioned.has(user) || mark?.who === 'team' || (mark?.own ?? 0) > 0;
    if (wrote && this.named.has(conversation)) this.stale = true;
    if (!row || mark === null || mark.own === 0 || seq >= row.seq || seq <= mark.readSeq) return;
    const { who, readSeq } = mark;
    const whose = { conversation: row.id, user: who === 'team' ? -1 : who, team: who === 'team' ? 1 : 0 };
    const own = this.ownBetween({ ...whose, from: readSeq, to: seq });
    const stepTo = (this.statement.nextForeign.get({ ...whose, from: seq })?.seq ?? row.seq + 1) - 1;
    const behind = stepTo > seq ? this.ownBetween({ ...whose, from: seq, to: stepTo }) : 0;
    this.set.passed.set(passedKey(row.id, who, seq), { own, behind, stepTo });
  }

  /** How many messages of somebody's own there are above `from`, up to `to`. */
  private ownBetween(range: { conversation: number; user: number; team: number; from: number; to: number }): number {
    return this.statement.ownBetween.get(range)?.count ?? 0;
  }

  /** The mark that a user moves by reading: their own, or the team's; null for who moves none. */
  private markOf(row: ConversationRow, user: number): { who: number | 'team'; readSeq: number; own: number } | null {
    const me = this.set.participantsOf(row.id).get(user);
    if (me?.leftAt === null) return { who: user, readSeq: me.readSeq, own: me.ownAfterRead };
    if (row.kind !== 'support' || this.set.users.get(user)?.role === 'user') return null;
    return { who: 'team', readSeq: row.teamReadSeq, own: row.botAfterRead };
  }

  lastBefore(conversation: string, uuid: string): void {
    if (this.named.has(conversation)) this.stale = true;
    const row = this.set.conversationsByUuid.get(conversation);
    const message = row ? this.set.messagesOf(row.id).get(uuid) : undefined;
    if (!row || !message || row.lastSeq !== message.seq) return;
    const last = this.statement.lastBefore.get({ conversation: row.id, seq: message.seq }) ?? null;
    this.set.lastBefore.set(row.id, last);
    if (last !== null) this.author(last.author);
  }

  passing(from: number, to: number | { externalId: string }): void {
    const other = typeof to === 'number' ? to : this.keyOf(to);
    this.user(from);
    if (other !== undefined) this.user(other);
    this.sessionsOf(from);
    for (const row of this.statement.pushesOf.all({ user: from })) {
      if (!this.set.rows.pushes.get(row.id)) this.set.rows.pushes.set(row.id, row);
    }
    this.allAuthorsOf(from);
    const rows = this.statement.participationsOf.all({ user: from, limit: MOST_PASSING + 1 });
    const conversations: Passing[] = [];
    let counted = 0;
    for (const { conversation } of rows.slice(0, MOST_PASSING)) {
      if (counted > MOST_COUNTED) break;
      const row = this.byKey(conversation);
      if (row === null) continue;
      counted += this.pass(row, from, other, conversations);
    }
    this.set.passing = {
      conversations,
      waiting: this.uploadsOf(from),
      more: rows.length > conversations.length,
    };
  }

  /** Reads what of one conversation passes, and whether the other holds its key already; gives how far was counted. */
  private pass(row: ConversationRow, from: number, to: number | undefined, into: Passing[]): number {
    const theirs = this.participantIn(row, from);
    const mine = to === undefined ? null : this.participantIn(row, to);
    if (to !== undefined) {
      if (row.kind === 'support' && row.queue !== null) this.holderOf(supportKey(row.queue, to));
      if (row.kind === 'direct') {
        for (const other of this.set.participantsOf(row.id).keys()) this.holderOf(directKey(to, other));
      }
    }
    const mark = Math.max(theirs?.readSeq ?? 0, mine?.readSeq ?? 0);
    const above = { conversation: row.id, from: mark, to: row.seq, team: 0 };
    const own = [from, to].reduce<number>(
      (sum, user) => sum + (user === undefined ? 0 : this.ownBetween({ ...above, user })),
      0,
    );
    const reads = row.kind === 'direct' ? this.statement.readsOf.all({ conversation: row.id, user: from }) : [];
    into.push({ conversation: row.id, own, reads });
    return row.seq - mark;
  }

  belongings(user: number): void {
    this.user(user);
    this.allAuthorsOf(user);
    const sessions = this.statement.someSessions.all({ user, limit: MOST_REMOVED });
    const identities = this.statement.identitiesOf.all({ user });
    this.set.belongings = {
      sessions,
      identities,
      uploads: this.uploadsOf(user),
      pushes: this.statement.pushesOf.all({ user }),
      notices: this.statement.noticesOf.all({ user }),
      removals: this.statement.removalsOf.all({ user }),
      linked: this.statement.linkOf.get({ user }) !== undefined,
      participates: this.statement.participationsOf.get({ user, limit: 1 }) !== undefined,
      more: sessions.length === MOST_REMOVED,
    };
  }

  erasing(thread: number, messages: readonly number[], user: number): void {
    this.user(user);
    const row = this.byKey(thread);
    if (row === null) return;
    this.participantIn(row, user);
    this.set.erasing = messages.flatMap((id) => {
      const message = this.statement.messageByKey.get({ id });
      if (message?.conversation !== row.id || message.deletedAt !== null) return [];
      this.author(message.author);
      this.filesOf(message);
      return [message];
    });
    const last = this.statement.lastBefore.get({ conversation: row.id, seq: row.seq + 1 }) ?? null;
    this.set.lastBefore.set(row.id, last);
    this.author(last?.author);
  }

  removing(which: { uuid: string } | readonly number[]): void {
    let left = MOST_REMOVED;
    const some = <Row>(statement: { all(values: Record<string, unknown>): Row[] }, conversation: number): Row[] => {
      const rows = left === 0 ? [] : statement.all({ conversation, limit: left });
      left -= rows.length;
      return rows;
    };
    const rows = 'uuid' in which ? this.sideAndMain(which.uuid) : which.map((id) => this.byKey(id));
    const found = rows.filter((row) => row !== null);
    const people = found.map(({ id }) => some(this.statement.somePeople, id));
    this.set.removing = found.map((conversation, index) => ({
      conversation,
      participants: people[index] ?? [],
      turns: some(this.statement.someTurns, conversation.id),
      reads: some(this.statement.someReads, conversation.id),
      tags: some(this.statement.someTags, conversation.id),
      messages: some(this.statement.someMessages, conversation.id),
      whole: left > 0,
    }));
    for (const { messages } of this.set.removing) for (const message of messages) this.filesOf(message);
  }

  private sideAndMain(uuid: string): (ConversationRow | null)[] {
    this.conversation(uuid);
    const main = this.set.conversationsByUuid.get(uuid) ?? null;
    return main === null ? [] : [this.set.sides.get(main.id) ?? null, main];
  }
}
