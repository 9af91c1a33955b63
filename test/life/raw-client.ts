/**
 * A client of its own making, small enough to be read beside the protocol: it keeps state by the rules that the
 * protocol gives to clients, and notes whatever breaks what it promises to them. It shares nothing with the SDK.
 */
import type { Sync } from '../../src/protocol/catching-up.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { DurableEvent, EventOf } from '../../src/protocol/events.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Actor, Body } from '../helper.ts';
import { pingedBehindAll } from '../servers.ts';
import { HeardRevs } from './heard-revs.ts';
import { emptyThread, folded, type HeldThread, merged, raised, take, takePerson } from './held-state.ts';
import { RawLine } from './raw-line.ts';

export interface ClientOptions {
  /** Says `inbox` in its hello: it hears every support conversation that it may read. */
  inbox?: boolean;
}

export class RawClient extends RawLine {
  readonly inbox: boolean;
  readonly conversations = new Map<string, Conversation>();
  /** Conversations and side conversations whose messages it keeps. */
  readonly threads = new Map<string, HeldThread>();
  cursor: string | null = null;
  epoch = '';
  me: Body = null;
  /** The numbers over the inbox, as they were told last. */
  counts: Body = null;
  private readonly heard = new HeardRevs(this.faults);
  private readonly viewing = new Set<string>();
  private readonly busy = new Set<Promise<unknown>>();

  constructor(url: string, actor: Actor, options: ClientOptions = {}) {
    super(url, actor);
    this.inbox = options.inbox ?? false;
  }

  /** Another device that holds what this one holds now, and has no line yet. */
  fork(): RawClient {
    const other = new RawClient(this.url, this.actor, { inbox: this.inbox });
    other.cursor = this.cursor;
    other.epoch = this.epoch;
    for (const [id, conversation] of this.conversations) other.conversations.set(id, structuredClone(conversation));
    for (const [id, thread] of this.threads) other.threads.set(id, structuredClone(thread));
    return other;
  }

  /** Opens a line and says hello, with what it holds. A line that is there is cut first. Null: lost meanwhile. */
  async connect(): Promise<Body> {
    this.heard.clear();
    this.viewing.clear();
    if (!(await this.openSocket())) return null;
    const held = [...this.threads].filter(([, thread]) => thread.held > 0).slice(0, 50);
    const revs = Object.fromEntries(held.map(([id, thread]) => [id, thread.held]));
    const welcome = await this.call({
      type: 'hello',
      token: this.actor.token,
      ...(this.cursor === null ? {} : { cursor: this.cursor, revs }),
      ...(this.inbox ? { inbox: true } : {}),
    });
    if (welcome !== null && welcome.type !== 'welcome') this.faults.push(`no welcome: ${JSON.stringify(welcome)}`);
    return welcome;
  }

  protected override lost(): void {
    for (const thread of this.threads.values()) {
      thread.syncing = false;
      thread.waiting = [];
    }
  }

  /** Loads the newest messages of a thread over HTTP, as on opening it. */
  async open(id: string): Promise<void> {
    const { status, body } = await this.request('GET', `conversations/${id}/messages?limit=200`);
    // An answer may come after the event that ended reading: what is not known any more is not taken up again.
    if (status !== 200 || !(this.conversations.has(id) || this.parentOf(id) !== undefined)) return;
    const thread = this.thread(id);
    for (const message of body.items) take(thread, message);
    if (thread.held === 0) thread.held = body.rev;
    this.catchUp(id);
  }

  /** Resolves when everything that was published by now has arrived, and no sync is under way. */
  async settle(): Promise<void> {
    do {
      await Promise.all(this.busy);
      const pong = await pingedBehindAll(this.url, () => this.call({ type: 'ping' }));
      // Who does not hear everything must not take a cursor that says so.
      if (pong?.type === 'ok' && (this.inbox || this.actor.user.role === 'user')) this.cursor = pong.cursor;
    } while (this.busy.size > 0);
  }

  /** Whether every change of a conversation is told to this line. */
  hears(conversation: Conversation): boolean {
    if (conversation.kind !== 'support' || this.actor.user.role === 'user' || this.inbox) return true;
    return conversation.assignee?.id === this.actor.user.id || this.viewing.has(conversation.id);
  }

  // -- what arrives ---------------------------------------------------------------------------------------------

  protected override answered(request: Body, frame: Body): void {
    if (frame.type === 'error') {
      if (request.type === 'conversation.sync') this.thread(request.conversationId).syncing = false;
    } else if (frame.type === 'welcome') this.welcome(frame);
    else if (frame.message !== undefined) this.answeredMessage(request, frame);
    else if (frame.sync !== undefined) this.synced(request.conversationId, frame.sync);
    else if (request.type === 'conversation.view') this.viewed(request);
  }

  private welcome(welcome: Body): void {
    const { epoch, cursor, reset, more, conversations, removed, synced } = welcome;
    this.epoch = epoch;
    this.cursor = cursor;
    this.me = welcome.user;
    if (reset) {
      const kept = new Set([...conversations.map((one: Conversation) => one.id), ...Object.keys(synced)]);
      for (const id of [...this.conversations.keys()]) if (!kept.has(id)) this.forget(id);
    }
    for (const id of removed) this.forget(id);
    for (const conversation of conversations) this.conversation(conversation);
    for (const [id, sync] of Object.entries<Sync>(synced)) this.synced(id, sync);
    if (more) this.faults.push('a welcome of more than one page: the test is too large');
    for (const conversation of this.conversations.values())
      if (this.hears(conversation)) this.heard.begins(conversation);
    for (const id of this.threads.keys()) this.catchUp(id);
  }

  private viewed({ conversationId, viewing }: Body): void {
    if (viewing) this.viewing.add(conversationId);
    else this.viewing.delete(conversationId);
    const known = this.conversations.get(conversationId);
    if (known !== undefined && !this.hears(known)) this.heard.ends(known);
  }

  protected override event(event: Body): void {
    switch (event.type) {
      case 'message.created':
      case 'message.updated':
      case 'message.deleted':
      case 'participant.updated':
      case 'conversation.updated':
        this.durable(event);
        break;
      case 'conversation.created':
        this.conversation(event.conversation);
        this.heard.begins(event.conversation);
        this.catchUpWith(event.conversation);
        break;
      case 'conversation.removed':
        this.forget(event.conversationId);
        break;
      case 'participant.read':
        this.mark(event);
        break;
      case 'me.updated':
        this.me = event.user;
        break;
      case 'inbox.counts':
        this.counts = event;
        break;
    }
  }

  private durable(event: Exclude<DurableEvent, EventOf<'conversation.created'>>): void {
    this.heard.event(event);
    this.tellConversation(event);
    this.tellThread(event);
    const main = 'parentId' in event ? event.parentId : undefined;
    const parent = this.conversations.get(main ?? event.conversationId);
    if (parent !== undefined && !this.hears(parent)) this.heard.ends(parent);
  }

  private answeredMessage(request: Body, answer: { message: Message; conversation?: Conversation }): void {
    const { message, conversation } = answer;
    const { conversationId: id, rev } = message;
    this.heard.answer(message);
    const parent = message.afterSeq === undefined ? {} : { parentId: this.parentOf(id) ?? id };
    const type = request.type === 'message.send' ? 'message.created' : 'message.updated';
    const told = { type, conversationId: id, rev, message, ...parent } as const;
    this.tellConversation(conversation === undefined ? told : { ...told, conversation });
    this.tellThread(told);
    if (conversation !== undefined && !this.hears(conversation)) this.catchUpWith(conversation);
  }

  private parentOf(side: string): string | undefined {
    for (const { id, team } of this.conversations.values()) if (team?.id === side) return id;
    return undefined;
  }

  private tellConversation(event: DurableEvent): void {
    if ('conversation' in event && event.conversation !== undefined) {
      this.conversation(event.conversation);
      return;
    }
    const known = this.conversations.get(event.conversationId);
    if (known === undefined || event.rev <= known.rev) return;
    if (event.rev > known.rev + 1) {
      this.faults.push(`${event.type} of ${event.conversationId}: rev ${event.rev}, and ${known.rev} is known`);
      return;
    }
    this.conversations.set(known.id, folded(known, event));
  }

  private tellThread(event: DurableEvent): void {
    const thread = this.thread(event.conversationId);
    if ('message' in event) take(thread, event.message);
    if (thread.held === 0) return;
    if (thread.syncing) {
      thread.waiting.push(event);
      return;
    }
    if (event.rev === thread.held + 1) this.applyTo(thread, event);
    else if (event.rev > thread.held) this.sync(event.conversationId);
  }

  private applyTo(thread: HeldThread, event: DurableEvent): void {
    thread.held = event.rev;
    if ('participant' in event) takePerson(thread, event.participant);
  }

  private synced(id: string, sync: Sync): void {
    this.conversation(sync.conversation);
    const thread = this.thread(id);
    thread.syncing = false;
    if (sync.reset) {
      thread.messages.clear();
      thread.people.clear();
      thread.held = sync.rev;
    } else thread.held = Math.max(thread.held, sync.rev);
    for (const message of sync.messages) take(thread, message);
    for (const participant of sync.participants) takePerson(thread, participant);
    if (!sync.more) this.heard.reading(id, sync.rev, this.viewing.has(sync.conversation.id));
    const waiting = thread.waiting.splice(0);
    if (sync.more) {
      this.sync(id);
      thread.waiting = waiting;
    } else for (const event of waiting) if (event.rev > thread.held) this.tellThread(event);
    this.catchUp(id);
  }

  private catchUpWith({ id, team }: Conversation): void {
    this.catchUp(id);
    if (team !== undefined) this.catchUp(team.id);
  }

  /** Asks for what is missing where more is known to be there than is held. */
  private catchUp(id: string): void {
    const thread = this.threads.get(id);
    if (thread === undefined || thread.held === 0 || thread.syncing) return;
    const known = this.conversations.get(id);
    const rev = known?.rev ?? this.conversations.get(this.parentOf(id) ?? '')?.team?.rev ?? 0;
    if (rev > thread.held) this.sync(id);
  }

  /** `conversation.sync` since what is held, or since less. */
  sync(id: string, since = this.thread(id).held): void {
    const thread = this.thread(id);
    if (thread.syncing || !this.connected) return;
    thread.syncing = true;
    const epoch = since === 0 ? {} : { epoch: this.epoch };
    this.track(this.call({ type: 'conversation.sync', conversationId: id, since, ...epoch }));
  }

  /** Something that must be over before the state is looked at. */
  track(doing: Promise<unknown>): void {
    const tracked = doing.finally(() => this.busy.delete(tracked));
    this.busy.add(tracked);
  }

  private mark(event: EventOf<'participant.read'>): void {
    const known = this.conversations.get(event.conversationId);
    if (known !== undefined) this.conversations.set(known.id, raised(known, event));
    const person = this.threads.get(event.conversationId)?.people.get(event.userId);
    if (person !== undefined && event.readSeq > person.readSeq) person.readSeq = event.readSeq;
  }

  private conversation(copy: Conversation): void {
    const known = this.conversations.get(copy.id);
    const next = known === undefined ? copy : merged(known, copy);
    if (known?.team !== undefined && next.team === undefined) this.threads.delete(known.team.id);
    this.conversations.set(copy.id, next);
  }

  private forget(id: string): void {
    const { team } = this.conversations.get(id) ?? {};
    this.heard.ends({ id, ...(team === undefined ? {} : { team }) });
    this.threads.delete(id);
    if (team !== undefined) this.threads.delete(team.id);
    this.viewing.delete(id);
    this.conversations.delete(id);
  }

  thread(id: string): HeldThread {
    let thread = this.threads.get(id);
    if (thread === undefined) {
      thread = emptyThread();
      this.threads.set(id, thread);
    }
    return thread;
  }
}
