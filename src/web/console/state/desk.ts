/** The client of whoever is signed in, and what it hears as signals. One page has one desk. */
import { computed, type Signal, signal } from '@preact/signals';
import type { Counts } from '../../../protocol/counts.ts';
import type { Me, Person } from '../../../protocol/person.ts';
import type { Presence } from '../../../protocol/presence.ts';
import type { Client } from '../../sdk/client.ts';
import type { ClientState } from '../../sdk/connection.ts';
import { createClient } from '../../sdk/create-client.ts';
import type { GetToken } from '../../sdk/token.ts';
import type { Typist } from '../../sdk/typing.ts';
import { settlePending } from './undo.ts';

let current: Client | undefined;

/** The client; there from signing in until the page ends. */
export function client(): Client {
  if (!current) throw new Error('nobody is signed in');
  return current;
}

export const me = signal<Me>({ id: '', name: null, role: 'user', anonymous: true, fields: {} });
export const line = signal<ClientState>({ name: 'connecting' });
export const counts = signal<Counts>({ queue: 0, mine: 0, open: 0, snoozed: 0 });
/** Moves whenever a conversation of the inbox is another. */
export const inboxChange = signal(0);
/** All conversations that are held; the same list for all who look until one of them changes. */
export const everything = computed(() => {
  void inboxChange.value;
  return client().conversations.list();
});
/** Moves when attachments have other addresses. */
export const ticketChange = signal(0);
/** Whether one is online, away or offline, of those who are watched. */
export const presence = signal<ReadonlyMap<string, Presence['state']>>(new Map());

/** A reconnected line: what was listed may have been forgotten. */
export const welcomes = signal(0);

/** A line that takes longer is not waited for. */
const LINE_MS = 1000;

/**
 * Resolves at the first welcome, or when it takes long. What was read before it is forgotten with it, but for the newest:
 * who lists all at once would see it vanish and come again.
 */
export function lineStands(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, LINE_MS);
  const stop = welcomes.subscribe((so) => {
    if (so > 0) resolve();
  });
  return promise.finally(() => {
    clearTimeout(late);
    stop();
  });
}

const INBOX_MS = 60;
const THREAD_MS = 16;

/** Moves a signal at most once in a while, however much happens. */
function mover(change: Signal<number>, ms: number): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      change.value++;
    }, ms);
  };
}

/** Signals by conversation, made when somebody asks. */
function byConversation<T>(first: () => T): (id: string) => Signal<T> {
  const all = new Map<string, Signal<T>>();
  return (id) => {
    const one = all.get(id) ?? signal(first());
    all.set(id, one);
    return one;
  };
}

/** Moves when messages of a conversation, of its side, or unsent ones of it are others. */
export const threadChange = byConversation(() => 0);
export const viewers = byConversation<readonly Person[]>(() => []);
export const typists = byConversation<readonly Typist[]>(() => []);

const threadMovers = new Map<string, () => void>();
function moveThread(id: string): void {
  const move = threadMovers.get(id) ?? mover(threadChange(id), THREAD_MS);
  threadMovers.set(id, move);
  move();
}

export function openDesk(options: { token: string; user: Me; getToken: GetToken; ended(reason: string): void }): void {
  const moveInbox = mover(inboxChange, INBOX_MS);
  const made = createClient({
    url: location.origin,
    token: options.token,
    getToken: options.getToken,
    inbox: true,
    name: 'console',
    userId: options.user.id,
  });
  current = made;
  me.value = options.user;
  made.on('state', (state) => {
    line.value = state;
    if (state.name === 'online') welcomes.value++;
    if (state.name === 'stopped' && state.reason !== 'CLOSED') options.ended(state.reason);
  });
  made.on('user', (user) => {
    me.value = user;
  });
  made.on('counts', ({ queue, mine, open, snoozed }) => {
    counts.value = { queue, mine, open, snoozed };
  });
  made.on('conversation', moveInbox);
  made.on('removed', moveInbox);
  made.on('message', ({ conversationId }) => moveThread(conversationId));
  made.on('loaded', ({ conversationId }) => moveThread(conversationId));
  made.on('outbox', ({ target }) => 'conversationId' in target && moveThread(target.conversationId));
  made.on('viewers', ({ conversationId, users }) => {
    viewers(conversationId).value = users.filter(({ id }) => id !== me.value.id);
  });
  made.on('typing', ({ conversationId, typists: now }) => {
    typists(conversationId).value = now;
  });
  made.on('ticket', () => {
    ticketChange.value++;
  });
  made.on('presence', (users) => {
    const next = new Map(presence.value);
    for (const { id, state } of users) next.set(id, state);
    presence.value = next;
  });
  made.connect().catch(() => {});
}

/** Ends the session here and on the server, and begins anew. */
export async function signOut(): Promise<void> {
  settlePending();
  await client()
    .http.json('POST', '/v1/auth/logout')
    .catch(() => {});
  location.assign('/console');
}
