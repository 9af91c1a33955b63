/** Somebody who goes to another server when theirs goes away, as the protocol says, and sends again what has no answer. */
import { randomUUIDv7 } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { backoffMs } from '../../src/web/sdk/backoff.ts';
import type { Actor, Body } from '../helper.ts';
import { RawClient } from '../life/raw-client.ts';
import type { Book } from '../life/writers.ts';

/** What a server says that cannot just now. */
const LATER: ReadonlySet<string> = new Set(['OVERLOADED', 'RATE_LIMITED', 'STORAGE_FULL']);

export class Wanderer extends RawClient {
  /** The one conversation that it has. */
  readonly home: string;
  /** For how long it had no line, each time; ms. */
  readonly away: number[] = [];
  /** How often it was not let in. */
  refused = 0;
  private readonly addresses: readonly string[];
  private place: number;
  private here = Promise.withResolvers<void>();
  private isHere = false;
  private lostAt: number | null = null;
  private going = true;

  /** @param place which of `addresses` is its first */
  constructor(addresses: readonly string[], place: number, token: string, home: string) {
    // What else is known of somebody, it asks nobody for.
    super('', { token, user: { role: 'user' } } as Actor);
    this.addresses = addresses;
    this.place = place;
    this.home = home;
  }

  /** Resolves when it has a line. */
  whenHere(): Promise<void> {
    return this.here.promise;
  }

  /** Comes in, however often it must try. */
  async comeIn(): Promise<void> {
    for (let tries = 0; this.going; tries += 1) {
      this.url = this.addresses[this.place % this.addresses.length] ?? '';
      const welcome = await this.connect();
      // Its line may be lost again by now.
      if (welcome?.type === 'welcome' && this.connected) return this.cameIn();
      this.refused += 1;
      this.place += 1;
      await setTimeout(backoffMs(tries, Math.random));
    }
  }

  private cameIn(): void {
    if (this.thread(this.home).held === 0) this.sync(this.home);
    if (this.lostAt !== null) this.away.push(performance.now() - this.lostAt);
    this.lostAt = null;
    this.isHere = true;
    this.here.resolve();
  }

  protected override lost(): void {
    super.lost();
    if (!this.isHere) return;
    this.isHere = false;
    if (!this.going) return;
    this.lostAt = performance.now();
    this.here = Promise.withResolvers();
    this.place += 1;
    const bye = this.frames.at(-1);
    void setTimeout(bye?.type === 'bye' ? bye.retryMs : 0).then(() => this.comeIn());
  }

  /** Says it under one id until it is acknowledged. */
  async say(content: string, book: Book): Promise<void> {
    const message = { id: randomUUIDv7(), content };
    for (let tries = 0; ; tries += 1) {
      await this.whenHere();
      const answer: Body = await this.call({ type: 'message.send', conversationId: this.home, message });
      if (answer?.type === 'ok') return book.note(answer.message, tries > 0);
      // A line that is being closed is one for a moment still.
      if (answer === null) await setImmediate();
      else if (LATER.has(answer.code)) await setTimeout(answer.retryMs ?? backoffMs(tries, Math.random));
      else throw new Error(JSON.stringify(answer));
    }
  }

  leave(): void {
    this.going = false;
    this.cut();
  }
}
