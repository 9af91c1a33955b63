import type { Results } from '../../../src/protocol/answers.ts';
import type { Changes } from '../../../src/protocol/catching-up.ts';
import type { Me } from '../../../src/protocol/person.ts';
import { takeAnswer } from '../../../src/web/sdk/answers.ts';
import { takeChanges } from '../../../src/web/sdk/catch-up.ts';
import type { ClientEvents } from '../../../src/web/sdk/client.ts';
import { ParleyError } from '../../../src/web/sdk/errors.ts';
import { createEmitter } from '../../../src/web/sdk/events.ts';
import { createFollowing } from '../../../src/web/sdk/following.ts';
import { takeDelta, takeEvent, takeHistory, takeMessage } from '../../../src/web/sdk/held.ts';
import type { Asked, Line } from '../../../src/web/sdk/line.ts';
import { checkThreads, forget, newStore, takeConversation, takeMark } from '../../../src/web/sdk/store.ts';
import { createTeller } from '../../../src/web/sdk/tell.ts';
import { manualClock, settled } from './manual-clock.ts';
import { ModelServer, type Told } from './model-server.ts';

type Sync = Results['conversation.sync'];
type Waiting = { deliver(): void; lost(): void };

/**
 * The client's own store and following on a line that a test holds in its hands: what the server said waits until it is
 * delivered, answers of HTTP in any order, and a lost line loses what was on it.
 */
export class Reader {
  readonly server: ModelServer;
  readonly store = newStore();
  readonly time = manualClock();
  /** On the line, in its order. */
  private queue: Waiting[] = [];
  /** Answers by HTTP, which come in any order, also after the line is lost. */
  private late: Waiting[] = [];
  private line: Line | undefined;
  private paging = false;
  private last: Told | undefined;
  readonly emitter = createEmitter<ClientEvents>();
  readonly following = createFollowing(
    this.store,
    this.time.clock,
    () => this.line,
    () => this.flush(),
  );
  private readonly flush = createTeller(
    this.store,
    this.emitter,
    this.following,
    () => {},
    (id, messageId) => (messageId === undefined ? this.fetch(id) : this.get(id, messageId)),
  );
  private readonly syncsByHttp: boolean;

  constructor(caller: Me, syncsByHttp: boolean) {
    this.syncsByHttp = syncsByHttp;
    this.store.me = caller;
    this.server = new ModelServer(caller, (told) => {
      if (this.line) this.queue.push({ deliver: () => this.take(told), lost() {} });
    });
  }

  private take(told: Told): void {
    const { store } = this;
    this.last = told;
    if ('ok' in told) {
      const asked = { type: 'message.send', conversationId: told.sending, message: {} } as Asked;
      const { ok: message, conversation } = told;
      takeAnswer(store, asked, conversation ? { message, conversation } : { message }, false);
    } else {
      const { event } = told;
      if (event.type === 'message.delta') takeDelta(store, event);
      else if (event.type === 'participant.read') takeMark(store, event);
      else if (event.type === 'conversation.removed') forget(store, event.conversationId);
      else if ('rev' in event) takeEvent(store, event);
    }
    this.flush();
  }

  /** A GET: read now, answered whenever. */
  private ask<T>(read: () => T | undefined, take: (answer: T) => void): void {
    const answer = read();
    const { resets } = this.store;
    const deliver = () => {
      if (answer !== undefined && resets === this.store.resets) take(answer);
      this.flush();
    };
    this.late.push({ deliver, lost() {} });
  }

  private get(conversationId: string, messageId: string): void {
    const find = () => this.server.models.get(conversationId)?.messages.find((one) => one.id === messageId);
    this.ask(
      () => structuredClone(find()),
      (message) => takeMessage(this.store, message, false),
    );
  }

  private fetch(id: string): void {
    this.ask(
      () => (this.server.models.has(id) ? this.server.copy(id, true) : undefined),
      (conversation) => {
        takeConversation(this.store, conversation);
        checkThreads(this.store, id);
      },
    );
  }

  older(id: string): void {
    const from = this.store.threads.get(id)?.from;
    if (from === undefined || from === Infinity) return;
    this.ask(
      () => this.server.history(id, from),
      (history) => {
        if (!takeHistory(this.store, id, history)) this.older(id);
      },
    );
  }

  /** A list page: conversations by HTTP, ahead of or behind the line. */
  list(): void {
    for (const id of this.server.models.keys()) this.fetch(id);
  }

  private call(asked: Asked, line: Line): Promise<unknown> {
    if (asked.type !== 'conversation.sync') throw new Error(asked.type);
    return new Promise((resolve, reject) => {
      const sync = this.server.sync(asked.conversationId, asked.since, asked.epoch);
      const results: Sync | undefined = sync && { sync };
      const deliver = () => {
        if (!results) return reject(new ParleyError('NOT_FOUND'));
        if (!this.syncsByHttp) takeAnswer(this.store, asked, results, false);
        resolve(results);
        this.flush();
      };
      const lost = () => reject(new ParleyError('NETWORK'));
      if (this.line !== line) lost();
      else if (this.syncsByHttp) this.late.push({ deliver, lost });
      else this.queue.push({ deliver, lost });
    });
  }

  connect(): void {
    if (this.line) return;
    const line = { kind: this.syncsByHttp ? 'sse' : 'ws', call: (asked: Asked) => this.call(asked, line) } as Line;
    this.line = line;
    const { cursor } = this.store;
    const held = [...this.store.threads.values()].filter((thread) => thread.held > 0);
    const changes = this.server.changes(cursor);
    const synced: Record<string, Sync['sync']> = {};
    if (cursor !== undefined && !this.syncsByHttp) {
      for (const { id, held: since } of held) {
        // A cursor of another epoch makes what was held worthless, and so does the server say.
        const sync = this.server.sync(id, since, cursor.split('@')[0]);
        if (sync) synced[id] = sync;
        else changes.removed.push(id);
      }
    }
    this.queue.push({
      deliver: () => {
        this.paging = changes.more;
        takeChanges(this.store, changes, synced);
        this.following.welcomed();
        this.flush();
        if (this.paging) this.page();
      },
      lost() {},
    });
  }

  private page(): void {
    const { line } = this;
    const { cursor } = this.store;
    this.ask(
      () => this.server.changes(cursor),
      (changes: Changes) => {
        if (this.line !== line) return;
        takeChanges(this.store, changes);
        this.paging = changes.more;
        if (this.paging) this.page();
      },
    );
  }

  /** A heartbeat: its answer has all that came before it. */
  ping(): void {
    if (!this.line) return;
    const cursor = this.server.cursor();
    const deliver = () => {
      if (!this.paging) this.store.cursor = cursor;
    };
    this.queue.push({ deliver, lost() {} });
  }

  lose(): void {
    this.line = undefined;
    for (const { lost } of this.queue.splice(0)) lost();
  }

  /** The server's process ends: nothing that was under way comes any more. */
  restore(id: string): void {
    this.lose();
    for (const { lost } of this.late.splice(0)) lost();
    this.server.restore(id);
  }

  async deliver(count: number): Promise<void> {
    for (const { deliver } of this.queue.splice(0, count)) deliver();
    await settled();
  }

  /** One of the answers by HTTP, not in their order. */
  async deliverLate(which: number): Promise<void> {
    for (const { deliver } of this.late.splice(which % Math.max(1, this.late.length), 1)) deliver();
    await settled();
  }

  /** The same event once more, as after a line that took another's place. */
  again(): void {
    if (this.last) this.take(this.last);
  }

  /** Until nothing is under way any more. */
  async drain(): Promise<void> {
    for (let rounds = 0; this.queue.length || this.late.length || this.time.waiting(); rounds++) {
      if (rounds > 500) throw new Error('it does not come to an end');
      await this.deliver(this.queue.length);
      await this.deliverLate(0);
      await this.time.advance(1500);
    }
  }
}
