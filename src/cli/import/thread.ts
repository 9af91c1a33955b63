/** One conversation being laid down: its messages get their numbers in the order of their times. */
import type { Bulk } from '../../db/bulk.ts';
import type { AuthorRow, MessageRow, UserRow } from '../../db/rows.ts';
import { cleanName, typeByName } from '../../files/name.ts';
import { firstCodePoints } from '../../protocol/code-points.ts';
import { LAST_TEXT_LENGTH } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/person.ts';
import { there } from '../../protocol/there.ts';
import { addParticipant, type Begun, maySupport, type Parts } from './begin-thread.ts';
import { BOT, customerKey, TEAM, userKey } from './formats.ts';
import { timedIdFrom } from './ids.ts';
import { type Mark, markOf, type TeamMark, teamMarkOf } from './marks.ts';
import type { StagedConversation, StagedMessage } from './staged.ts';

/** Who wrote a message; `null`: nobody did. */
type Writer = { user: UserRow; author: AuthorRow; by: 'customer' | 'team' | 'bot' | 'other' } | null;

const MAX_MET = 50_000;
const MAX_WRITERS = 1_000;
const BOT_NAME = 'Assistant';
const TEAM_NAME = 'Team';

/** Finds a message that was brought in before. Not by Drizzle, which takes longer than the look itself. */
export function messageFinder({ db }: Bulk) {
  const statement = db.$client.prepare('select 1 from messages where uuid = ? and conversation = ?').pluck();
  return (uuid: string, conversation: number) => statement.get(uuid, conversation) !== undefined;
}

export class Thread {
  private readonly parts: Parts & { isThere: ReturnType<typeof messageFinder> };
  private readonly staged: StagedConversation;
  private readonly begun: Begun;
  private readonly customer: UserRow | null;
  private readonly marks = new Map<number, Mark>();
  private readonly team: TeamMark | null;
  /** Ids of its messages, where it is new and has not too many: else the store is asked. */
  private met: Set<string> | null;
  /** Who wrote, by what their messages say of them. */
  private readonly writers = new Map<string, Writer | string>();

  constructor(parts: Thread['parts'], staged: StagedConversation, begun: Begun) {
    this.parts = parts;
    this.staged = staged;
    this.begun = begun;
    this.met = begun.isNew ? new Set() : null;
    const { row } = begun;
    this.customer = begun.customer;
    this.team = row.kind === 'support' ? teamMarkOf(parts.bulk, row) : null;
  }

  /** Null: it is in, or was before; else why it is not. */
  add(message: StagedMessage): string | null {
    const { outcomes, format } = this.parts;
    const { id, piece, at } = message;
    const uuid = timedIdFrom(at, 'message', format.name, id, String(piece));
    // Of those that were brought in before no author need be looked for.
    const isThere = this.isThere(uuid);
    const writer = isThere ? null : this.writerOf(message);
    if (typeof writer === 'string') return writer;
    if (!isThere) this.append(message, uuid, writer);
    if (this.met !== null && this.met.add(uuid).size > MAX_MET) this.met = null;
    if (piece === 0) outcomes[isThere ? 'already' : 'messages'] += 1;
    return null;
  }

  private isThere(uuid: string): boolean {
    return this.met === null ? this.parts.isThere(uuid, this.begun.row.id) : this.met.has(uuid);
  }

  private append(message: StagedMessage, uuid: string, writer: Writer): void {
    const { bulk } = this.parts;
    const { row } = this.begun;
    const { at, deletedAt, content, url } = message;
    row.seq += 1;
    row.rev += 1;
    const system = writer === null;
    const kept: MessageRow = {
      id: bulk.nextId(),
      uuid,
      conversation: row.id,
      seq: row.seq,
      rev: row.rev,
      kind: system ? 'system' : url === null ? 'text' : 'file',
      author: writer?.author.id ?? null,
      ai: writer?.author.role === 'bot',
      content: deletedAt === null ? content : null,
      state: null,
      extra: system && deletedAt === null ? { system: { code: 'notice' } } : null,
      afterSeq: null,
      changed: false,
      createdAt: at,
      editedAt: message.editedAt,
      deletedAt,
    };
    bulk.insert('messages', kept);
    if (url !== null) this.attach(kept, url, message.fileName, writer);
    // Whether it is what the conversation stands at, or something older that came in late.
    const newest = at * 1000 >= row.activity;
    if (system || deletedAt !== null) row.lastUncounted = row.seq;
    else this.show(kept, writer);
    if (!system) row.activity = Math.max(row.activity, Math.min(at, this.parts.now) * 1000);
    if (deletedAt === null && writer !== null) this.count(message, writer, newest);
  }

  private attach(message: MessageRow, url: string, fileName: string | null, writer: Writer): void {
    const name = cleanName(fileName ?? decoded(new URL(url).pathname));
    this.parts.bulk.insert('attachments', {
      id: this.parts.bulk.nextId(),
      uuid: timedIdFrom(message.createdAt, 'attachment', message.uuid),
      uploader: writer?.user.id ?? null,
      message: message.id,
      place: 0,
      file: null,
      name,
      type: typeByName(name),
      size: 0,
      width: null,
      height: null,
      url,
      createdAt: message.createdAt,
    });
  }

  private show(message: MessageRow, writer: NonNullable<Writer>): void {
    const { row } = this.begun;
    row.lastSeq = message.seq;
    row.lastUser = writer.user.id;
    row.lastKind = message.kind;
    row.lastText = firstCodePoints(message.content ?? '', LAST_TEXT_LENGTH);
    row.lastAt = message.createdAt;
  }

  /** Moves the marks, and what tells who waits for whom. */
  private count({ at, read, readAt }: StagedMessage, { user, by }: NonNullable<Writer>, newest: boolean): void {
    const { row, participants } = this.begun;
    const readTime = read ? readAt : undefined;
    for (const participant of participants.values()) {
      const mark = this.markFor(participant.user);
      if (participant.user === user.id) mark.own(row.seq);
      else mark.other(row.seq, readTime);
    }
    if (this.team === null) return;
    if (by === 'customer') this.team.other(row.seq, readTime);
    else if (by === 'bot') this.team.own(row.seq);
    else this.team.answered(row.seq, at);
    if (newest) this.attend(at, user, by);
  }

  private attend(at: number, user: UserRow, by: NonNullable<Writer>['by']): void {
    const { row } = this.begun;
    if (by === 'customer') {
      if (row.status === 'open') row.waiting ??= Math.min(at, this.parts.now) * 1000;
      return;
    }
    row.waiting = null;
    if (by === 'bot') return;
    row.firstResponseAt ??= at;
    if (row.assignee === null && maySupport(user)) row.assignee = user.id;
  }

  private markFor(user: number): Mark {
    const known = this.marks.get(user);
    if (known !== undefined) return known;
    const { row, participants } = this.begun;
    const participant = there(participants.get(user), 'nobody has a mark who is not in it');
    // It is made before the message counts.
    const before = { ...row, seq: row.seq - 1 };
    const made = markOf(this.parts.bulk, before, participant, row.kind === 'direct');
    this.marks.set(user, made);
    return made;
  }

  /** Writes down how far it is. */
  save(): void {
    const { bulk } = this.parts;
    const { row, participants } = this.begun;
    row.position = bulk.tick();
    for (const mark of this.marks.values()) mark.flush();
    for (const participant of participants.values()) {
      participant.markPosition = row.position;
      bulk.save('participants', participant);
    }
    bulk.save('conversations', row);
  }

  /** A text: why nobody can be said to have written it. */
  private writerOf(message: StagedMessage): Writer | string {
    const { word, name, title, moderator, author } = message;
    if (word === 'system') return null;
    // Only the last may have a line's end in it.
    const said = `${word}\n${name}\n${title}\n${moderator}\n${author}`;
    const known = this.writers.get(said);
    if (known !== undefined) return known;
    const found = this.lookedFor(message);
    if (this.writers.size >= MAX_WRITERS) this.writers.clear();
    this.writers.set(said, found);
    return found;
  }

  private lookedFor(message: StagedMessage): Writer | string {
    const { people } = this.parts;
    const { kind } = this.begun.row;
    const found = kind === 'support' ? this.supporter(message) : this.member(message);
    if (typeof found === 'string') return found;
    const { key, role, by, name = message.name } = found;
    const user = key === null && this.customer !== null ? this.customer : people.of(key ?? '', { role, name });
    if (user.erasedAt !== null) return 'its author was erased';
    if (kind === 'room') {
      const { title, moderator, at } = message;
      addParticipant(this.parts.bulk, this.begun, user, at, { title, moderator });
    } else if (kind === 'direct' && !this.begun.participants.has(user.id)) {
      return 'its author is not one of the two';
    }
    const as = { role: user.role === 'user' ? role : user.role, name, title: message.title };
    return { user, author: people.author(user, as), by };
  }

  private member({ word, author }: StagedMessage): Found | string {
    if (author !== null) return { key: userKey(author), role: 'user', by: 'other' };
    return word === 'bot' ? { key: BOT, role: 'bot', by: 'bot', name: BOT_NAME } : 'it does not tell who wrote it';
  }

  private supporter({ word, author }: StagedMessage): Found | string {
    const { format } = this.parts;
    const customer: Found = { key: null, role: 'user', by: 'customer' };
    if (word === 'customer') return customer;
    if (word === 'bot') return { key: BOT, role: 'bot', by: 'bot', name: BOT_NAME };
    const isCustomer = author !== null && this.isCustomer(customerKey(format, author));
    if (word === null && isCustomer) return customer;
    if (word === null && author === null) return 'it does not tell who wrote it';
    const role = format.teamRole;
    if (author !== null && !isCustomer) return { key: userKey(author), role, by: 'team' };
    // Some stores stamp every message with its session's owner.
    const key = this.staged.assignee ?? TEAM;
    return { key, role, by: 'team', ...(key === TEAM ? { name: TEAM_NAME } : {}) };
  }

  private isCustomer(key: string): boolean {
    const { customer } = this.staged;
    // Of a conversation that was brought in before, the files may not tell whose it is.
    return customer === null ? this.parts.people.known(key)?.id === this.customer?.id : key === customer;
  }
}

interface Found {
  /** Null: the customer. */
  key: string | null;
  role: Role;
  by: NonNullable<Writer>['by'];
  name?: string | null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
