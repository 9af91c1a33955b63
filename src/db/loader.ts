/**
 * Fills the working set on SQLite: each key is read at once by a prepared statement, over the writing connection, so
 * that what an unfinished transaction holds is seen. What is in the set already is not read again.
 */
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { directKey, supportKey } from './conversation-keys.ts';
import { type LoaderStatements, prepareLoader } from './loader-statements.ts';
import type { AttachmentRow, ConversationRow, MessageRow, ParticipantRow } from './rows.ts';
import { SETTINGS } from './schema/setup.ts';
import type { Want } from './want.ts';
import { identityKey, type Passing, passedKey, sentKey, type WorkingSet } from './working-set.ts';
import type { KeyedTable } from './written-tables.ts';

/** What passes to another user in one change: so many conversations, and no more once so many messages were counted. */
const MOST_PASSING = 20;
const MOST_COUNTED = 2_000;
/** Rows that go in one change: it takes some five milliseconds. */
const MOST_REMOVED = 150;

/** A batch's way to its rows. `stale` tells that the change just asked for must begin the next batch. */
export class Loader implements Want {
  private readonly statement: LoaderStatements;
  private set!: WorkingSet;
  /** Conversations that changes of this batch have named so far. */
  private readonly named = new Set<string>();
  private current: string | null = null;
  /** Users of whom changes of this batch have spoken so far, and the change just asked for. */
  private readonly mentioned = new Set<number>();
  private readonly mentions: number[] = [];
  stale = false;

  constructor(db: BetterSQLite3Database) {
    this.statement = prepareLoader(db);
  }

  /** Begins a batch over `set`. */
  begin(set: WorkingSet): void {
    this.set = set;
    this.named.clear();
    this.current = null;
    this.mentioned.clear();
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

  user(id: number): void {
    if (this.set.users.has(id)) return;
    const row = this.statement.user.get({ id });
    if (row === undefined) return;
    this.set.addUser(row);
    this.externalIdOf(id);
  }

  userByUuid(uuid: string): void {
    if (this.set.usersByUuid.has(uuid)) return;
    const row = this.statement.userByUuid.get({ uuid });
    if (row === undefined) this.set.usersByUuid.set(uuid, null);
    else {
      this.set.addUser(row);
      this.externalIdOf(row.id);
    }
  }

  userByEmail(email: string): void {
    const found = this.statement.userByEmail.get({ email });
    if (found !== undefined) this.user(found.id);
    this.set.usersByEmail.set(email, found === undefined ? null : (this.set.users.get(found.id) ?? null));
  }

  emailOf(user: { externalId: string }): void {
    const email = this.set.users.get(this.keyOf(user) ?? -1)?.email ?? null;
    if (email !== null) this.userByEmail(email);
  }

  identity(provider: string, subject: string): void {
    const key = identityKey(provider, subject);
    const known = this.set.identities.get(key);
    if (known === undefined || known === null) {
      this.set.identities.set(key, this.statement.identity.get({ provider, subject }) ?? null);
    }
    const row = this.set.identities.get(key);
    if (row) this.user(row.user);
  }

  private externalIdOf(user: number): void {
    this.set.externalIds.set(user, this.statement.externalId.get({ user })?.subject ?? null);
  }

  row(table: KeyedTable, id: number): void {
    const held = this.set.rows[table] as Map<number, unknown>;
    if (!held.has(id)) held.set(id, this.statement.row[table].get({ id }) ?? null);
  }

  settings(): void {
    this.row('settings', SETTINGS);
    const { agent = null, peer = null } = this.set.rows.settings.get(SETTINGS)?.value.firstAssignee ?? {};
    for (const uuid of [agent, peer]) if (uuid !== null) this.authors({ uuid });
  }

  cannedReply(shortcut: string): void {
    if (this.set.cannedReplies.has(shortcut)) return;
    const id = this.statement.cannedReply.get({ shortcut })?.id;
    if (id !== undefined) this.row('cannedReplies', id);
    this.set.cannedReplies.set(shortcut, id === undefined ? null : (this.set.rows.cannedReplies.get(id) ?? null));
  }

  sessionsOf(user: number): void {
    for (const row of this.statement.sessionsOf.all({ user })) {
      if (!this.set.rows.sessions.get(row.id)) this.set.rows.sessions.set(row.id, row);
    }
  }

  conversation(uuid: string): void {
    this.current = uuid;
    if (this.set.conversationsByUuid.has(uuid)) return;
    const row = this.statement.conversationByUuid.get({ uuid });
    if (row === undefined) this.set.conversationsByUuid.set(uuid, null);
    else this.whole(row);
  }

  openKey(key: string): void {
    const holder = this.holderOf(key);
    if (holder !== null) this.current = holder.uuid;
  }

  private holderOf(key: string): ConversationRow | null {
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
    this.set.addConversation(row);
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

  private participantIn(row: ConversationRow, user: number): ParticipantRow | null {
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

  /** The key of somebody named from outside. */
  private keyOf(user: { uuid: string } | { externalId: string }): number | undefined {
    if ('uuid' in user) {
      this.userByUuid(user.uuid);
      return this.set.usersByUuid.get(user.uuid)?.id;
    }
    this.identity('host', user.externalId);
    return this.set.identities.get(identityKey('host', user.externalId))?.user;
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

  authors(user: number | { uuid: string }): void {
    const id = typeof user === 'number' ? user : this.keyOf(user);
    if (id === undefined) return;
    this.mentions.push(id);
    this.user(id);
    if (this.set.authorsOf.has(id)) return;
    const rows = this.statement.authorsOf.all({ user: id });
    for (const row of rows) this.set.addAuthor(row);
    this.set.authorsOf.set(id, rows);
  }

  private author(id: number | null | undefined): void {
    if (id === null || id === undefined || this.set.authors.has(id)) return;
    const row = this.statement.author.get({ id });
    if (row === undefined) return;
    this.set.addAuthor(row);
    this.user(row.user);
  }

  message(conversation: string, uuid: string): void {
    this.conversation(conversation);
    const row = this.set.conversationsByUuid.get(conversation);
    if (!row) return;
    const held = this.set.messagesOf(row.id);
    if (held.has(uuid)) return;
    const message = this.statement.message.get({ conversation: row.id, uuid });
    held.set(uuid, message ?? null);
    if (message === undefined) return;
    this.author(message.author);
    const system = message.extra?.system;
    for (const person of [system?.user, system?.by, system?.to]) this.author(person);
    const author = message.author === null ? undefined : this.set.authors.get(message.author);
    if (author !== undefined) this.participant(conversation, author.user);
    this.filesOf(message);
  }

  private attachmentsOf(message: number): void {
    const rows = this.statement.attachmentsOf.all({ message }).map((row) => this.heldAttachment(row));
    this.set.attachmentsOf.set(
      message,
      rows.toSorted((a, b) => a.place - b.place),
    );
  }

  attachment(uuid: string): void {
    if (this.set.attachments.has(uuid)) return;
    const row = this.statement.attachment.get({ uuid });
    if (row === undefined) this.set.attachments.set(uuid, null);
    else this.heldAttachment(row);
  }

  /** The one row of the set for what was just read. */
  private heldAttachment(row: AttachmentRow): AttachmentRow {
    const held = this.set.attachments.get(row.uuid);
    if (held) return held;
    this.set.addAttachment(row);
    if (row.file !== null && !this.set.files.has(row.file)) {
      const file = this.statement.file.get({ id: row.file });
      if (file !== undefined) this.set.addFile(file);
    }
    return row;
  }

  file(hash: string): void {
    if (this.set.filesByHash.has(hash)) return;
    const row = this.statement.fileByHash.get({ hash });
    if (row === undefined) this.set.filesByHash.set(hash, null);
    else this.set.addFile(row);
  }

  shown(avatar: string): void {
    const { userShowing, authorShowing } = this.statement;
    this.set.shown.set(avatar, (userShowing.get({ avatar }) ?? authorShowing.get({ avatar })) !== undefined);
  }

  waitingOf(user: number): void {
    if (this.set.waitingOf.has(user)) return;
    this.set.waitingOf.set(user, this.statement.waitingOf.get({ user })?.count ?? 0);
  }

  sent(user: number | { uuid: string }, kind: 'support' | 'direct', uuid: string): void {
    const id = typeof user === 'number' ? user : this.keyOf(user);
    if (id === undefined) return;
    const key = sentKey(id, kind, uuid);
    if (this.set.sentBefore.has(key)) return;
    const found = this.statement.sent.get({ user: id, kind, uuid });
    if (found === undefined) {
      this.set.sentBefore.set(key, null);
      return;
    }
    // The same row as by its conversation: what an earlier change of the batch does to it shows here too.
    this.message(found.conversation, uuid);
    const row = this.set.conversationsByUuid.get(found.conversation);
    this.set.sentBefore.set(key, (row && this.set.messagesOf(row.id).get(uuid)) ?? null);
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

  private allAuthorsOf(user: number): void {
    const authors = this.statement.allAuthorsOf.all({ user });
    for (const row of authors) this.set.addAuthor(row);
    this.set.authorsOf.set(user, authors);
  }

  private uploadsOf(user: number): AttachmentRow[] {
    return this.statement.waitingAttachmentsOf.all({ user }).map((row) => this.heldAttachment(row));
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
      pushes: this.statement.allPushesOf.all({ user }),
      notices: this.statement.noticesOf.all({ user }),
      removals: this.statement.removalsOf.all({ user }),
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

  private byKey(id: number): ConversationRow | null {
    if (!this.set.conversations.has(id)) {
      const row = this.statement.conversation.get({ id });
      if (row !== undefined) this.whole(row);
    }
    return this.set.conversations.get(id) ?? null;
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
      (sum, user) => sum + (user === undefined ? 0 : (this.statement.ownBetween.get({ ...above, user })?.count ?? 0)),
      0,
    );
    const reads = row.kind === 'direct' ? this.statement.readsOf.all({ conversation: row.id, user: from }) : [];
    into.push({ conversation: row.id, own, reads });
    return row.seq - mark;
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

  private filesOf(message: MessageRow): void {
    if (message.kind === 'file' && message.deletedAt === null) this.attachmentsOf(message.id);
  }

  private sideAndMain(uuid: string): (ConversationRow | null)[] {
    this.conversation(uuid);
    const main = this.set.conversationsByUuid.get(uuid) ?? null;
    return main === null ? [] : [this.set.sides.get(main.id) ?? null, main];
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
    const own = this.statement.ownBetween.get({ ...whose, from: readSeq, to: seq })?.count ?? 0;
    const stepTo = (this.statement.nextForeign.get({ ...whose, from: seq })?.seq ?? row.seq + 1) - 1;
    const behind = stepTo > seq ? (this.statement.ownBetween.get({ ...whose, from: seq, to: stepTo })?.count ?? 0) : 0;
    this.set.passed.set(passedKey(row.id, who, seq), { own, behind, stepTo });
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
}
