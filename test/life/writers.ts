/** People who write as fast as they are answered, and send again what was not, until they are cut off for good. */
import { randomUUIDv7 } from 'node:crypto';
import WebSocket from 'ws';
import type { Actor, Body, TestApp } from '../helper.ts';
import { lineTo } from '../servers.ts';
import type { Stored } from './ledger.ts';

const AT_ONCE = 4;

/** What the server has told to be stored, by `<conversation> <message>`. */
export class Book {
  readonly acknowledged = new Map<string, Stored>();
  /** How many of them had been sent before, to a server that was killed. */
  retried = 0;
  private awaited: { count: number; reached: () => void } | null = null;

  note(message: Body, again: boolean): void {
    const { id, conversationId, seq, rev, content } = message;
    this.acknowledged.set(`${conversationId} ${id}`, { seq, rev, content });
    if (again) this.retried += 1;
    if (this.awaited !== null && this.acknowledged.size >= this.awaited.count) this.awaited.reached();
  }

  /** Resolves at the moment in which `more` further messages are acknowledged. */
  grownBy(more: number): Promise<void> {
    return new Promise((reached) => {
      this.awaited = { count: this.acknowledged.size + more, reached };
    });
  }
}

export interface Writer {
  /** Where they write. */
  conversation: string;
  /** Writes until the server goes away; what was under way then is sent again the next time. */
  writeUntilCut(url: string): Promise<void>;
}

type People = Pick<TestApp, 'visitor' | 'member'>;

interface Draft {
  id: string;
  content: string;
}

/** What the two kinds of writers share: drafts that are tried until they are acknowledged, under the same id. */
abstract class Drafting implements Writer {
  readonly conversation: string;
  protected readonly actor: Actor;
  protected readonly drafts = new Map<string, Draft>();
  private readonly book: Book;
  private count = 0;

  constructor(book: Book, actor: Actor, conversation: string) {
    this.book = book;
    this.actor = actor;
    this.conversation = conversation;
  }

  abstract writeUntilCut(url: string): Promise<void>;

  protected newDraft(): Draft {
    this.count += 1;
    const draft = { id: randomUUIDv7(), content: `${this.actor.user.id} says ${this.count}` };
    this.drafts.set(draft.id, draft);
    return draft;
  }

  protected acknowledge(message: Body, again: boolean): void {
    this.drafts.delete(message.id);
    this.book.note(message, again);
  }
}

/** Over a WebSocket, several messages under way at once. */
class OverSocket extends Drafting {
  writeUntilCut(url: string): Promise<void> {
    const socket = new WebSocket(`${lineTo(url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
    const again = new Set(this.drafts.keys());
    let lastId = 0;
    const ask = (frame: object) => {
      lastId += 1;
      socket.send(JSON.stringify({ id: lastId, ...frame }));
    };
    const under = new Map<number, Draft>();
    const send = (message: Draft) => {
      ask({ type: 'message.send', conversationId: this.conversation, message });
      under.set(lastId, message);
    };
    socket.on('open', () => ask({ type: 'hello', token: this.actor.token }));
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'welcome') {
        for (const draft of this.drafts.values()) send(draft);
        while (this.drafts.size < AT_ONCE) send(this.newDraft());
      } else if (frame.type === 'ok') {
        under.delete(frame.re);
        this.acknowledge(frame.message, again.has(frame.message.id));
        send(this.newDraft());
      } else if (frame.type === 'error') {
        // Refused: again when it may be taken, if the line is still there. Who was not let in comes by another.
        const refused = under.get(frame.re);
        under.delete(frame.re);
        if (refused === undefined) return void socket.close();
        again.add(refused.id);
        setTimeout(() => socket.readyState === WebSocket.OPEN && send(refused), frame.retryMs ?? 0);
      }
    });
    socket.on('error', () => {});
    return new Promise((resolve) => socket.on('close', () => resolve()));
  }
}

/** By HTTP, one message after another. */
class OverHttp extends Drafting {
  async writeUntilCut(url: string): Promise<void> {
    for (;;) {
      const [draft] = this.drafts.values();
      const answer = await this.post(url, draft ?? this.newDraft());
      if (answer === null) return;
      this.acknowledge(answer.body, answer.status === 200);
    }
  }

  /** Null when there is nobody to answer any more. */
  private async post(url: string, draft: Draft): Promise<{ status: number; body: Body } | null> {
    try {
      const response = await fetch(`${url}/v1/conversations/${this.conversation}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.actor.token}` },
        body: JSON.stringify(draft),
      });
      const body = await response.json();
      return response.ok ? { status: response.status, body } : null;
    } catch {
      return null;
    }
  }
}

/** A visitor who has begun a conversation with the team. */
export async function writingVisitor(book: Book, people: People): Promise<Writer> {
  const visitor = await people.visitor();
  const { status, body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  if (status !== 201) throw new Error(`no conversation: ${JSON.stringify(body)}`);
  return new OverSocket(book, visitor, body.conversationId);
}

/** An agent who writes into the conversation of `visitor`. */
export async function answeringAgent(book: Book, people: People, visitor: Writer): Promise<Writer> {
  const agent = await people.member('agent', `agent${randomUUIDv7().slice(-8)}`);
  return new OverHttp(book, agent, visitor.conversation);
}
