/** What a user reads who holds nothing, over HTTP; and whether a client that was there all the time has the same. */
import { isDeepStrictEqual } from 'node:util';
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Participant } from '../../src/protocol/participant.ts';
import type { Actor, Body } from '../helper.ts';
import type { HeldThread } from './held-state.ts';
import type { RawClient } from './raw-client.ts';

interface FreshThread {
  rev: number;
  messages: Message[];
  participants: Participant[];
}

export interface Fresh {
  conversations: Map<string, Conversation>;
  /** Side conversations among them. */
  threads: Map<string, FreshThread>;
}

async function get(actor: Actor, path: string): Promise<Body> {
  const { status, body } = await actor.request('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function readThread(actor: Actor, id: string): Promise<FreshThread> {
  const messages: Message[] = [];
  for (let after = 0; ; after = messages.length) {
    const { items } = await get(actor, `conversations/${id}/messages?after=${after}&limit=200`);
    if (items.length === 0) break;
    messages.push(...items);
  }
  const { rev, participants } = await get(actor, `conversations/${id}/sync`);
  return { rev, messages, participants };
}

/**
 * Everything that `actor` may read, as the server tells it now. Nothing may change meanwhile.
 *
 * @param about only these conversations; all when absent
 */
export async function freshState(actor: Actor, about?: ReadonlySet<string>): Promise<Fresh> {
  const fresh: Fresh = { conversations: new Map(), threads: new Map() };
  let next: string | null = '';
  while (next !== null) {
    const page: Body = await get(actor, `conversations?limit=200${next === '' ? '' : `&cursor=${next}`}`);
    for (const { my, ...conversation } of page.items) {
      if (about?.has(conversation.id) ?? true) fresh.conversations.set(conversation.id, conversation);
    }
    next = page.next;
  }
  for (const { id, team } of fresh.conversations.values()) {
    fresh.threads.set(id, await readThread(actor, id));
    if (team !== undefined) fresh.threads.set(team.id, await readThread(actor, team.id));
  }
  return fresh;
}

export interface Comparing {
  /** What an open line alone cannot know to the µs, or is told by no event: compared as far as it can be known. */
  live: boolean;
  /** Conversations of which the client is told every change. */
  only?: (conversation: Conversation) => boolean;
  /** The conversations that the fresh state is about; all when absent. */
  about?: ReadonlySet<string>;
}

/** How the client's state differs from a fresh one, in words. */
export function differences(client: RawClient, fresh: Fresh, { live, only = () => true, about }: Comparing): string[] {
  const found: string[] = [...client.faults];
  for (const [id, conversation] of fresh.conversations) {
    if (!only(conversation)) continue;
    const held = client.conversations.get(id);
    if (held === undefined) found.push(`${conversation.kind} ${id} is not known`);
    else found.push(...unlike(`${conversation.kind} ${id}`, comparable(held, live), comparable(conversation, live)));
    if (held !== undefined && live) found.push(...marksAhead(held, conversation));
  }
  for (const id of client.conversations.keys()) {
    if (!fresh.conversations.has(id) && (about?.has(id) ?? true))
      found.push(`known, and not to be read: ${JSON.stringify(client.conversations.get(id))}`);
  }
  for (const [id, thread] of client.threads) {
    const now = fresh.threads.get(id);
    const parent = [...fresh.conversations.values()].find((one) => one.id === id || one.team?.id === id);
    if (thread.held === 0 || (parent !== undefined && !only(parent))) continue;
    if (now === undefined && about !== undefined && !isAbout(client, id, about)) continue;
    if (now === undefined) found.push(`the messages of ${id} are held, and may not be read`);
    else found.push(...compareThread(id, thread, now, live));
  }
  return found;
}

function isAbout(client: RawClient, thread: string, about: ReadonlySet<string>): boolean {
  return about.has(thread) || [...about].some((id) => client.conversations.get(id)?.team?.id === thread);
}

function compareThread(id: string, thread: HeldThread, now: FreshThread, live: boolean): string[] {
  const found: string[] = [];
  if (thread.held !== now.rev) found.push(`of ${id} rev ${thread.held} is held, and it has ${now.rev}`);
  const held = [...thread.messages.values()].toSorted((a, b) => a.seq - b.seq);
  const from = held[0]?.seq ?? 1;
  found.push(
    ...unlike(
      `messages of ${id}`,
      held,
      now.messages.filter((message) => message.seq >= from),
    ),
  );
  now.messages.forEach((message, index) => {
    if (message.seq !== index + 1) found.push(`seq ${message.seq} of ${id} stands at place ${index + 1}`);
  });
  if (live || thread.people.size === 0) return found;
  for (const person of now.participants) {
    const known = thread.people.get(person.user.id);
    found.push(...unlike(`participant ${person.user.id} of ${id}`, known && kept(known), kept(person)));
  }
  return found;
}

/** The state of an open line is right but for µs, and for marks that are told by no event. */
function comparable(conversation: Conversation, live: boolean): object {
  const { my, participants, ...rest } = conversation;
  if (!live) return { ...rest, participants: participants.map(kept) };
  const { activity, waiting, teamReadSeq, teamReadAt, ...exact } = rest;
  return {
    ...exact,
    // A position that is only known by the message's time, which is cut to the millisecond.
    activity: Math.floor(activity / 1000),
    waiting: waiting == null ? waiting : Math.floor(waiting / 1000),
    participants: participants.map(({ readSeq, readAt, deliveredSeq, ...person }) => person),
  };
}

/** A delivered mark lives in memory alone until the next read mark. */
function kept({ deliveredSeq, ...person }: Participant): object {
  return person;
}

function marksAhead(held: Conversation, now: Conversation): string[] {
  const marks = (of: Conversation) =>
    new Map([...of.participants.map((one) => [one.user.id, one.readSeq] as const), ['team', of.teamReadSeq ?? 0]]);
  const real = marks(now);
  return [...marks(held)]
    .filter(([user, seq]) => seq > (real.get(user) ?? 0))
    .map(([user, seq]) => `${held.id}: the mark of ${user} is held as ${seq}, and is ${real.get(user)}`);
}

function unlike(what: string, held: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(held, now)) return [];
  return [`${what}\n    held  ${JSON.stringify(held)}\n    fresh ${JSON.stringify(now)}`];
}
