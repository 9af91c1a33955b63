/** Conversations with the rows that nearly every change of one needs. */
import { directKey, supportKey } from './conversation-keys.ts';
import { PeopleLoader } from './people-loader.ts';
import type { ConversationRow, ParticipantRow } from './rows.ts';

export class ConversationLoader extends PeopleLoader {
  /** The conversation that the change just asked for names. */
  protected current: string | null = null;

  conversation(uuid: string): void {
    this.current = uuid;
    if (this.set.conversationsByUuid.has(uuid)) return;
    const row = this.statement.conversationByUuid.get({ uuid });
    if (row === undefined) this.set.conversationsByUuid.set(uuid, null);
    else this.whole(row);
  }

  protected byKey(id: number): ConversationRow | null {
    if (!this.set.conversations.has(id)) {
      const row = this.statement.conversation.get({ id });
      if (row !== undefined) this.whole(row);
    }
    return this.set.conversations.get(id) ?? null;
  }

  openKey(key: string, user: number | null = null): void {
    const holder = this.holderOf(key);
    if (holder === null) return;
    this.current = holder.uuid;
    if (user !== null) this.participantIn(holder, user);
  }

  protected holderOf(key: string): ConversationRow | null {
    const known = this.set.conversationsByOpenKey.get(key);
    if (known) return known;
    const row = this.statement.conversationByOpenKey.get({ key });
    if (row === undefined) {
      this.set.conversationsByOpenKey.set(key, null);
      return null;
    }
    if (!this.set.conversations.has(row.id)) this.whole(row);
    return this.set.conversations.get(row.id) ?? null;
  }

  direct(user: number, other: { uuid: string } | { externalId: string }): void {
    const id = this.keyOf(other);
    if (id === undefined) return;
    this.openKey(directKey(user, id));
    this.authors(id);
  }

  support(queue: 'agent' | 'peer', customer: { uuid: string }): void {
    this.userByUuid(customer.uuid);
    const id = this.set.usersByUuid.get(customer.uuid)?.id;
    if (id !== undefined) this.openKey(supportKey(queue, id));
  }

  /** A conversation's rows that nearly every change needs: few, and by key. */
  private whole(row: ConversationRow): void {
    // With its tags: once it is there, nobody asks for them again.
    if (row.kind === 'side') this.side(row);
    else this.set.addConversation(row);
    if (row.kind === 'side' && row.parent !== null && !this.set.conversations.has(row.parent)) {
      const parent = this.statement.conversation.get({ id: row.parent });
      if (parent !== undefined) this.whole(parent);
      return;
    }
    if (row.kind === 'support') {
      if (!this.set.sides.has(row.id)) {
        const side = this.statement.side.get({ parent: row.id });
        if (side !== undefined) this.side(side);
      }
      if (!this.set.turns.has(row.id))
        this.set.turns.set(row.id, this.statement.openTurns.all({ conversation: row.id }));
      if (row.customer !== null) this.user(row.customer);
      if (row.assignee !== null) this.user(row.assignee);
      // One that has given up its key takes it again on reopening, if nobody else has it.
      if (row.openKey === null && row.customer !== null && row.queue !== null) {
        this.holderOf(supportKey(row.queue, row.customer));
      }
    }
    if (row.lastUser !== null) this.user(row.lastUser);
    if (row.kind === 'support' || row.kind === 'direct') {
      for (const participant of this.statement.participants.all({ conversation: row.id })) {
        this.set.addParticipant(participant);
        this.user(participant.user);
        this.uncounted(row, participant);
      }
      if (row.kind === 'support') this.uncountedAbove(row, row.teamReadSeq);
    }
  }

  private side(row: ConversationRow): void {
    this.set.addConversation(row);
    this.set.tags.set(row.id, this.statement.tags.all({ conversation: row.id }));
  }

  participant(conversation: string, user: number): void {
    this.conversation(conversation);
    const row = this.set.conversationsByUuid.get(conversation);
    if (row) this.participantIn(row, user);
  }

  protected participantIn(row: ConversationRow, user: number): ParticipantRow | null {
    const held = this.set.participantsOf(row.id);
    if (!held.has(user)) {
      this.set.holdParticipant(row.id, user, this.statement.participant.get({ conversation: row.id, user }) ?? null);
    }
    const participant = held.get(user) ?? null;
    if (participant !== null) this.uncounted(row, participant);
    return participant;
  }

  participantNamed(conversation: string, user: { uuid: string } | { externalId: string }): void {
    const id = this.keyOf(user);
    if (id === undefined) return;
    this.authors(id);
    this.participant(conversation, id);
  }

  private uncounted(row: ConversationRow, participant: ParticipantRow): void {
    this.uncountedAbove(row, participant.readSeq);
  }

  /** Nothing is read while nothing uncounted lies above the mark, which is nearly always. */
  private uncountedAbove(row: ConversationRow, from: number): void {
    if (row.lastUncounted <= from) return;
    const held = this.set.uncounted.get(row.id);
    if (held !== undefined && held.from <= from) return;
    const seqs = this.statement.uncounted.all({ conversation: row.id, from }).map((found) => found.seq);
    this.set.uncounted.set(row.id, { from, seqs });
  }
}
