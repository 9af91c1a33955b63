/**
 * Duties as PostgreSQL's advisory locks, all of a server's over one connection: who is killed has none a moment later,
 * and who is cut off or stands still has none after some seconds, before which it has noticed by itself. What others have
 * is asked for again each second.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Duties, Duty, Work } from '../duties.ts';
import { connectTo, type PostgresClient } from './connect.ts';
import type { PoolOptions } from './pool.ts';

export interface PostgresDutiesOptions {
  /** `postgres://…` */
  url: string;
  /** As for a pool (pool.ts). */
  admit: PoolOptions['admit'];
  onError: (error: unknown) => void;
}

const EVERY_MS = 1_000;
/** A server that has no answer by then takes everything for lost. */
const ANSWER_MS = 6_000;
/** PostgreSQL takes everything from a server that has said nothing for so long: more than it takes that one to know. */
const SILENT_MS = 10_000;
/** Locks take room of PostgreSQL's that all share: what is beyond waits, or is done by others. */
const MOST_HELD = 1_000;

const TAKE = 'select key::text from unnest($1::bigint[]) as wanted (key) where pg_try_advisory_lock(key)';
const GIVE_BACK = 'select pg_advisory_unlock($1::bigint)';

interface Held {
  readonly key: string;
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Asked for before. */
  waited: boolean;
  ended: boolean;
  /** While this server has it. */
  has: AbortController | null;
}

export class PostgresDuties implements Duties {
  private readonly options: PostgresDutiesOptions;
  private readonly waiting = new Map<string, Held>();
  private readonly held = new Map<string, Held>();
  private client: PostgresClient | null = null;
  private looking: Promise<void> | null = null;
  private asked: Promise<unknown> = Promise.resolve();
  private again = false;
  /** Told once, however often it is tried. */
  private failing = false;
  private timer: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(options: PostgresDutiesOptions) {
    this.options = options;
  }

  hold(name: string, work: Work): Duty {
    const key = keyOf(name);
    if (this.waiting.has(key) || this.held.has(key)) throw new Error(`the duty ${name} is held twice`);
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const duty: Held = { key, work, resolve, reject, waited: false, ended: false, has: null };
    this.waiting.set(key, duty);
    this.look();
    return {
      done,
      end: () => {
        duty.ended = true;
        duty.has?.abort();
        if (this.waiting.delete(key)) resolve();
        return done.catch(() => {});
      },
    };
  }

  /** What was asked for by now is asked together. */
  private look(): void {
    this.again = true;
    if (this.closed || this.looking !== null) return;
    this.looking = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.lookOnce())
      .catch((error) => {
        if (!this.closed && !this.failing) this.options.onError(error);
        this.failing = true;
        this.lose();
      })
      .finally(() => {
        this.looking = null;
        if (this.again && this.client !== null) this.look();
        else this.later();
      });
  }

  private later(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.closed || this.waiting.size + this.held.size === 0) return;
    this.timer = setTimeout(() => this.look(), EVERY_MS).unref();
  }

  /** Also tells PostgreSQL that this server is there, and this server that PostgreSQL is. */
  private async lookOnce(): Promise<void> {
    this.again = false;
    const client = this.client ?? (await this.connect());
    const wanted = [...this.waiting.values()].slice(0, MOST_HELD - this.held.size);
    const { rows } = await this.ask(client, TAKE, [wanted.map(({ key }) => key)]);
    this.failing = false;
    const taken = new Set(rows.map(({ key }) => key as string));
    for (const duty of wanted) {
      if (!taken.has(duty.key)) duty.waited = true;
      else if (this.waiting.get(duty.key) === duty) void this.begin(client, duty);
      // Ended meanwhile.
      else await this.ask(client, GIVE_BACK, [duty.key]);
    }
  }

  private async begin(client: PostgresClient, duty: Held): Promise<void> {
    const has = new AbortController();
    duty.has = has;
    this.waiting.delete(duty.key);
    this.held.set(duty.key, duty);
    let failed: { error: unknown } | null = null;
    try {
      await duty.work(has.signal, duty.waited);
    } catch (error) {
      failed = { error };
    }
    const isLost = this.client !== client;
    if (!isLost) await this.ask(client, GIVE_BACK, [duty.key]).catch(() => this.lose());
    this.held.delete(duty.key);
    duty.has = null;
    if (isLost && has.signal.aborted && !duty.ended && !this.closed) {
      duty.waited = true;
      this.waiting.set(duty.key, duty);
      this.look();
    } else if (failed === null) duty.resolve();
    else duty.reject(failed.error);
  }

  /** One question at a time. The driver knows `query_timeout` for a single one too; its types do not. */
  private ask(client: PostgresClient, text: string, values?: unknown[]): Promise<{ rows: { key?: string }[] }> {
    const answered = this.asked.then(() =>
      client.query({ text, values, query_timeout: ANSWER_MS } as { text: string }),
    );
    this.asked = answered.catch(() => {});
    return answered;
  }

  private async connect(): Promise<PostgresClient> {
    const client = await connectTo(this.options.url);
    client.on('end', () => this.client === client && this.lose());
    try {
      await this.options.admit(client);
      await this.ask(client, `set idle_session_timeout = ${SILENT_MS}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.client = client;
    return client;
  }

  /** Nobody knows who has what from now on. */
  private lose(): void {
    const { client } = this;
    this.client = null;
    for (const { has } of this.held.values()) has?.abort();
    // Where it does not answer its socket is closed at once.
    client?.end().catch(() => {});
    this.later();
  }

  /** When everything was ended. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
    const { client } = this;
    this.client = null;
    await Promise.race([client?.end().catch(() => {}), pause(ANSWER_MS, undefined, { ref: false })]);
  }
}

/** Locks of one number are apart from those of two (open.ts). */
function keyOf(name: string): string {
  return createHash('sha256').update(name).digest().readBigInt64BE(0).toString();
}
