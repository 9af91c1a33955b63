/**
 * A client of its own making, small enough to be read beside the protocol: it keeps state by the rules that the
 * protocol gives to clients, and notes whatever breaks what it promises to them. It shares nothing with the SDK.
 */
import { once } from 'node:events';
import WebSocket from 'ws';
import type { Sync } from '../../src/protocol/catching-up.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { DurableEvent, EventOf } from '../../src/protocol/events.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Actor, Body } from '../helper.ts';
import { emptyThread, folded, type HeldThread, merged, raised, take, takePerson } from './held-state.ts';

export interface ClientOptions {
  /** Says `inbox` in its hello: it hears every support conversation that it may read. */
  inbox?: boolean;
}

export class RawClient {
  readonly actor: Actor;
  readonly inbox: boolean;
  readonly conversations = new Map<string, Conversation>();
  /** Conversations and side conversations whose messages it keeps. */
  readonly threads = new Map<string, HeldThread>();
  /** What must never happen, in words. */
  readonly faults: string[] = [];
  cursor: string | null = null;
  epoch = '';
  me: Body = null;
  /** The numbers over the inbox, as they were told last. */
  counts: Body = null;
  /** Every frame of this line, in order. */
  frames: Body[] = [];
  private watching: (() => void) | null = null;
  bye: Body | null = null;
  private readonly url: string;
  private socket: WebSocket | null = null;
  private asked = new Map<number, { request: Body; done: (answer: Body | null) => void }>();
  private lastId = 0;
  /** The rev of the newest event of each thread that this line hears without a gap. */
  private heard = new Map<string, number>();
  private readonly viewing = new Set<string>();
  private readonly busy = new Set<Promise<unknown>>();

  constructor(url: string, actor: Actor, options: ClientOptions = {}) {
    this.url = url;
    this.actor = actor;
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

  get connected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Opens a line and says hello, with what it holds. A line that is there is cut first. Null: lost meanwhile. */
  async connect(): Promise<Body> {
    this.cut();
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
    this.socket = socket;
    this.frames = [];
    this.heard = new Map();
    this.viewing.clear();
    socket.on('error', () => {});
    socket.on('message', (data) => {
      if (this.socket === socket) this.frame(JSON.parse(String(data)));
    });
    socket.on('close', () => {
      if (this.socket === socket) this.lost();
    });
    await once(socket, 'open').catch(() => {});
    if (this.socket !== socket) return null;
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

  /** Cuts the line, as a lost network does: nothing is said, and what was not answered stays unknown. */
  cut(): void {
    const { socket } = this;
    this.lost();
    socket?.terminate();
  }

  private lost(): void {
    this.socket = null;
    const unanswered = [...this.asked.values()];
    this.asked = new Map();
    for (const thread of this.threads.values()) {
      thread.syncing = false;
      thread.waiting = [];
    }
    for (const { done } of unanswered) done(null);
  }

  /** Sends a request; null when the line is lost before its answer. */
  async call(request: Body): Promise<Body | null> {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return null;
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((done) => {
      this.asked.set(id, { request, done });
      socket.send(JSON.stringify({ id, ...request }));
    });
  }

  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const answered = await this.actor.request(method, path, body);
    if (answered.status >= 500) this.faults.push(`${method} ${path}: ${answered.status}`);
    return answered;
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
      const pong = await this.call({ type: 'ping' });
      // Who does not hear everything must not take a cursor that says so.
      if (pong?.type === 'ok' && (this.inbox || this.actor.user.role === 'user')) this.cursor = pong.cursor;
    } while (this.busy.size > 0);
  }

  /** The events of this line. */
  get events(): Body[] {
    return this.frames.filter((frame) => frame.re === undefined);
  }

  /** Resolves when the newest event, of now or to come, is one that `isIt`. */
  async until(isIt: (event: Body) => boolean): Promise<void> {
    while (!this.events.some(isIt)) await new Promise<void>((resolve) => (this.watching = resolve));
  }

  /** Whether every change of a conversation is told to this line. */
  hears(conversation: Conversation): boolean {
    if (conversation.kind !== 'support' || this.actor.user.role === 'user' || this.inbox) return true;
    return conversation.assignee?.id === this.actor.user.id || this.viewing.has(conversation.id);
  }

  // -- what arrives ---------------------------------------------------------------------------------------------

  private frame(frame: Body): void {
    this.frames.push(frame);
    this.watching?.();
    if (frame.re === undefined) {
      this.event(frame);
      return;
    }
    const asked = this.asked.get(frame.re);
    if (asked === undefined) {
      this.faults.push(`an answer to nothing: ${JSON.stringify(frame)}`);
      return;
    }
    this.asked.delete(frame.re);
    this.answer(asked.request, frame);
    asked.done(frame);
  }

  private answer(request: Body, frame: Body): void {
    if (frame.type === 'error') {
      if (frame.code === 'INTERNAL') this.faults.push(`${JSON.stringify(request)} is answered by INTERNAL`);
      if (request.type === 'conversation.sync') this.thread(request.conversationId).syncing = false;
      return;
    }
    if (frame.type === 'welcome') this.welcome(frame);
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
    for (const conversation of this.conversations.values()) if (this.hears(conversation)) this.begins(conversation);
    for (const id of this.threads.keys()) this.catchUp(id);
  }

  /** From here on every rev is told. */
  private begins({ id, rev, team }: Conversation): void {
    this.heard.set(id, Math.max(rev, this.heard.get(id) ?? 0));
    if (team !== undefined) this.heard.set(team.id, Math.max(team.rev, this.heard.get(team.id) ?? 0));
  }

  private viewed({ conversationId, viewing }: Body): void {
    if (viewing) this.viewing.add(conversationId);
    else this.viewing.delete(conversationId);
    const known = this.conversations.get(conversationId);
    if (known !== undefined && !this.hears(known)) this.endsHearing(known);
  }

  private endsHearing({ id, team }: Conversation): void {
    this.heard.delete(id);
    if (team !== undefined) this.heard.delete(team.id);
  }

  private event(event: Body): void {
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
        this.begins(event.conversation);
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
      case 'bye':
        this.bye = event;
        break;
    }
  }

  private durable(event: Exclude<DurableEvent, EventOf<'conversation.created'>>): void {
    const { conversationId: id, rev } = event;
    const last = this.heard.get(id);
    if (last !== undefined && rev !== last + 1) this.faults.push(`${event.type} of ${id}: rev ${rev} after ${last}`);
    // Of a side conversation that one begins to read with this change, its first event is where hearing begins.
    if (last !== undefined || 'parentId' in event) this.heard.set(id, rev);
    this.tellConversation(event);
    this.tellThread(event);
    const parent = this.conversations.get('parentId' in event ? (event.parentId ?? id) : id);
    if (parent !== undefined && !this.hears(parent)) this.endsHearing(parent);
  }

  /** An `ok` stands in place of the event, where the rev is the next; an older one only settles the request. */
  private answeredMessage(request: Body, answer: { message: Message; conversation?: Conversation }): void {
    const { message, conversation } = answer;
    const { conversationId: id, rev } = message;
    const last = this.heard.get(id);
    if (last !== undefined && rev > last + 1) this.faults.push(`ok of ${id}: rev ${rev} after ${last}`);
    if (last !== undefined && rev === last + 1) this.heard.set(id, rev);
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
    const last = this.heard.get(id);
    if (last !== undefined || this.viewing.has(sync.conversation.id)) {
      this.heard.set(id, Math.max(last ?? 0, sync.more ? 0 : sync.rev));
    }
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
    const known = this.conversations.get(id);
    for (const gone of [id, known?.team?.id]) {
      if (gone === undefined) continue;
      this.threads.delete(gone);
      this.heard.delete(gone);
    }
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
