import type { Changes, History, Sync } from '../../../src/protocol/catching-up.ts';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import type { Event } from '../../../src/protocol/events.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Participant } from '../../../src/protocol/participant.ts';
import type { Me, Person } from '../../../src/protocol/person.ts';

/** So small that a few changes need several pages, and a dozen a reset. */
const SYNC_PAGE = 3;
const SYNC_MOST = 9;
const NEWEST = 4;
const CHANGES_PAGE = 2;
const CHANGES_MOST = 4;

export const me: Me = { id: 'me', name: 'Me', role: 'user', anonymous: false, fields: {} };
export const agentMe: Me = { ...me, role: 'agent' };
export const other: Person = { id: 'other', name: 'Other', role: 'user' };
const bot: Person = { id: 'bot', name: 'Bot', role: 'bot' };

type Model = {
  id: string;
  kind: Conversation['kind'];
  rev: number;
  resetRev: number;
  messages: Message[];
  people: Map<string, Participant>;
  status: Conversation['status'];
  subject: string | null;
  teamReadSeq: number;
  position: number;
  activity: number;
  side?: { id: string; rev: number; resetRev: number; messages: Message[]; tags: string[] };
};

/** What the server puts on a line: an event, or a socket's answer in its place. */
export type Told = { event: Event } | { ok: Message; conversation?: Conversation; sending: string };

/**
 * The server in a page, in memory, as one caller meets it: what is true now, what it tells of each change,
 * and what it answers to those who catch up. The rules of the client are tried against it.
 */
export class ModelServer {
  epoch = 'e1';
  position = 1_700_000_000_000_000;
  readonly models = new Map<string, Model>();
  /** By id: those that may no longer be read, and since when. */
  readonly removed = new Map<string, number>();
  readonly caller: Me;
  private readonly tell: (told: Told) => void;
  private made = 0;

  constructor(caller: Me, tell: (told: Told) => void) {
    this.caller = caller;
    this.tell = tell;
  }

  private now(): string {
    return new Date(Math.floor(++this.position / 1000)).toISOString();
  }

  private participant(user: Person, rev: number): Participant {
    const at = this.now();
    return { user, joinedAt: at, leftAt: null, moderator: false, rev, readSeq: 0, readAt: null, deliveredSeq: 0 };
  }

  make(kind: Model['kind']): string {
    const id = `c${++this.made}`;
    const isTeam = this.caller.role !== 'user';
    const customer = isTeam && kind === 'support' ? other : this.caller;
    const people = kind === 'direct' ? [this.caller, other] : kind === 'room' ? [this.caller] : [customer];
    const { id: personId, name, role } = this.caller;
    this.models.set(id, {
      id,
      kind,
      rev: 1,
      resetRev: 0,
      messages: [],
      people: new Map(
        people.map((one) => [
          one.id,
          this.participant(one === this.caller ? { id: personId, name, role } : (one as Person), 1),
        ]),
      ),
      status: 'open',
      subject: null,
      teamReadSeq: 0,
      position: ++this.position,
      activity: this.position,
      ...(kind === 'support' ? { side: { id: `s${this.made}`, rev: 1, resetRev: 0, messages: [], tags: [] } } : {}),
    });
    this.tell({
      event: { type: 'conversation.created', conversationId: id, rev: 1, conversation: this.copy(id, false) },
    });
    return id;
  }

  private model(id: string): Model {
    return this.models.get(id) as Model;
  }

  /** Whether the caller's mark here is the team's. */
  private isTeams(model: Model): boolean {
    return model.kind === 'support' && this.caller.role !== 'user';
  }

  private my(model: Model): { readSeq: number; unread: number } {
    const team = this.isTeams(model);
    const readSeq = team ? model.teamReadSeq : (model.people.get('me')?.readSeq ?? 0);
    const counts = (message: Message) =>
      message.seq > readSeq &&
      message.kind !== 'system' &&
      !message.deletedAt &&
      (team ? message.author?.role === 'user' : message.author?.id !== 'me');
    return { readSeq, unread: model.messages.filter(counts).length };
  }

  /** A conversation as it is now; `mine` in answers, not in events. */
  copy(id: string, mine: boolean): Conversation {
    const model = this.model(id);
    const last = model.messages.findLast((message) => message.kind !== 'system' && !message.deletedAt);
    const isTeam = this.caller.role !== 'user';
    return structuredClone({
      id,
      kind: model.kind,
      seq: model.messages.length,
      rev: model.rev,
      status: model.status,
      subject: model.subject,
      maxLength: 1000,
      participants: model.kind === 'room' ? [] : [...model.people.values()],
      last: last
        ? {
            seq: last.seq,
            authorId: last.author?.id ?? null,
            kind: last.kind,
            text: (last.content ?? '').slice(0, 120),
            at: last.createdAt,
          }
        : null,
      activity: model.activity,
      createdAt: '2026-01-01T00:00:00.000Z',
      closedAt: null,
      ...(model.kind === 'room'
        ? { participantCount: [...model.people.values()].filter((one) => one.leftAt === null).length }
        : {}),
      ...(model.kind === 'support' ? { teamReadSeq: model.teamReadSeq } : {}),
      ...(model.side && isTeam
        ? {
            team: {
              id: model.side.id,
              seq: model.side.messages.length,
              rev: model.side.rev,
              tags: model.side.tags,
              snoozedUntil: null,
              ip: null,
              userAgent: null,
              context: {},
            },
          }
        : {}),
      ...(mine ? { my: this.my(model) } : {}),
    });
  }

  /** Tells a durable change; the team hears it with the conversation in support, others when more changed. */
  private say(
    model: Model,
    type: 'message.created' | 'message.updated' | 'message.deleted',
    message: Message,
    more: boolean,
  ) {
    const withCopy = more || this.isTeams(model);
    this.tell({
      event: structuredClone({
        type,
        conversationId: model.id,
        rev: model.rev,
        message,
        ...(withCopy ? { conversation: this.copy(model.id, false) } : {}),
      }),
    });
  }

  private add(model: Model, author: Person | null, fields: Partial<Message>): Message {
    const message: Message = {
      id: `m${++this.made}`,
      conversationId: model.id,
      seq: model.messages.length + 1,
      rev: ++model.rev,
      kind: author ? 'text' : 'system',
      author,
      ai: author?.role === 'bot',
      content: null,
      attachments: [],
      createdAt: this.now(),
      editedAt: null,
      deletedAt: null,
      ...fields,
    };
    model.messages.push(message);
    model.position = this.position;
    if (author) model.activity = this.position;
    return message;
  }

  write(id: string, author: Person, content: string, streaming = false): void {
    const model = this.model(id);
    const reopened = model.status === 'closed' && author.role === 'user' && model.kind === 'support';
    if (reopened) model.status = 'open';
    const message = this.add(model, author, { content, ...(streaming ? { state: 'streaming' } : {}) });
    if (model.kind === 'support' && author.role !== 'user' && author.role !== 'bot') model.teamReadSeq = message.seq;
    this.say(model, 'message.created', message, reopened);
  }

  /** The caller's own send: a socket is answered in place of the event, HTTP hears the event all the same. */
  send(id: string, content: string, overHttp: boolean): Message {
    const model = this.model(id);
    const mine = model.people.get('me');
    const before = this.my(model).unread;
    const { id: personId, name, role } = this.caller;
    const message = this.add(model, { id: personId, name, role }, { content });
    if (this.isTeams(model)) model.teamReadSeq = message.seq;
    else if (mine && before === 0) mine.readSeq = message.seq;
    if (overHttp) this.say(model, 'message.created', message, false);
    else {
      const ok = structuredClone(message);
      this.tell(this.isTeams(model) ? { ok, conversation: this.copy(id, false), sending: id } : { ok, sending: id });
    }
    return structuredClone(message);
  }

  private isNewest(model: Model, message: Message): boolean {
    return model.messages.findLast((one) => one.kind !== 'system' && !one.deletedAt) === message;
  }

  edit(id: string, at: number, content: string): void {
    const model = this.model(id);
    const message = model.messages[at % Math.max(1, model.messages.length)];
    if (!message || message.kind === 'system' || message.deletedAt || message.state) return;
    Object.assign(message, { content, rev: ++model.rev, editedAt: this.now() });
    model.position = this.position;
    this.say(model, 'message.updated', message, this.isNewest(model, message));
  }

  delete(id: string, at: number): void {
    const model = this.model(id);
    const message = model.messages[at % Math.max(1, model.messages.length)];
    if (!message || message.kind === 'system' || message.deletedAt) return;
    const newest = this.isNewest(model, message);
    Object.assign(message, { content: null, rev: ++model.rev, deletedAt: this.now() });
    delete message.state;
    model.position = this.position;
    this.say(model, 'message.deleted', message, newest);
  }

  /** Text of the bot's running answer: no rev, and it may be lost. */
  stream(id: string, text: string): void {
    const message = this.model(id).messages.find((one) => one.state === 'streaming');
    if (!message) {
      this.write(id, bot, '', true);
      return;
    }
    const offset = (message.content as string).length;
    message.content += text;
    this.tell({ event: { type: 'message.delta', conversationId: id, messageId: message.id, offset, text } });
  }

  whole(id: string): void {
    const model = this.model(id);
    const message = model.messages.find((one) => one.state === 'streaming');
    if (!message) return;
    delete message.state;
    message.rev = ++model.rev;
    model.position = ++this.position;
    this.say(model, 'message.updated', message, this.isNewest(model, message));
  }

  rename(id: string, subject: string): void {
    const model = this.model(id);
    Object.assign(model, { subject, status: 'closed', rev: model.rev + 1, position: ++this.position });
    const conversation = this.copy(id, false);
    this.tell({ event: { type: 'conversation.updated', conversationId: id, rev: model.rev, conversation } });
  }

  /** Somebody comes into a room or goes: the participant, then its system message. */
  come(id: string, n: number): void {
    const model = this.model(id);
    if (model.kind !== 'room') return;
    const user: Person = { id: `p${n}`, name: `P${n}`, role: 'user' };
    const former = model.people.get(user.id);
    const rev = ++model.rev;
    const gone = former !== undefined && former.leftAt === null;
    const participant = { ...(former ?? this.participant(user, rev)), rev, leftAt: gone ? this.now() : null };
    model.people.set(user.id, participant);
    this.tell({
      event: structuredClone({ type: 'participant.updated', conversationId: id, rev, participant }),
    });
    const message = this.add(model, null, { system: { code: gone ? 'left' : 'joined', user } });
    this.say(model, 'message.created', message, false);
  }

  /** The other reads, or the caller does on another device, or the team. */
  read(id: string, who: 'me' | 'other' | 'team', at: number): void {
    const model = this.model(id);
    const seq = Math.min(at, model.messages.length);
    const readAt = this.now();
    if (who === 'team' || (who === 'me' && this.isTeams(model))) {
      if (model.kind !== 'support' || seq <= model.teamReadSeq) return;
      model.teamReadSeq = seq;
    } else {
      const person = model.people.get(who);
      if (!person || seq <= person.readSeq) return;
      Object.assign(person, { readSeq: seq, readAt });
    }
    const mine = who === 'me' || (who === 'team' && this.isTeams(model));
    if (mine) model.position = this.position;
    this.tell({
      event: {
        type: 'participant.read',
        conversationId: id,
        userId: this.isTeams(model) && mine ? 'team' : who,
        readSeq: seq,
        readAt,
        ...(mine ? { unread: this.my(model).unread } : {}),
      },
    });
  }

  /** A note, tags: a change of the side conversation, told to the team with the parent. */
  note(id: string, content: string): void {
    const { side, ...model } = this.model(id);
    if (!side || this.caller.role === 'user') return;
    const message: Message = {
      id: `m${++this.made}`,
      conversationId: side.id,
      seq: side.messages.length + 1,
      rev: ++side.rev,
      kind: 'text',
      author: { id: 'a2', name: 'Colleague', role: 'agent' },
      ai: false,
      content,
      attachments: [],
      afterSeq: model.messages.length,
      createdAt: this.now(),
      editedAt: null,
      deletedAt: null,
    };
    side.messages.push(message);
    side.tags = [content];
    this.model(id).position = this.position;
    const { rev } = side;
    this.tell({
      event: structuredClone({
        type: 'message.created',
        conversationId: side.id,
        parentId: id,
        rev,
        message,
        conversation: this.copy(id, false),
      }),
    });
  }

  /** A merge or an erasure: rows change without a rev of their own. */
  bulk(id: string, name: string): void {
    const model = this.model(id);
    for (const message of model.messages) {
      if (message.author?.id === 'other') message.author = { ...message.author, name };
    }
    model.resetRev = ++model.rev;
    model.position = ++this.position;
    const conversation = this.copy(id, false);
    this.tell({
      event: { type: 'conversation.updated', conversationId: id, rev: model.rev, conversation, reset: true },
    });
  }

  remove(id: string): void {
    this.models.delete(id);
    this.removed.set(id, ++this.position);
    this.tell({ event: { type: 'conversation.removed', conversationId: id } });
  }

  /** A backup is restored: another epoch, and the newest changes of one conversation never were. */
  restore(id: string): void {
    this.epoch = `e${++this.made}`;
    const model = this.model(id);
    const gone = model.messages.splice(-2);
    if (gone.length) model.rev = Math.max(1, model.rev - 2);
    for (const message of model.messages) message.rev = Math.min(message.rev, model.rev);
    for (const person of model.people.values()) {
      person.rev = Math.min(person.rev, model.rev);
      person.readSeq = Math.min(person.readSeq, model.messages.length);
    }
    model.teamReadSeq = Math.min(model.teamReadSeq, model.messages.length);
    model.resetRev = Math.min(model.resetRev, model.rev);
  }

  sync(id: string, since: number, epoch: string | undefined): Sync | undefined {
    const parent = [...this.models.values()].find((one) => one.id === id || one.side?.id === id);
    const thread = parent?.id === id ? parent : parent?.side;
    if (!parent || !thread) return undefined;
    const { rev } = thread;
    const reset =
      since === 0 || epoch !== this.epoch || since > rev || since < thread.resetRev || rev - since > SYNC_MOST;
    const changed = thread.messages.filter((one) => one.rev > since).sort((a, b) => a.rev - b.rev);
    const page = reset ? thread.messages.slice(-NEWEST) : changed.slice(0, SYNC_PAGE);
    const more = !reset && changed.length > SYNC_PAGE;
    const streaming = reset ? [] : thread.messages.filter((one) => one.state === 'streaming' && !page.includes(one));
    return structuredClone({
      epoch: this.epoch,
      reset,
      more,
      rev: more ? (page.at(-1) as Message).rev : rev,
      conversation: this.copy(parent.id, true),
      participants: parent.id === id ? [...parent.people.values()] : [],
      messages: [...page, ...streaming],
    });
  }

  /** Answers a cursor, `hello`'s or that of `GET /v1/changes`. */
  changes(cursor: string | undefined): Changes {
    const [epoch, at] = cursor?.split('@') ?? [];
    const since = Number(at);
    const here = [...this.models.values()].sort((a, b) => a.position - b.position);
    const changed = here.filter((one) => one.position > since);
    const reset = epoch !== this.epoch || changed.length > CHANGES_MOST;
    const page = reset ? here.slice(-CHANGES_PAGE) : changed.slice(0, CHANGES_PAGE);
    const more = !reset && changed.length > CHANGES_PAGE;
    return {
      epoch: this.epoch,
      reset,
      more,
      cursor: more ? `${this.epoch}@${(page.at(-1) as Model).position}` : this.cursor(),
      conversations: page.map((one) => this.copy(one.id, true)),
      removed: reset ? [] : [...this.removed].filter(([, position]) => position > since).map(([id]) => id),
    };
  }

  cursor(): string {
    return `${this.epoch}@${this.position}`;
  }

  history(id: string, before: number): History | undefined {
    const model = this.models.get(id);
    if (!model) return undefined;
    const items = model.messages.filter((one) => one.seq < before).slice(-2);
    return structuredClone({ epoch: this.epoch, rev: model.rev, items });
  }
}
