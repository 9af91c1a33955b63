import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import { takeAnswer } from './answers.ts';
import { takeChanges } from './catch-up.ts';
import type { Client, ClientEvents, ClientOptions } from './client.ts';
import { systemClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { createConversations } from './conversations.ts';
import { keepCredentials } from './credentials.ts';
import { asParleyError, isAboutToken, ParleyError } from './errors.ts';
import { createEmitter } from './events.ts';
import { createFetching } from './fetching.ts';
import { createFollowing } from './following.ts';
import { createGreetings } from './greeting.ts';
import { hear } from './hearing.ts';
import { createHttp, pathOf } from './http.ts';
import type { Ask, Asked, Wishes } from './line.ts';
import { createOutbox } from './outbox.ts';
import { createMarks } from './pace.ts';
import { type LoadPart, loadPart } from './parts.ts';
import { defaultStorage } from './storage.ts';
import { newStore } from './store.ts';
import { createTeller } from './tell.ts';
import { createTokens } from './token.ts';
import { createOwnTyping, createTypists } from './typing.ts';
import { createUpload } from './uploading.ts';
import { createUuids } from './uuid.ts';

/** A client without what only the team and bots' callers do (create-client.ts). */
export type Core = Omit<Client, 'reply' | 'patch' | 'claim' | 'unread'> & {
  /** A call of the API that answers with a conversation, which is taken in. */
  change(method: string, path: string, body?: unknown): Promise<Conversation>;
};

/** @param load loads what is loaded when it is needed, where its files are not simply imported */
export function createCore(options: ClientOptions, load: LoadPart = loadPart): Core {
  const { clock = systemClock, transport = 'auto', timeouts: { openMs = 10_000, answerMs = 15_000 } = {} } = options;
  const url = options.url.replace(/\/+$/, '');
  const newId = createUuids(() => clock.now());
  const emitter = createEmitter<ClientEvents>();
  const store = newStore();
  const tokens = createTokens(options.token, options.getToken, clock);
  const http = createHttp(url, tokens, clock, answerMs);
  const upload = createUpload(http, load, () => greetings.limits);
  const wishes: Wishes = { inbox: options.inbox ?? false, views: new Set(), watched: [], presence: undefined };

  const following = createFollowing(
    store,
    clock,
    () => connection.line,
    () => flush(),
  );
  const conversations = createConversations(store, http, following, () => flush());
  const flush = createTeller(
    store,
    emitter,
    following,
    heard,
    createFetching(store, http, clock, conversations, () => flush()),
  );
  const typists = createTypists(clock, (conversationId) => {
    emitter.emit('typing', { conversationId, typists: typists.list(conversationId) });
  });
  const ownTyping = createOwnTyping(clock, (conversationId, on, text) => {
    quietly({ type: 'typing.set', conversationId, on, text } as Asked<'typing.set'>);
  });
  const reads = createMarks(clock, 'conversation.read', (asked) => ask(asked));
  const deliveries = createMarks(clock, 'conversation.delivered', (asked) => ask(asked));
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
    load,
    wishes,
    openMs,
    answerMs,
    held: () => greetings.held(),
    handlers: {
      welcome: (greeting) => greetings.welcome(greeting),
      event(event) {
        hear(store, emitter, typists, event);
        flush();
        emitter.emit('event', event);
      },
      cursor(cursor) {
        if (!greetings.paging) store.cursor = cursor;
      },
      changes(page) {
        takeChanges(store, page);
        flush();
      },
      answered(asked, results, overHttp) {
        if (asked.type === 'ping' && !greetings.paging) store.cursor = (results as { cursor: string }).cursor;
        else if (asked.type === 'presence.watch') emitter.emit('presence', (results as { users: [] }).users);
        else if (asked.type === 'inbox.watch') emitter.emit('counts', (results as { counts: never }).counts);
        else takeAnswer(store, asked, results, overHttp);
        flush();
      },
    },
    changed(state) {
      if (state.name !== 'online') outbox.pause();
      if (state.name === 'stopped') {
        greetings.failed(state.reason);
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

  const greetings = createGreetings({
    store,
    clock,
    http,
    emitter,
    wishes,
    following,
    outbox,
    marks: [reads, deliveries],
    line: () => connection.line,
    credentials: () => credentials,
    flush,
    quietly,
  });

  /** Asks for what the next line is asked for again. */
  function quietly(asked: Asked): void {
    ask(asked as Asked<'ping'>).catch(() => {});
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
      return greetings.limits;
    },
    conversations,
    outbox,
    http,
    on: emitter.on,
    connect() {
      connection.connect();
      if (connection.line && store.me) return Promise.resolve(store.me);
      return greetings.next();
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
    change,
    createConversation: (body) => change('POST', '/v1/conversations', body),
    handover: (conversationId) => change('POST', pathOf(conversationId, '/handover')),
    rate: (conversationId, score, comment) => change('POST', pathOf(conversationId, '/rating'), { score, comment }),
    upload,
    attachmentUrl: ({ id, url: link }) =>
      link ?? `${url}/v1/attachments/${id}?ticket=${encodeURIComponent(credentials.ticket?.value ?? '')}`,
    adopt(userIds) {
      if (store.me) outbox.resume(store.me.id, userIds);
    },
  };
}
