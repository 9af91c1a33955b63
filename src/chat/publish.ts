/**
 * Who hears what of a judged change: the one place where an event meets a line. Called by the writer after each
 * commit, in the order of the batch; following and evicting happen here too, between one change and the next.
 */
import { Frame } from '../hub/frame.ts';
import type { Hub } from '../hub/hub.ts';
import type { Line } from '../hub/line.ts';
import type { Conversation } from '../protocol/conversation.ts';
import type { Event } from '../protocol/events.ts';
import { mayRead, mayReadSide, type Standing, type View, viewOf } from './access.ts';
import type {
  EvictPublication,
  GonePublication,
  MarkPublication,
  Publication,
  ThreadEvent,
  ThreadPublication,
  UserPublication,
} from './publication.ts';
import { seenAs } from './views.ts';

interface Decided {
  publications: Publication[];
  settle: () => void;
}

/**
 * Gives the function that the writer calls with each committed batch, of this server or (`elsewhere`) another one. What goes
 * wrong with one publication is told to `onError`, and keeps nobody from the others.
 */
export function publisher(
  hub: Hub,
  told: (publication: Publication, elsewhere: boolean) => void = () => {},
  onError: (error: unknown) => void = () => {},
) {
  const tell = (publication: Publication, elsewhere: boolean): void => {
    try {
      publish(hub, publication);
      told(publication, elsewhere);
    } catch (error) {
      onError(error);
    }
  };
  return (batch: readonly Decided[], position: number, elsewhere = false): void => {
    hub.batch(() => {
      for (const { publications, settle } of batch) {
        for (const publication of publications) tell(publication, elsewhere);
        settle();
      }
      hub.position = position;
    });
  };
}

function publish(hub: Hub, publication: Publication): void {
  switch (publication.type) {
    case 'thread':
      publishThread(hub, publication);
      break;
    case 'mark':
      publishMark(hub, publication);
      break;
    case 'user':
      publishToUser(hub, publication);
      break;
    case 'evict':
      evict(hub, publication);
      break;
    case 'gone':
      publishGone(hub, publication);
      break;
    case 'job':
    case 'files':
    case 'settings':
    case 'turn':
    case 'webhooks':
      break;
  }
}

/** Whether a line is told of a conversation while it stands like this: reading alone is not hearing. */
export function hears(line: Line, standing: Standing): boolean {
  if (standing.kind !== 'support') return true;
  if (line.user === standing.customer || line.user === standing.assignee) return true;
  return line.inbox || line.viewing.has(standing.id);
}

/** Every line that may have heard of the conversation before, or may hear of it now. */
function linesAround(hub: Hub, standings: readonly Standing[], users: Iterable<number>): Set<Line> {
  const lines = new Set<Line>();
  const add = (some: Iterable<Line>) => {
    for (const line of some) lines.add(line);
  };
  for (const user of users) add(hub.ofUser(user));
  for (const standing of standings) {
    if (standing.customer !== null) add(hub.ofUser(standing.customer));
    if (standing.assignee !== null) add(hub.ofUser(standing.assignee));
    if (standing.kind === 'support') add(hub.watchers());
    add(standing.kind === 'room' ? hub.inRoom(standing.id) : hub.viewersOf(standing.id));
  }
  return lines;
}

function publishThread(hub: Hub, publication: ThreadPublication): void {
  const { before, after } = publication;
  const frames = new Frames(publication);
  if (before !== null && after.kind === 'direct') {
    // Both hear everything, whatever they view, and nobody comes in or goes out.
    for (const user of publication.readers) {
      for (const line of hub.ofUser(user)) deliverEvents(hub, line, publication, frames);
    }
    return;
  }
  const standings = before === null ? [after] : [before, after];
  const users = [...publication.readers, ...publication.joined, ...publication.left];
  for (const line of linesAround(hub, standings, users)) {
    const readBefore = before !== null && readsIt(hub, line, before, publication, 'before');
    const readsNow = readsIt(hub, line, after, publication, 'after');
    if (!readsNow) {
      if (readBefore && before !== null && hears(line, before)) hub.deliver(line, frames.removed());
      hub.view(line, after.id, false);
      continue;
    }
    const heardBefore = readBefore && before !== null && hears(line, before);
    if (heardBefore) deliverEvents(hub, line, publication, frames);
    else if (hears(line, after)) hub.deliver(line, frames.created(viewOf(asSomeone(line), after)));
  }
  follow(hub, publication);
}

function readsIt(
  hub: Hub,
  line: Line,
  standing: Standing,
  publication: ThreadPublication,
  when: 'before' | 'after',
): boolean {
  if (standing.kind === 'support') return mayRead(asSomeone(line), standing, false);
  if (standing.kind === 'direct') return true;
  const inside = hub.inRoom(standing.id).has(line);
  if (when === 'before') return inside;
  if (publication.joined.includes(line.user)) return true;
  return inside && !publication.left.includes(line.user);
}

function deliverEvents(hub: Hub, line: Line, publication: ThreadPublication, frames: Frames): void {
  const someone = asSomeone(line);
  const { after } = publication;
  const view = viewOf(someone, after);
  const forTeam = after.kind === 'support' && line.user !== after.customer;
  publication.events.forEach((told, index) => {
    if (told.answered && line.id === publication.line) return;
    if (told.side && !mayReadSide(someone, after)) return;
    hub.deliver(line, frames.event(index, view, forTeam));
  });
}

/** Rooms are followed by who is in them; who went out hears nothing more. */
function follow(hub: Hub, { after, joined, left }: ThreadPublication): void {
  if (after.kind !== 'room') return;
  for (const user of joined) for (const line of hub.ofUser(user)) hub.enterRoom(line, after.id);
  for (const user of left) for (const line of hub.ofUser(user)) hub.leaveRoom(line, after.id);
}

/** An event's few forms, each serialised once and shared by all who get it. */
class Frames {
  private readonly publication: ThreadPublication;
  private readonly made = new Map<string, Frame>();
  private readonly seen = new Map<View, Conversation>();

  constructor(publication: ThreadPublication) {
    this.publication = publication;
  }

  private conversation(view: View): Conversation {
    let seen = this.seen.get(view);
    if (seen === undefined) {
      if (this.publication.conversation === null) throw new Error('a conversation is told that was not described');
      seen = seenAs(this.publication.conversation, view);
      this.seen.set(view, seen);
    }
    return seen;
  }

  private once(key: string, make: () => Event): Frame {
    let frame = this.made.get(key);
    if (frame === undefined) {
      frame = new Frame(make());
      this.made.set(key, frame);
    }
    return frame;
  }

  event(index: number, view: View, forTeam: boolean): Frame {
    const told = this.publication.events[index] as ThreadEvent;
    const withConversation = forTeam || told.tellsMore;
    return this.once(`${index} ${withConversation ? view : '-'}`, () => {
      if (!withConversation || told.event.type === 'participant.updated') return told.event;
      return { ...told.event, conversation: this.conversation(view) } as Event;
    });
  }

  created(view: View): Frame {
    const conversation = this.conversation(view);
    const { id, rev } = conversation;
    return this.once(`created ${view}`, () => ({
      type: 'conversation.created',
      conversationId: id,
      rev,
      conversation,
    }));
  }

  removed(): Frame {
    const { conversationId } = this.publication;
    return this.once('removed', () => ({ type: 'conversation.removed', conversationId }));
  }
}

/** Who heard of it hears that it is gone, and nothing is viewed or followed any more. */
function publishGone(hub: Hub, { before, conversationId, readers }: GonePublication): void {
  const frame = new Frame({ type: 'conversation.removed', conversationId });
  for (const line of linesAround(hub, [before], readers)) {
    const read = before.kind === 'support' ? mayRead(asSomeone(line), before, false) : true;
    if (read && hears(line, before)) hub.deliver(line, frame);
    hub.view(line, before.id, false);
    hub.leaveRoom(line, before.id);
  }
}

export function publishMark(hub: Hub, publication: MarkPublication): void {
  const { standing, reader, conversationId, userId, readSeq, readAt, deliveredSeq, unread } = publication;
  const plain: Event = {
    type: 'participant.read',
    conversationId,
    userId,
    readSeq,
    readAt,
    ...(deliveredSeq === undefined ? {} : { deliveredSeq }),
  };
  const forOthers = new Frame(plain);
  const forReader = new Frame({ ...plain, unread });
  const users = reader === null ? [] : [reader];
  for (const line of linesAround(hub, [standing], [...users, ...publication.readers])) {
    const own = reader === null ? line.user !== standing.customer : line.user === reader;
    if (!own && !publication.toOthers) continue;
    if (!own && standing.kind === 'support' && !mayRead(asSomeone(line), standing, false)) continue;
    if (own && reader === null && !mayRead(asSomeone(line), standing, false)) continue;
    if (hears(line, standing)) hub.deliver(line, own ? forReader : forOthers);
  }
}

function publishToUser(hub: Hub, { user, event }: UserPublication): void {
  const frame = new Frame(event);
  for (const line of hub.ofUser(user)) hub.deliver(line, frame);
}

function evict(hub: Hub, { user, sessions, code }: EvictPublication): void {
  for (const line of [...hub.ofUser(user)]) {
    if (sessions === null || (line.session !== null && sessions.includes(line.session))) {
      hub.dismiss(line, code);
    }
  }
}

function asSomeone(line: Line) {
  return { id: line.user, role: line.role };
}
