/** What a client holds, and the protocol's rules for bringing two copies of it together. Pure. */
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { DurableEvent, EventOf } from '../../src/protocol/events.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Participant } from '../../src/protocol/participant.ts';

export interface HeldThread {
  /** The rev up to which the messages are held; 0 while they were not read at all. */
  held: number;
  messages: Map<string, Message>;
  /** Those who are or were in it, as far as they were told. */
  people: Map<string, Participant>;
  syncing: boolean;
  /** What arrived while a sync was under way. */
  waiting: DurableEvent[];
}

export function emptyThread(): HeldThread {
  return { held: 0, messages: new Map(), people: new Map(), syncing: false, waiting: [] };
}

/** Of two copies of a message the one with the higher rev. */
export function take(thread: HeldThread, message: Message): void {
  const known = thread.messages.get(message.id);
  if (known === undefined || known.rev <= message.rev) thread.messages.set(message.id, message);
}

export function takePerson(thread: HeldThread, copy: Participant): void {
  const known = thread.people.get(copy.user.id);
  thread.people.set(copy.user.id, known === undefined ? { ...copy } : mergedPerson(known, copy));
}

function mergedPerson(a: Participant, b: Participant): Participant {
  const newer = b.rev >= a.rev ? b : a;
  const read = b.readSeq >= a.readSeq ? b : a;
  const deliveredSeq = Math.max(a.deliveredSeq, b.deliveredSeq);
  return { ...newer, readSeq: read.readSeq, readAt: read.readAt, deliveredSeq };
}

/** Of two copies the higher rev, its `team` by the team's own rev, each mark the higher. */
export function merged(known: Conversation, copy: Conversation): Conversation {
  const [newer, older] = copy.rev >= known.rev ? [copy, known] : [known, copy];
  const people = new Map(older.participants.map((one) => [one.user.id, one]));
  const participants = newer.participants.map((one) => {
    const other = people.get(one.user.id);
    return other === undefined ? one : mergedPerson(other, one);
  });
  const read = (older.teamReadSeq ?? 0) > (newer.teamReadSeq ?? 0) ? older : newer;
  const { teamReadSeq, teamReadAt } = read;
  return {
    ...newer,
    participants,
    ...(teamReadSeq === undefined ? {} : { teamReadSeq }),
    ...(teamReadAt === undefined ? {} : { teamReadAt }),
    ...(newer.team === undefined || older.team === undefined || older.team.rev <= newer.team.rev
      ? {}
      : { team: older.team }),
  };
}

/** The conversation after an event that does not bring it: a new message tells the rest. */
export function folded(known: Conversation, event: DurableEvent): Conversation {
  const next = { ...known, rev: event.rev };
  if (event.type !== 'message.created') return next;
  const { message } = event;
  next.seq = message.seq;
  if (message.system?.code === 'joined') next.participantCount = (next.participantCount ?? 0) + 1;
  if (message.system?.code === 'left') next.participantCount = (next.participantCount ?? 0) - 1;
  if (message.kind === 'system') return next;
  const { seq, author, kind, content, createdAt } = message;
  next.last = {
    seq,
    authorId: author?.id ?? null,
    kind,
    text: [...(content ?? '')].slice(0, 120).join(''),
    at: createdAt,
  };
  next.activity = Date.parse(createdAt) * 1000;
  if (known.kind !== 'support') return next;
  const byCustomer = known.participants.some(({ user }) => user.id === author?.id);
  if (byCustomer) next.waiting = known.waiting ?? next.activity;
  else {
    next.waiting = null;
    next.teamReadSeq = seq;
    next.teamReadAt = createdAt;
  }
  return next;
}

/** The conversation after a mark has moved. */
export function raised(known: Conversation, mark: EventOf<'participant.read'>): Conversation {
  const { userId, readSeq, readAt, deliveredSeq = readSeq } = mark;
  if (userId === 'team') {
    return readSeq > (known.teamReadSeq ?? 0) ? { ...known, teamReadSeq: readSeq, teamReadAt: readAt } : known;
  }
  const participants = known.participants.map((one) => {
    if (one.user.id !== userId) return one;
    const read = readSeq >= one.readSeq ? { readSeq, readAt } : {};
    return { ...one, ...read, deliveredSeq: Math.max(one.deliveredSeq, deliveredSeq) };
  });
  return { ...known, participants };
}
