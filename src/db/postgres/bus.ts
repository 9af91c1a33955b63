/**
 * What servers say to each other, over PostgreSQL's notices or what carries it in their place. A server is there as long as its lease is (lease.ts). Where its
 * connection was lost, or its lease ran out, it comes back under another name: others forget what it said, and both tell
 * anew.
 */
import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus.ts';
import type { Carrier, Ears } from './carrier.ts';
import { type Began, leave, RENEW_MS, register, renew, SERVERS_CHANNEL } from './lease.ts';
import { Listening } from './listening.ts';
import { Parcels, parcelled } from './parcels.ts';
import type { PoolOptions } from './pool.ts';

export interface PostgresBusOptions {
  /** `postgres://…`, as connect.ts takes it. */
  url: string;
  /** As for a pool (pool.ts). */
  admit: PoolOptions['admit'];
  /** What else is heard, by {@link PostgresBus.on}. */
  channels: readonly string[];
  /** Carries what is told and heard; PostgreSQL's notices when absent. */
  carrier?: (ears: Ears) => Promise<Carrier>;
  onError: (error: unknown) => void;
}

type Heard = Parameters<Bus['hear']>[1];
type Changed = Parameters<Bus['watch']>[0];

const CHANNEL = 'parley';
const SAY = `select pg_notify('${CHANNEL}', payload) from unnest($1::text[]) with ordinality as said (payload, place) order by place`;
/** In one transaction. */
const MOST_PAYLOADS = 500;
/** Said while others were, and not sent yet: past it the connection is taken for lost. */
const MAX_WAITING = 20_000;
/** Heard before anybody listens. */
const MAX_UNHEARD = 10_000;

export class PostgresBus implements Bus {
  readonly others = new Set<string>();
  /** Who was heard, and is not among {@link others}: one that came a moment ago, or has gone. */
  private readonly strangers = new Set<string>();
  /** Of this start. */
  readonly id = randomUUID();
  /** Where the database stood when this server came. */
  began!: Began;
  private times = 0;
  private name: string | null = null;
  private number = 0;
  private line!: Listening;
  /** What {@link Listening.losses} was when it came in. */
  private cameInAt = -1;
  private carrier: Carrier | null = null;
  private renewing: Promise<void> | null = null;
  /** Whether anything was told while that was asked. */
  private again = false;
  private timer: NodeJS.Timeout | undefined;
  private waiting: string[] = [];
  private sending = false;
  private readonly options: PostgresBusOptions;
  private readonly parcels = new Parcels();
  private readonly heard = new Map<string, Heard>();
  private readonly unheard: { subject: string; body: unknown; server: string }[] = [];
  private readonly watchers: Changed[] = [];
  private readonly channels = new Map<string, (payload: string) => void>();

  private constructor(options: PostgresBusOptions) {
    this.options = options;
  }

  /** Throws {@link StartError} where there is no connection. The database is ready (open.ts). */
  static async open(options: PostgresBusOptions): Promise<PostgresBus> {
    const bus = new PostgresBus(options);
    bus.line = await Listening.open({
      url: options.url,
      admit: options.admit,
      channels: [CHANNEL, SERVERS_CHANNEL, ...options.channels],
      onNotice: (channel, payload) => bus.onNotice(channel, payload),
      onBack: () => bus.comeIn(),
      onError: options.onError,
    });
    try {
      bus.carrier = (await options.carrier?.(bus.ears())) ?? null;
      await bus.comeIn();
    } catch (error) {
      await bus.carrier?.close();
      await bus.line.close();
      throw error;
    }
    bus.timer = setInterval(() => bus.look(), RENEW_MS);
    return bus;
  }

  get server(): string {
    return `${this.id}/${this.times}`;
  }

  /** Whether every batch of another that is written from now on is told here too. */
  get isHeard(): boolean {
    return this.line.isThere && this.line.losses === this.cameInAt;
  }

  /** For what else is asked beside what writes; rejects while the connection is lost. */
  get connection(): Listening {
    return this.line;
  }

  tell(subject: string, body: unknown): void {
    if (this.others.size === 0 || !this.line.isThere) return;
    this.number += 1;
    const payloads = parcelled(this.server, this.number, JSON.stringify([subject, body]));
    if (this.carrier !== null) {
      this.carrier.send(payloads);
      return;
    }
    this.waiting.push(...payloads);
    if (this.waiting.length > MAX_WAITING) this.line.lose();
    else if (!this.sending) void this.send();
  }

  hear(subject: string, heard: Heard): void {
    this.heard.set(subject, heard);
    for (const said of this.unheard.splice(0)) {
      if (said.subject === subject) this.attempt(() => heard(said.body, said.server));
      else this.unheard.push(said);
    }
  }

  watch(changed: Changed): void {
    setImmediate(() => {
      this.watchers.push(changed);
      if (this.others.size > 0) this.attempt(() => changed([...this.others], []));
    });
  }

  /** Has `heard` called with what others say on a channel that was named at the opening; it begins with their `id`. */
  on(channel: string, heard: (payload: string) => void): void {
    this.channels.set(channel, heard);
  }

  private ears(): Ears {
    return {
      onSaid: (payload) => {
        if (!payload.startsWith(this.id)) this.attempt(() => this.onSaid(payload));
      },
      // Under another name, so that all is told anew.
      onBack: () => this.line.lose(),
      onError: this.options.onError,
    };
  }

  /** What is told in one turn, and while others are sent, goes in one transaction. */
  private async send(): Promise<void> {
    this.sending = true;
    try {
      await Promise.resolve();
      while (this.waiting.length > 0) await this.line.query(SAY, [this.waiting.splice(0, MOST_PAYLOADS)]);
    } catch (error) {
      // Others may lack it.
      this.options.onError(error);
      this.line.lose();
    } finally {
      this.sending = false;
    }
  }

  /** Under a name that nobody has heard yet. */
  private async comeIn(): Promise<void> {
    const before = this.name;
    const { losses } = this.line;
    this.times += 1;
    this.name = this.server;
    this.waiting = [];
    this.parcels.forgetAll();
    const began = await register(this.line, this.name, before);
    this.cameInAt = losses;
    if (before === null) this.began = began;
    const { others } = await renew(this.line, this.name);
    this.change(others, [...this.others, ...this.strangers]);
  }

  /** Renews the lease, and looks who is there. */
  private look(): void {
    this.again = this.renewing !== null;
    if (!this.line.isThere || this.again) return;
    this.renewing = this.renewed()
      .catch((error: unknown) => this.options.onError(error))
      .finally(() => {
        this.renewing = null;
        if (this.again) this.look();
      });
  }

  private async renewed(): Promise<void> {
    const name = this.server;
    const { held, others } = await renew(this.line, name);
    if (name !== this.server) return;
    // A stranger that was heard while that was asked may have come behind it.
    const known = this.again ? [...this.others] : [...this.others, ...this.strangers];
    if (held)
      this.change(
        others,
        known.filter((other) => !others.includes(other)),
      );
    else this.line.lose();
  }

  /** @param went who is taken to have gone, whoever is there now */
  private change(now: readonly string[], went: readonly string[]): void {
    for (const other of went) {
      this.others.delete(other);
      this.strangers.delete(other);
      this.parcels.forget(other);
    }
    const came = now.filter((other) => !this.others.has(other));
    for (const other of came) {
      this.others.add(other);
      this.strangers.delete(other);
    }
    if (came.length === 0 && went.length === 0) return;
    for (const changed of this.watchers) this.attempt(() => changed(came, went));
  }

  private onNotice(channel: string, payload: string): void {
    if (payload.startsWith(this.id)) return;
    if (channel === SERVERS_CHANNEL) this.look();
    else if (channel === CHANNEL) this.attempt(() => this.onSaid(payload));
    else this.attempt(() => this.channels.get(channel)?.(payload));
  }

  private onSaid(payload: string): void {
    const whole = this.parcels.text(payload);
    if (whole === null) return;
    const [subject, body] = JSON.parse(whole.text);
    const { server } = whole;
    if (!this.others.has(server)) {
      this.strangers.add(server);
      this.look();
    }
    const heard = this.heard.get(subject);
    if (heard !== undefined) heard(body, server);
    else if (this.unheard.length < MAX_UNHEARD) this.unheard.push({ subject, body, server });
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onError(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.renewing;
    if (this.line.isThere) await leave(this.line, this.server).catch((error: unknown) => this.options.onError(error));
    await this.carrier?.close();
    await this.line.close();
  }
}
