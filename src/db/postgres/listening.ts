/** A connection of its own on which a server hears PostgreSQL's notices, and which comes back when it is lost. */
import { connectTo, type PostgresClient } from './connect.ts';
import type { PoolOptions } from './pool.ts';

export interface ListeningOptions {
  /** `postgres://…`, as connect.ts takes it. */
  url: string;
  /** As for a pool (pool.ts). */
  admit: PoolOptions['admit'];
  channels: readonly string[];
  onNotice: (channel: string, payload: string) => void;
  /** After it was lost: what is said over it first. While it rejects, the connection is made anew. */
  onBack: (line: Listening) => Promise<unknown>;
  onError: (error: unknown) => void;
}

/** A connection that is cut says nothing: after so long the driver closes it. */
const ANSWER_MS = 10_000;
/** Between two tries to come back. */
const RETRY_MS = 500;
/** Of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const NO_CONNECTION = '08003';
/** Nothing that is written over it has to be on a disk. */
const SETTINGS = `set synchronous_commit = off; set statement_timeout = ${ANSWER_MS}`;

/** By the code of a connection that is not there: PostgreSQL cannot be reached as far as this goes. */
export const lineLost = (): Error =>
  Object.assign(new Error('the connection for notices is lost'), { code: NO_CONNECTION });

export class Listening {
  private client: PostgresClient | null = null;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;
  /** How often it was lost. */
  losses = 0;
  private readonly options: ListeningOptions;

  private constructor(options: ListeningOptions) {
    this.options = options;
  }

  /** Throws {@link StartError} where there is no connection. */
  static async open(options: ListeningOptions): Promise<Listening> {
    const line = new Listening(options);
    await line.connect();
    return line;
  }

  get isThere(): boolean {
    return this.client !== null;
  }

  /** Rejects where the connection is lost, at once or while it waits. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { client } = this;
    if (client === null) throw lineLost();
    return (await client.query<Row>(text, values)).rows;
  }

  private async connect(): Promise<void> {
    const client = await connectTo(this.options.url, { pipeline: true, query_timeout: ANSWER_MS });
    try {
      await client.query(SETTINGS);
      await this.options.admit(client);
      for (const channel of this.options.channels) await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    client.on('notification', ({ channel, payload = '' }) => {
      if (this.client === client) this.options.onNotice(channel, payload);
    });
    client.on('end', () => this.lose(client));
    client.on('error', () => this.lose(client));
    this.client = client;
  }

  /** Has the connection made anew: what was said over it may not have come. */
  lose(client = this.client): void {
    if (client === null || this.client !== client) return;
    this.client = null;
    this.losses += 1;
    void client.end().catch(() => {});
    this.comeBack(0);
  }

  private comeBack(afterMs: number): void {
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.reconnect().catch((error: unknown) => {
        this.options.onError(error);
        const { client } = this;
        if (client === null) this.comeBack(RETRY_MS);
        else this.lose(client);
      });
    }, afterMs);
  }

  private async reconnect(): Promise<void> {
    await this.connect();
    if (this.closed) await this.close();
    else await this.options.onBack(this);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => {});
  }
}
