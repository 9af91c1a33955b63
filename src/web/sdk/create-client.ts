import type { Limits } from '../../protocol/answers.ts';
import type { Changes } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Me } from '../../protocol/person.ts';
import { takeAnswer } from './answers.ts';
import { backoffMs } from './backoff.ts';
import { takeChanges } from './catch-up.ts';
import type { Client, ClientEvents, ClientOptions } from './client.ts';
import { systemClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { createConversations } from './conversations.ts';
import { keepCredentials } from './credentials.ts';
import { asParleyError, isAboutToken, ParleyError } from './errors.ts';
import { createEmitter } from './events.ts';
import { createFollowing } from './following.ts';
import { hear } from './hearing.ts';
import { takeMessage } from './held.ts';
import { createHttp, pathOf } from './http.ts';
import type { Ask, Asked, Greeting, Wishes } from './line.ts';
import { createOutbox } from './outbox.ts';
import { createPace } from './pace.ts';
import { waitingFor } from './reply.ts';
import { defaultStorage } from './storage.ts';
import { newStore } from './store.ts';
import { createTeller } from './tell.ts';
import { createTokens } from './token.ts';
import { createOwnTyping, createTypists } from './typing.ts';
import { createUuids } from './uuid.ts';

/** Threads of which `hello` may say what is held. */
const HELD_REVS = 50;
/**
 * A client of a Parley server: hears and sends over a WebSocket, a stream or polling, whichever passes, keeps what it
 * holds complete over lost lines, and its unsent messages over reloads.
 *
 * @example
 * const client = createClient({ url: 'https://chat.example.com', token });
 * client.on('message', ({ message, added }) => added && show(message));
 * await client.connect();
 * client.send({ to: 'support' }, 'Hello!');
 */
export function createClient(options: ClientOptions): Client {
  const { clock = systemClock, transport = 'auto', timeouts: { openMs = 10_000, answerMs = 15_000 } = {} } = options;
  const url = options.url.replace(/\/+$/, '');
  const newId = createUuids(() => clock.now());
  const emitter = createEmitter<ClientEvents>();
  const store = newStore();
  const tokens = createTokens(options.token, options.getToken, clock);
  const http = createHttp(url, tokens, clock, answerMs);
  // Loaded with the first file: most conversations have none.
  const upload: Client['upload'] = async (file, progress = () => {}, signal) => {
    const { fetchWithProgress, formOf, UPLOAD_MS } = await import('./upload.ts');
    const options = { timeoutMs: UPLOAD_MS, fetch: fetchWithProgress(progress), ...(signal ? { signal } : {}) };
    try {
      return await http.json('POST', '/v1/attachments', formOf(file), options);
    } catch (error) {
      throw signal?.aborted ? new ParleyError('DISCARDED') : error;
    }
  };
  const wishes: Wishes = { inbox: options.inbox ?? false, views: new Set(), watched: [], presence: undefined };
  let limits: Limits | undefined;
  /** Pages of changes are still to come: a cursor of the line would leave them out. */
  let paging = false;
  const greeted: { resolve(user: Me): void; reject(error: ParleyError): void }[] = [];

  const following = createFollowing(
    store,
    clock,
    () => connection.line,
    () => flush(),
  );
  const conversations = createConversations(store, http, following, () => flush());
  const flush = createTeller(store, emitter, following, heard, (id, messageId) =>
    once(messageId ?? id, () => (messageId === undefined ? conversations.fetch(id) : fetchText(id, messageId))),
  );
  const typists = createTypists(clock, (conversationId) => {
    emitter.emit('typing', { conversationId, typists: typists.list(conversationId) });
  });
  const ownTyping = createOwnTyping(clock, (conversationId, on, text) => {
    quietly({ type: 'typing.set', conversationId, on, text } as Asked<'typing.set'>);
  });
  const marks = (type: 'conversation.read' | 'conversation.delivered') =>
    createPace(clock, async (conversationId, seq) => {
      try {
        await ask({ type, conversationId, seq });
        return true;
      } catch (error) {
        const { code } = asParleyError(error);
        return code !== 'NETWORK' && code !== 'TIMEOUT';
      }
    });
  const reads = marks('conversation.read');
  const deliveries = marks('conversation.delivered');
  const outbox = createOutbox({
    storage: options.storage ?? defaultStorage(),
    clock,
    newId,
    name: options.name ?? 'client',
    userId: options.userId,
    changed: (item) => emitter.emit('outbox', item),
    upload: async (file, progress, signal) => (await upload(file, progress, signal)).id,
    send: async ({ target, draft: message, ifSeq }) =>
      (await ask({ type: 'message.send', ...target, message, ifSeq } as Asked<'message.send'>)).message,
  });

  const connection = createConnection({
    url,
    transport,
    share: options.share,
    viewed(ids) {
      for (const id of ids)
        if (!wishes.views.has(id)) quietly({ type: 'conversation.view', conversationId: id, viewing: true });
    },
    tokens,
    http,
    clock,
    wishes,
    openMs,
    answerMs,
    held,
    handlers: {
      welcome,
      event(event) {
        hear(store, emitter, typists, event);
        flush();
        emitter.emit('event', event);
      },
      cursor(cursor) {
        if (!paging) store.cursor = cursor;
      },
      changes(page) {
        takeChanges(store, page);
        flush();
      },
      answered(asked, results, overHttp) {
        if (asked.type === 'ping' && !paging) store.cursor = (results as { cursor: string }).cursor;
        else if (asked.type === 'presence.watch') emitter.emit('presence', (results as { users: [] }).users);
        else if (asked.type === 'inbox.watch') emitter.emit('counts', (results as { counts: never }).counts);
        else takeAnswer(store, asked, results, overHttp);
        flush();
      },
    },
    changed(state) {
      if (state.name !== 'online') outbox.pause();
      if (state.name === 'stopped') {
        for (const { reject } of greeted.splice(0)) reject(new ParleyError('STOPPED', state.reason));
        credentials.stop();
      }
      emitter.emit('state', state);
    },
  });

  const credentials = keepCredentials({
    http,
    tokens,
    clock,
    renewable: options.getToken !== undefined,
    renewed: (token) => connection.line?.renew(token),
    changed: (ticket) => emitter.emit('ticket', ticket),
  });

  const ask: Ask = async (asked, timeoutMs) => {
    const line = connection.line;
    if (!line) throw new ParleyError('NETWORK');
    try {
      return await line.call(asked, timeoutMs);
    } catch (error) {
      const { code } = asParleyError(error);
      if (isAboutToken(code) && line === connection.line) connection.lose({ again: 'now', token: code, code });
      throw error;
    }
  };

  function held(): { cursor?: string; revs?: Record<string, number> } {
    if (store.cursor === undefined) return {};
    const threads = [...store.threads.values()].filter((thread) => thread.held > 0).slice(-HELD_REVS);
    return { cursor: store.cursor, revs: Object.fromEntries(threads.map(({ id, held }) => [id, held])) };
  }

  function welcome(greeting: Greeting): void {
    const { user } = greeting;
    const former = store.me?.id;
    // Only a merge makes one living client another user: what it wrote is now theirs.
    const merged = former !== undefined && former !== user.id ? [former] : [];
    if (merged.length) store.counted.clear();
    store.me = user;
    limits = greeting.limits ?? limits;
    takeChanges(store, greeting, greeting.synced);
    paging = greeting.more && connection.line?.kind !== 'poll';
    following.welcomed();
    flush();
    if (greeting.ticket) credentials.took(greeting.ticket);
    emitter.emit('user', user);
    for (const { resolve } of greeted.splice(0)) resolve(user);
    if (paging) void pageOn();
    wishAnew();
    outbox.resume(user.id, merged);
    reads.resume();
    deliveries.resume();
    credentials.keepToken();
  }

  /** Reads the pages of changes that did not fit into the welcome. */
  async function pageOn(): Promise<void> {
    const line = connection.line;
    for (let tries = 0; paging && line === connection.line; tries++) {
      try {
        const query = { cursor: store.cursor, wait: 0 };
        const page = await http.json<Changes>('GET', '/v1/changes', undefined, { query });
        if (line !== connection.line) return;
        takeChanges(store, page);
        paging = page.more;
        tries = 0;
        flush();
      } catch {
        await new Promise<void>((resolve) => clock.after(backoffMs(tries, clock.random), resolve));
      }
    }
  }

  /** Asks for what the next line is asked for again. */
  function quietly(asked: Asked): void {
    ask(asked as Asked<'ping'>).catch(() => {});
  }

  /** A socket forgets with its line what it was asked to tell; a stream has it in its address. */
  function wishAnew(): void {
    if (connection.line?.kind === 'ws') {
      for (const conversationId of wishes.views) quietly({ type: 'conversation.view', conversationId, viewing: true });
      if (wishes.inbox) quietly({ type: 'inbox.watch', on: true });
    }
    if (wishes.watched.length) quietly({ type: 'presence.watch', userIds: wishes.watched });
    if (wishes.presence) quietly(wishes.presence);
  }

  /** Streamed text that begins beyond what is held: the message has it so far, if not at once then in a second. */
  async function fetchText(conversationId: string, messageId: string): Promise<void> {
    const length = () => conversations.message(conversationId, messageId)?.content?.length ?? 0;
    const before = length();
    const message = await http.json<Message>('GET', pathOf(conversationId, `/messages/${messageId}`));
    takeMessage(store, message, false);
    flush();
    if (length() === before) await new Promise<void>((resolve) => clock.after(1000, resolve));
  }

  /** Things that are asked for by many events, and need one answer. */
  const under = new Set<string>();
  function once(name: string, run: () => Promise<unknown>): void {
    if (under.has(name)) return;
    under.add(name);
    run()
      .catch(() => {})
      .finally(() => under.delete(name));
  }

  function heard(message: Message, added: boolean): void {
    const me = store.me;
    outbox.seen(message);
    if (!added || !me) return;
    typists.ended(message.conversationId, message.author?.id);
    const conversation = store.conversations.get(message.conversationId);
    const isMine = conversation?.participants.some((one) => one.user.id === me.id);
    if (options.delivered !== false && isMine && conversation?.kind !== 'room' && message.kind !== 'system') {
      if (message.author?.id !== me.id) deliveries.want(message.conversationId, message.seq);
    }
  }

  async function change(method: string, path: string, body?: unknown): Promise<Conversation> {
    const conversation = await http.json<Conversation>(method, path, body);
    conversations.take(conversation);
    return conversation;
  }

  return {
    get state() {
      return connection.state;
    },
    get user() {
      return store.me;
    },
    get limits() {
      return limits;
    },
    conversations,
    outbox,
    http,
    on: emitter.on,
    connect() {
      connection.connect();
      if (connection.line && store.me) return Promise.resolve(store.me);
      const promise = new Promise<Me>((resolve, reject) => greeted.push({ resolve, reject }));
      promise.catch(() => {});
      return promise;
    },
    close() {
      connection.stop('CLOSED');
      for (const part of [following, typists, ownTyping, reads, deliveries]) part.stop();
      outbox.close();
    },
    send(target, message, { ifSeq } = {}) {
      const to = typeof target === 'string' ? { conversationId: target } : target;
      const { files = [], ...draft } = typeof message === 'string' ? { content: message } : message;
      const id = draft.id ?? newId();
      const done = outbox.add(to, { ...draft, id }, { files, ifSeq });
      if ('conversationId' in to) ownTyping.sent(to.conversationId);
      return { id, done };
    },
    edit: async (conversationId, messageId, content) =>
      (await ask({ type: 'message.edit', conversationId, messageId, content })).message,
    delete: async (conversationId, messageId) =>
      (await ask({ type: 'message.delete', conversationId, messageId })).message,
    reply: (message, options = {}) => http.json('POST', ...waitingFor(message, options)),
    stop: async (conversationId, messageId) => (await ask({ type: 'message.stop', conversationId, messageId })).message,
    read(conversationId, seq) {
      if (seq > (store.counted.get(conversationId)?.my.readSeq ?? 0)) reads.want(conversationId, seq);
    },
    delivered: deliveries.want,
    typing: (conversationId, on = true, text) => ownTyping.set(conversationId, on, text),
    typists: (conversationId) => typists.list(conversationId),
    view(conversationId, viewing) {
      if (viewing === wishes.views.has(conversationId)) return;
      if (viewing) wishes.views.add(conversationId);
      else wishes.views.delete(conversationId);
      if (connection.line?.kind !== 'ws') return connection.line?.wish();
      quietly({ type: 'conversation.view', conversationId, viewing });
    },
    sync: (conversationId) => following.sync(conversationId),
    async setPresence(state, context) {
      wishes.presence = { type: 'presence.set', state, context } as Asked<'presence.set'>;
      if (connection.line) await ask(wishes.presence);
    },
    async watchPresence(userIds) {
      wishes.watched = userIds;
      if (!connection.line) return [];
      connection.line.wish();
      return (await ask({ type: 'presence.watch', userIds })).users;
    },
    async watchInbox(on = true) {
      wishes.inbox = on;
      if (connection.line?.kind === 'ws') await ask({ type: 'inbox.watch', on });
      else connection.line?.wish();
    },
    createConversation: (body) => change('POST', '/v1/conversations', body),
    patch: (conversationId, body) => change('PATCH', pathOf(conversationId), body),
    claim: (conversationId) => change('POST', pathOf(conversationId, '/claim')),
    handover: (conversationId) => change('POST', pathOf(conversationId, '/handover')),
    rate: (conversationId, score, comment) => change('POST', pathOf(conversationId, '/rating'), { score, comment }),
    unread: () => http.json('GET', '/v1/unread'),
    upload,
    attachmentUrl: ({ id, url: link }) =>
      link ?? `${url}/v1/attachments/${id}?ticket=${encodeURIComponent(credentials.ticket?.value ?? '')}`,
    adopt(userIds) {
      if (store.me) outbox.resume(store.me.id, userIds);
    },
  };
}
