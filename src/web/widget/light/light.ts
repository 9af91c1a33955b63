/**
 * The light client: what most conversations need of the client library while nothing goes wrong. It hears one line, and
 * takes in what comes exactly next. Whatever else happens, or is asked of it, ends it: the full client, which is loaded
 * only then, goes on where it stood (extras/full.ts). Nothing is mended here.
 */
import type { Answer, Results, Welcome } from '../../../protocol/answers.ts';
import type { DurableEvent, Event } from '../../../protocol/events.ts';
import type { Message } from '../../../protocol/message.ts';
import { systemClock } from '../../sdk/clock.ts';
import type { ClientState } from '../../sdk/connection.ts';
import type { Asked } from '../../sdk/line.ts';
import type { OutboxItem, Target } from '../../sdk/outbox-item.ts';
import type { Storage } from '../../sdk/storage.ts';
import { createOwnTyping, createTypists } from '../../sdk/typing.ts';
import { createUuids } from '../../sdk/uuid.ts';
import { contextOf, type Session } from '../session.ts';
import { alone } from './alone.ts';
import { type Held, takeMark, takeNewest, takeNext } from './held.ts';
import { type LightLine, openLine, PROBE_MS } from './line.ts';
import type { Draft, Hears, Talk } from './talk.ts';

/** Where the full client keeps unsent messages: it takes over what lies here (sdk/keeper.ts). */
const UNSENT = 'parley.widget.out.';

/** A message on its way, and whom to tell how it ended. */
type Item = OutboxItem & { files: readonly Blob[]; settle(sent: Promise<Message> | Message): void };

export type Light = Pick<
  Talk,
  'user' | 'limits' | 'read' | 'typing' | 'typists' | 'view' | 'send' | 'attachmentUrl'
> & {
  readonly state: ClientState;
  readonly conversations: Pick<
    Talk['conversations'],
    'get' | 'list' | 'open' | 'messages' | 'message' | 'hasOlder' | 'participants' | 'readAt'
  >;
  readonly items: readonly OutboxItem[];
  /** The conversations that somebody looks at, and those whose messages are wanted. */
  readonly views: ReadonlySet<string>;
  readonly opened: ReadonlySet<string>;
  /** Ends the session on the server. */
  signOut(): Promise<unknown>;
  /** Lets go of the line. What is held can still be read. */
  end(): void;
  /** Gives away what is on its way. */
  handOver(send: (target: Target, draft: Draft) => Promise<Message>): void;
};

const MARK_MS = 1000;

/** A mark that is told once a second at most, and only upwards. */
function createMark(tell: (id: string, seq: number) => void): (id: string, seq: number) => void {
  const wanted = new Map<string, number>();
  return function want(id, seq) {
    const waits = wanted.get(id);
    wanted.set(id, Math.max(seq, waits ?? 0));
    if (waits !== undefined) return;
    tell(id, seq);
    setTimeout(() => {
      const last = wanted.get(id) ?? 0;
      wanted.delete(id);
      if (last > seq) want(id, last);
    }, MARK_MS);
  };
}

/** @param over it is of no more use */
export function createLight(url: string, storage: Storage, session: Session, hears: Hears, over: () => void): Light {
  const held: Held = { me: undefined, conversations: new Map(), threads: new Map() };
  const newId = createUuids(() => Date.now());
  const tab = newId();
  const items: Item[] = [];
  const views = new Set<string>();
  const opened = new Set<string>();
  let state: ClientState = { name: 'connecting' };
  let welcome: Welcome | undefined;
  let token: string;
  let line: LightLine | undefined;
  let beat: number | undefined;
  let isOver = false;
  const listening = new AbortController();
  /** Written in a page that is gone: the full client takes it over. */
  const hasUnsent = storage.keys().some((key) => key.startsWith(UNSENT));
  const place = alone(leave);

  const ask = (asked: Asked) => {
    if (state.name === 'online' && !isOver) line?.ask(asked);
  };
  const read = createMark((conversationId, seq) => ask({ type: 'conversation.read', conversationId, seq }));
  const deliver = createMark((conversationId, seq) => ask({ type: 'conversation.delivered', conversationId, seq }));
  const typists = createTypists(systemClock, hears.changed);
  const ownTyping = createOwnTyping(systemClock, (conversationId, on, text) =>
    ask({ type: 'typing.set', conversationId, on, text } as Asked),
  );
  const { conversations, threads } = held;

  function end(): void {
    isOver = true;
    clearInterval(beat);
    typists.stop();
    ownTyping.stop();
    listening.abort();
    place.leave();
    line?.close();
    if (state.name === 'online') state = { name: 'reconnecting' };
  }

  function leave(): void {
    if (isOver) return;
    end();
    hears.changed();
    hears.state(state.name);
    over();
  }

  function probe(): void {
    if (state.name === 'online' && !document.hidden) line?.ask({ type: 'ping' }, PROBE_MS);
  }

  async function begin(): Promise<void> {
    try {
      if (!(await place.first) || hasUnsent) return leave();
      token = await session.begin();
      if (isOver) return;
      const own = openLine(url, {
        opened: () => own.ask({ type: 'hello', token } as Asked),
        event,
        answered,
        over: leave,
      });
      line = own;
    } catch {
      leave();
    }
  }

  function welcomed(given: Welcome): void {
    welcome = given;
    held.me = given.user;
    // The team's own ways with conversations are not for here.
    if (given.user.role !== 'user') {
      leave();
      return;
    }
    for (const one of given.conversations) conversations.set(one.id, one);
    state = { name: 'online', transport: 'ws' };
    beat = window.setInterval(() => ask({ type: 'ping' }), given.heartbeatMs);
    ask({ type: 'presence.watch', userIds: ['team'] });
    ask({ type: 'presence.set', state: 'online', context: contextOf() });
    hears.state('online');
    pump();
  }

  function answered(asked: Asked, answer: Answer): void {
    if (asked.type === 'hello') welcomed(answer as Welcome);
    else if (asked.type === 'message.send') {
      const { message, conversation } = answer as Results['message.send'] & Answer;
      const item = items.shift();
      if (item) {
        storage.remove(keyOf(item.id));
        item.settle(message);
      }
      const { conversationId, rev } = message;
      durable({ type: 'message.created', conversationId, rev, message, ...(conversation ? { conversation } : {}) });
      pump();
    } else if (asked.type === 'conversation.sync') {
      const { sync } = answer as Results['conversation.sync'] & Answer;
      if (!takeNewest(held, sync)) leave();
    } else if (asked.type === 'conversation.read') {
      const mine = { userId: held.me?.id ?? '', readAt: null };
      takeMark(held, { ...asked, ...mine, ...(answer as Results['conversation.read'] & Answer) });
    } else if (asked.type === 'presence.watch') event({ type: 'presence', ...(answer as Results['presence.watch']) });
    hears.changed();
  }

  function event(one: Event): void {
    if (one.type === 'typing') {
      if (one.user.id !== held.me?.id) typists.take(one);
    } else if (one.type === 'participant.read') takeMark(held, one);
    else if (one.type === 'presence') {
      for (const { id, state } of one.users) if (id === 'team') hears.team(state === 'online');
    } else if (one.type === 'me.updated') held.me = one.user;
    else if ('rev' in one) durable(one);
    else if (/delta|removed|bye/.test(one.type)) leave();
    hears.changed();
  }

  function durable(one: DurableEvent): void {
    const before = conversations.get(one.conversationId)?.seq ?? 0;
    if (!takeNext(held, one)) leave();
    else if (one.type === 'message.created' && one.message.seq > before) told(one.message);
  }

  function told(message: Message): void {
    const { conversationId } = message;
    typists.ended(conversationId, message.author?.id);
    if (message.author && message.author.id !== held.me?.id) deliver(conversationId, message.seq);
    hears.changed();
    hears.message(message);
  }

  const keyOf = (id: string) => `${UNSENT}${tab}.${id}`;

  function pump(): void {
    const [item] = items;
    if (!item || item.state === 'sending' || state.name !== 'online') return;
    Object.assign(item, { state: 'sending' });
    ask({ type: 'message.send', ...item.target, message: item.draft } as Asked);
  }

  function send(target: Target, { files = [], ...given }: Draft) {
    const id = newId();
    const draft = { ...given, id };
    const createdAt = Math.max(Date.now(), (items.at(-1)?.createdAt ?? 0) + 1);
    const done = new Promise<Message>((settle) => {
      items.push({ id, target, draft, createdAt, state: 'queued', files, settle });
    });
    try {
      const kept = { id, user: session.userId, target, draft, createdAt, missing: files.length };
      storage.set(keyOf(id), JSON.stringify(kept));
    } catch {
      // Full: it still goes out, and is lost with the page only.
    }
    if ('conversationId' in target) ownTyping.sent(target.conversationId);
    if (files.length) leave();
    pump();
    hears.changed();
    return { id, done };
  }

  addEventListener('online', probe, { signal: listening.signal });
  document.addEventListener('visibilitychange', probe, { signal: listening.signal });
  void begin();
  return {
    get state() {
      return state;
    },
    get user() {
      return held.me;
    },
    get limits() {
      return welcome?.limits;
    },
    conversations: {
      get: (id) => conversations.get(id),
      list: () => [...conversations.values()].sort((a, b) => b.activity - a.activity || (a.id < b.id ? 1 : -1)),
      async open(conversationId) {
        opened.add(conversationId);
        if (conversations.get(conversationId)?.kind !== 'support') leave();
        else if (!threads.has(conversationId)) ask({ type: 'conversation.sync', conversationId, since: 0 });
      },
      messages: (id) => threads.get(id) ?? [],
      message: (id, messageId) => threads.get(id)?.find((one) => one.id === messageId),
      hasOlder: (id) => (threads.get(id)?.[0]?.seq ?? 1) > 1,
      // Of rooms and direct conversations, which are not for here.
      participants: () => [],
      readAt: () => undefined,
    },
    items,
    views,
    opened,
    send,
    read(id, seq) {
      if (seq > (conversations.get(id)?.my?.readSeq ?? 0)) read(id, seq);
    },
    typing: (id, on = true, text) => ownTyping.set(id, on, text),
    typists: typists.list,
    view(conversationId, viewing) {
      if (viewing) views.add(conversationId);
      else views.delete(conversationId);
      ask({ type: 'conversation.view', conversationId, viewing });
    },
    attachmentUrl({ id, url: link }) {
      // Tickets are renewed by the full client.
      leave();
      return link ?? `${url}/v1/attachments/${id}?ticket=${encodeURIComponent(welcome?.ticket.value ?? '')}`;
    },
    signOut: () => fetch(`${url}/v1/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
    end,
    handOver(send) {
      for (const { id, target, draft, files, settle } of items.splice(0)) {
        settle(send(target, { ...draft, files }));
        storage.remove(keyOf(id));
      }
    },
  };
}
