/** The conversation that rows of a source belong to: found where it was brought in before or lives, else made. */
import { eq, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import { directKey, externalKey, supportKey } from '../../db/conversation-keys.ts';
import { type ConversationRow, newConversation, type ParticipantRow, type UserRow } from '../../db/rows.ts';
import { conversations, participants } from '../../db/schema/conversations.ts';
import { firstCodePoints } from '../../protocol/code-points.ts';
import { MAX_LINE_LENGTH } from '../../protocol/limits.ts';
import type { Format } from './formats.ts';
import { idFrom } from './ids.ts';
import type { Outcomes } from './outcome.ts';
import type { People } from './people.ts';
import type { StagedConversation, StagedParticipant } from './staged.ts';

export interface Begun {
  row: ConversationRow;
  /** Who is in it, by their key. */
  participants: Map<number, ParticipantRow>;
  /** Whose support conversation it is. */
  customer: UserRow | null;
  /** Whether it was made just now. */
  isNew: boolean;
}

export interface Parts {
  bulk: Bulk;
  people: People;
  format: Format;
  outcomes: Outcomes;
  /** Conversations of which the source does not tell it and whose last message is older are closed; ms. */
  closeBefore: number | null;
  now: number;
}

type Times = { first: number; last: number } | null;

const conversationId = (format: Format, key: string) => idFrom('conversation', format.name, key);

export class Beginnings {
  private readonly parts: Parts;
  private readonly statement;

  constructor(parts: Parts) {
    this.parts = parts;
    const { db } = parts.bulk;
    const param = sql.placeholder;
    const conversationBy = (column: 'uuid' | 'openKey') =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations[column], param('value')))
        .prepare();
    this.statement = {
      // Most are not there, which Drizzle takes longer to say than the store.
      isThere: db.$client.prepare('select 1 from conversations where uuid = ?').pluck(),
      byUuid: conversationBy('uuid'),
      byOpenKey: conversationBy('openKey'),
      participants: db
        .select()
        .from(participants)
        .where(eq(participants.conversation, param('conversation')))
        .prepare(),
    };
  }

  /** Whether it was brought in before. */
  isThere(key: string): boolean {
    return this.statement.isThere.get(conversationId(this.parts.format, key)) !== undefined;
  }

  /** @param times when its first and last message was written */
  begin(staged: StagedConversation, more: readonly StagedParticipant[], times: Times): Begun {
    const { format } = this.parts;
    const uuid = conversationId(format, staged.key);
    const there = this.isThere(staged.key) ? this.statement.byUuid.get({ value: uuid }) : undefined;
    if (there !== undefined) return this.found(there);
    // No conversation begins after its first message, whatever the source's clocks say.
    const first = times?.first ?? staged.createdAt ?? this.parts.now;
    const createdAt = Math.min(staged.createdAt ?? first, first);
    const last = times?.last ?? createdAt;
    if (format.kind === 'support') return this.support(uuid, staged, createdAt, last);
    if (format.kind === 'direct') return this.direct(uuid, staged, createdAt);
    return this.room(uuid, staged, more, createdAt, last);
  }

  private found(row: ConversationRow): Begun {
    const inside = this.statement.participants.all({ conversation: row.id });
    const participants = new Map(inside.map((participant) => [participant.user, participant]));
    const customer = row.customer === null ? null : this.parts.people.byRow(row.customer);
    return { row, participants, customer, isNew: false };
  }

  private support(uuid: string, staged: StagedConversation, createdAt: number, last: number): Begun {
    const { bulk, people, now } = this.parts;
    const { customer: key = '', queue, customerName, customerEmail } = staged;
    const customer = people.of(key ?? '', { role: 'user', name: customerName, email: customerEmail });
    const closedAt = this.closedAt(staged, last);
    const row = this.conversation({ uuid, kind: 'support', createdAt, staged, closedAt });
    row.customer = customer.id;
    row.queue = queue;
    row.assignee = this.assigneeOf(staged)?.id ?? null;
    if (closedAt === null) {
      row.openKey = this.openKeyFor(row, last);
      if (row.assignee === null) row.waiting = Math.min(createdAt, now) * 1000;
    }
    this.insert(row);
    const side = this.row({ uuid: idFrom('side', uuid), kind: 'side', createdAt });
    side.parent = row.id;
    side.ip = staged.ip;
    side.userAgent = staged.userAgent;
    bulk.insert('conversations', side);
    const participants = new Map<number, ParticipantRow>();
    addParticipant(bulk, { row, participants }, customer, createdAt);
    return { row, participants, customer, isNew: true };
  }

  private direct(uuid: string, staged: StagedConversation, createdAt: number): Begun {
    const { bulk, people } = this.parts;
    const [a, b] = staged.people.map((key) => people.of(key));
    if (a === undefined || b === undefined) throw new Error('a direct conversation has two people');
    const openKey = directKey(a.id, b.id);
    const there = this.statement.byOpenKey.get({ value: openKey });
    if (there !== undefined) return this.found(there);
    const row = this.conversation({ uuid, kind: 'direct', createdAt, staged, closedAt: null });
    row.openKey = openKey;
    this.insert(row);
    const participants = new Map<number, ParticipantRow>();
    for (const user of [a, b]) addParticipant(bulk, { row, participants }, user, createdAt);
    return { row, participants, customer: null, isNew: true };
  }

  private room(
    uuid: string,
    staged: StagedConversation,
    more: readonly StagedParticipant[],
    createdAt: number,
    last: number,
  ): Begun {
    const { bulk, people } = this.parts;
    const externalId = firstCodePoints(staged.key, MAX_LINE_LENGTH);
    const there = this.statement.byOpenKey.get({ value: externalKey(externalId) });
    const begun = there === undefined ? null : this.found(there);
    const row =
      there ?? this.conversation({ uuid, kind: 'room', createdAt, staged, closedAt: this.closedAt(staged, last) });
    const participants = begun?.participants ?? new Map<number, ParticipantRow>();
    if (there === undefined) {
      row.externalId = externalId;
      row.openKey = externalKey(externalId);
      this.insert(row);
    }
    for (const key of staged.people) addParticipant(bulk, { row, participants }, people.of(key), createdAt);
    for (const { user: key, name, title, moderator, createdAt: joinedAt } of more) {
      const user = people.of(key, { name });
      addParticipant(bulk, { row, participants }, user, joinedAt ?? createdAt, { title, moderator });
    }
    return { row, participants, customer: null, isNew: there === undefined };
  }

  /** Null: it is open. */
  private closedAt(staged: StagedConversation, last: number): number | null {
    const { closeBefore } = this.parts;
    const old = closeBefore !== null && last < closeBefore;
    return (staged.closed ?? old) ? (staged.closedAt ?? last) : null;
  }

  private assigneeOf({ assignee, queue }: StagedConversation): UserRow | null {
    const { people, format } = this.parts;
    if (assignee === null) return null;
    const user = people.of(assignee, { role: queue === 'peer' ? 'peer' : format.teamRole });
    return maySupport(user) ? user : null;
  }

  /** Of a customer's open conversations `to: "support"` means the one that was written in last. */
  private openKeyFor(row: ConversationRow, last: number): string | null {
    const { bulk } = this.parts;
    const key = supportKey(row.queue ?? 'agent', row.customer ?? 0);
    const holder = this.statement.byOpenKey.get({ value: key });
    if (holder === undefined) return key;
    if (holder.activity >= last * 1000) return null;
    bulk.save('conversations', { ...holder, openKey: null });
    return key;
  }

  private conversation(about: {
    uuid: string;
    kind: ConversationRow['kind'];
    createdAt: number;
    staged: StagedConversation;
    closedAt: number | null;
  }): ConversationRow {
    const row = this.row(about);
    row.subject = about.staged.subject;
    row.status = about.closedAt === null ? 'open' : 'closed';
    row.closedAt = about.closedAt;
    return row;
  }

  private row({ uuid, kind, createdAt }: Pick<ConversationRow, 'uuid' | 'kind' | 'createdAt'>): ConversationRow {
    const { bulk, now } = this.parts;
    const activity = Math.min(createdAt, now) * 1000;
    return newConversation({ id: bulk.nextId(), uuid, kind, createdAt, position: bulk.tick(), activity });
  }

  private insert(row: ConversationRow): void {
    this.parts.bulk.insert('conversations', row);
    this.parts.outcomes.conversations += 1;
  }
}

/** Who may be in charge of support conversations: nobody who only stands for others. */
export function maySupport({ role, disabledAt, erasedAt }: UserRow): boolean {
  return role !== 'user' && disabledAt === null && erasedAt === null;
}

/** Puts somebody in who is not in yet; what they are there may be told later. */
export function addParticipant(
  bulk: Bulk,
  { row, participants }: Pick<Begun, 'row' | 'participants'>,
  user: UserRow,
  joinedAt: number,
  as: { title?: string | null; moderator?: boolean } = {},
): ParticipantRow {
  const known = participants.get(user.id);
  if (known !== undefined) {
    known.title ??= as.title ?? null;
    known.moderator ||= as.moderator ?? false;
    return known;
  }
  const made: ParticipantRow = {
    conversation: row.id,
    user: user.id,
    title: as.title ?? null,
    moderator: as.moderator ?? false,
    joinedAt,
    leftAt: null,
    rev: row.rev,
    readSeq: row.seq,
    readAt: null,
    deliveredSeq: row.seq,
    ownAfterRead: 0,
    markPosition: row.position,
    memberPosition: row.position,
  };
  bulk.insert('participants', made);
  participants.set(user.id, made);
  row.participantCount += 1;
  return made;
}
